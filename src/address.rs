//! Ids and addresses: how a storyboard, scene, shot or clip is written, and which ones a pattern selects.
//! Knows no storyboard; whether an address exists is for others to say.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An author's id: `[a-z0-9][a-z0-9_-]*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is made of a-z, 0-9, `-` and `_`, and starts with a letter or digit")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let ok = text.starts_with(plain) && text.chars().all(|c| plain(c) || c == '-' || c == '_');
        ok.then(|| Self(text.to_owned())).ok_or(NotAnId)
    }
}

/// The nearest id to any text: lower-cased, `:` as `x`, anything else that an id can't hold as `-`.
/// Empty where nothing is left, which the caller refuses.
#[must_use]
pub fn slug(text: &str) -> String {
    let written: String = text.trim().chars().flat_map(char::to_lowercase).map(slug_char).collect();
    written.trim_matches('-').to_owned()
}

fn slug_char(c: char) -> char {
    match c {
        'a'..='z' | '0'..='9' | '_' => c,
        ':' => 'x',
        _ => '-',
    }
}

/// One edition of a storyboard: its id, with the variant (`@aur-100.9x16`) and the profile (`+draft`) where it has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition {
    pub storyboard: Id,
    /// Row and axis values joined by `.`, each a [`slug`].
    pub variant: Option<String>,
    pub profile: Option<Id>,
}

/// Where a scene or shot stands: `neon-harbor@9x16+draft/rooftop/skyline`. A clip's is that of its first shot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub edition: Edition,
    pub scene: Id,
    /// None where the scene is itself the one shot.
    pub shot: Option<Id>,
}

impl Address {
    /// The last id: the shot's name as its scene knows it.
    #[must_use]
    pub fn shot_name(&self) -> &Id {
        self.shot.as_ref().unwrap_or(&self.scene)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.storyboard)?;
        self.variant.iter().try_for_each(|variant| write!(f, "@{variant}"))?;
        self.profile.iter().try_for_each(|profile| write!(f, "+{profile}"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.edition, self.scene)?;
        self.shot.iter().try_for_each(|shot| write!(f, "/{shot}"))
    }
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address; write storyboard/scene or storyboard/scene/shot")]
pub struct NotAnAddress(String);

impl FromStr for Edition {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let bad = || NotAnAddress(text.to_owned());
        let (rest, profile) = split_optional(text, '+');
        let (storyboard, variant) = split_optional(rest, '@');
        Ok(Self {
            storyboard: storyboard.parse().map_err(|_| bad())?,
            variant: variant
                .map(|v| v.split('.').all(is_id).then(|| v.to_owned()).ok_or_else(bad))
                .transpose()?,
            profile: profile.map(str::parse).transpose().map_err(|_| bad())?,
        })
    }
}

fn is_id(text: &str) -> bool {
    text.parse::<Id>().is_ok()
}

fn split_optional(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let bad = || NotAnAddress(text.to_owned());
        let mut segments = text.split('/');
        let edition = segments.next().ok_or_else(bad)?.parse()?;
        let scene = segments.next().ok_or_else(bad)?.parse().map_err(|_| bad())?;
        let shot = segments.next().map(str::parse).transpose().map_err(|_| bad())?;
        if segments.next().is_some() {
            return Err(bad());
        }
        Ok(Self { edition, scene, shot })
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A pattern of the command line: `*` stays inside one segment, a prefix selects all below it,
/// and a storyboard written without `@` or `+` selects every variant and profile of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    segments: Vec<String>,
}

impl FromStr for Pattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let segments: Vec<String> = text.trim_end_matches('/').split('/').map(str::to_owned).collect();
        let ok = segments.len() <= 3 && segments.iter().all(|segment| !segment.is_empty());
        ok.then(|| Self { text: text.to_owned(), segments }).ok_or(NotAPattern)
    }
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write storyboard, storyboard/scene or storyboard/scene/shot; `*` stands for any part of a segment")]
pub struct NotAPattern;

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Pattern {
    /// Does the pattern select this shot, or something above it?
    #[must_use]
    pub fn selects(&self, address: &Address) -> bool {
        let edition = address.edition.to_string();
        let shot = address.shot.as_ref().map(Id::as_str);
        let rest = [Some(address.scene.as_str()), shot];
        let mut below = rest.into_iter().flatten();
        selects_edition(&self.segments[0], &edition)
            && self.segments[1..].iter().all(|pattern| below.next().is_some_and(|id| glob(pattern, id)))
    }
}

fn selects_edition(pattern: &str, edition: &str) -> bool {
    let bare = edition.split(['@', '+']).next().unwrap_or(edition);
    let any_edition = !pattern.contains(['@', '+']);
    glob(pattern, edition) || (any_edition && glob(pattern, bare))
}

/// `*` matches any run of characters, everything else itself. Linear: the last star alone is ever retried.
fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn selects(pattern: &str, text: &str) -> bool {
        pattern.parse::<Pattern>().unwrap().selects(&address(text))
    }

    #[test]
    fn an_address_reads_back_as_it_is_written() {
        for text in [
            "neon/rooftop",
            "neon/rooftop/skyline",
            "aurora@aur-100.9x16.zh/spot",
            "neon@1x1+draft/a/b",
            "neon+draft/a",
        ] {
            assert_eq!(address(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["", "neon", "Neon/a", "neon/a/b/c", "neon//b", "neon@/a", "neon@a..b/a", "neon+/a", "neon/../a"]
        {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_selects_all_below_it() {
        assert!(selects("neon", "neon/rooftop/skyline"));
        assert!(selects("neon/rooftop", "neon/rooftop/skyline"));
        assert!(selects("neon/", "neon/rooftop"));
        assert!(!selects("neon/roof", "neon/rooftop/skyline"));
        assert!(!selects("neon/rooftop/skyline", "neon/rooftop"));
    }

    #[test]
    fn a_star_stays_inside_one_segment() {
        assert!(selects("*/rooftop/sky*", "neon/rooftop/skyline"));
        assert!(selects("neon/*/*line", "neon/rooftop/skyline"));
        assert!(!selects("neon*skyline", "neon/rooftop/skyline"));
        assert!(selects("n*o*n/*", "neon-on/rooftop"));
    }

    #[test]
    fn a_bare_storyboard_selects_its_variants_and_profiles() {
        assert!(selects("aurora/spot", "aurora@aur-100.9x16+draft/spot"));
        assert!(selects("aurora@*.9x16", "aurora@aur-100.9x16/spot"));
        assert!(!selects("aurora@aur-100", "aurora/spot"));
        assert!(!selects("aurora+final", "aurora+draft/spot"));
    }

    #[test]
    fn any_text_becomes_the_nearest_id() {
        assert_eq!(slug("AUR-100"), "aur-100");
        assert_eq!(slug("9:16"), "9x16");
        assert_eq!(slug(" Crème brûlée! "), "cr-me-br-l-e");
        assert_eq!(slug("日本"), "");
    }
}
