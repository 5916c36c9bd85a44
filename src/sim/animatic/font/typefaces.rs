//! The fonts beyond the bundled one: a file that was named, then what this computer has. None is opened before a text
//! wants it, and a text gets the same glyphs whatever was asked for before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use skrifa::raw::types::NameId;
use skrifa::{Font, GlyphId, ScalerFont, Tag};

use super::Weight;
use super::installed::PLACES;
use super::script::{self, Region};

/// Why a font that was named is not used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    #[error("cannot read the font {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is no TrueType or OpenType font with outlines (.ttf, .otf, .ttc); name another", path.display())]
    NoFont { path: PathBuf },
}

/// The fonts that letters are borrowed from where the bundled font lacks them.
#[derive(Debug)]
pub struct Typefaces(Vec<File>);

impl Typefaces {
    /// None: only what the bundled font has is drawn, on every computer alike.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Those of the file, where one is named, and after them those that this computer has in the usual places. Of these,
    /// what cannot be read is passed over.
    ///
    /// # Errors
    /// The named file cannot be read, or is no font.
    pub fn find(named: Option<&Path>) -> Result<Self, FontError> {
        let named = named.map(|path| read(path).map(File::Open)).transpose()?;
        let installed = PLACES.iter().map(|place| File::Unopened(Path::new(place), OnceLock::new()));
        Ok(Self(named.into_iter().chain(installed).collect()))
    }

    /// A glyph for each character that any of the fonts has: from the first file that has it, and there from the face in
    /// the forms of the text's own region, if there is one.
    pub(super) fn glyphs(&self, wanted: &BTreeSet<char>) -> BTreeMap<char, Glyph> {
        let region = Region::of(wanted.iter().copied());
        let mut wanted: BTreeSet<char> = wanted.iter().copied().filter(|c| !script::is_shaped(*c)).collect();
        let mut found = BTreeMap::new();
        for file in &self.0 {
            if wanted.is_empty() {
                break;
            }
            let glyph = |c: &char| Some((*c, glyph(file.faces(), region, *c)?));
            let here: Vec<_> = wanted.iter().filter_map(glyph).collect();
            found.extend(here);
            wanted.retain(|c| !found.contains_key(c));
        }
        found
    }
}

fn glyph(faces: &[Face], region: Region, c: char) -> Option<Glyph> {
    let own = faces.iter().filter(|face| face.family.ends_with(region.mark()));
    own.chain(faces).find_map(|face| face.glyph(c))
}

/// One file and the faces in it.
#[derive(Debug)]
enum File {
    Open(Vec<Face>),
    Unopened(&'static Path, OnceLock<Vec<Face>>),
}

impl File {
    fn faces(&self) -> &[Face] {
        match self {
            Self::Open(faces) => faces,
            Self::Unopened(path, faces) => faces.get_or_init(|| read(path).unwrap_or_default()),
        }
    }
}

/// The faces of a file, of which there is at least one.
fn read(path: &Path) -> Result<Vec<Face>, FontError> {
    let path = path.to_owned();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(source) => return Err(FontError::Unreadable { path, source }),
    };
    let bytes: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes);
    let faces: Vec<_> = (0..).map_while(|index| Font::new(Arc::clone(&bytes), index)).collect();
    let faces: Vec<_> = faces.iter().filter(|font| has_outlines(font)).map(Face::of).collect();
    if faces.is_empty() { Err(FontError::NoFont { path }) } else { Ok(faces) }
}

fn has_outlines(font: &Font) -> bool {
    ScalerFont::unhinted(font.clone(), None).outline_source().is_some()
}

struct Face {
    family: String,
    regular: Font,
    semibold: Font,
}

impl Face {
    fn of(font: &Font) -> Self {
        let name = font.names().get(NameId::FAMILY_NAME).and_then(|name| name.english_or_first());
        let family = name.map(|name| name.name().chars().collect()).unwrap_or_default();
        // A variable font's own default may be its thinnest; one that is not variable stays as it is.
        let weighing =
            |weight: f32| font.instance_builder().variations([(Tag::new(b"wght"), weight)]).build();
        Self { family, regular: weighing(400.0), semibold: weighing(600.0) }
    }

    /// None too where there is only a picture of it, as fonts of emoji have.
    fn glyph(&self, c: char) -> Option<Glyph> {
        let id = self.regular.charmap().map_unicode(c)?;
        ScalerFont::unhinted(self.regular.clone(), None).outline(id)?;
        Some(Glyph { regular: self.regular.clone(), semibold: self.semibold.clone(), id })
    }
}

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Face").field("family", &self.family).finish_non_exhaustive()
    }
}

/// Where the outline of a character is.
#[derive(Clone)]
pub(super) struct Glyph {
    regular: Font,
    semibold: Font,
    pub(super) id: GlyphId,
}

impl Glyph {
    pub(super) fn font(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semibold,
        }
    }
}

#[cfg(test)]
mod tests;
