//! A project on disk: its root, its storyboards, and the texts that they name, all of them inside its folder.
//! Reads only, and decides nothing about content.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::expand::Files;
use crate::storyboard::Source;

/// Bytes of one file. The longest storyboard anybody wrote is a hundredth of this.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The folders that make a folder a project's root.
const MARKS: [&str; 2] = ["storyboards", "templates"];

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("there is no file or folder {0}")]
    Missing(String),
    #[error("{0} is outside the project; copy it into {1}")]
    Outside(String, String),
    #[error("{0} is no file")]
    NotAFile(String),
    #[error("{0} has more than {limit} MB", limit = MAX_BYTES / 1024 / 1024)]
    TooLarge(String),
    #[error("{file}:{line} is no UTF-8 text; save the file as UTF-8")]
    NotText { file: String, line: usize },
    #[error("{0} can't be read: {1}")]
    Unreadable(String, io::Error),
    #[error("there are no storyboards in {0}; write one as storyboards/NAME.yaml, or name a file")]
    NoStoryboards(String),
}

type Result<T> = std::result::Result<T, ProjectError>;

/// A project's folder, and the folder from which its files are named.
#[derive(Clone, Debug)]
pub struct Project {
    /// Without links.
    root: PathBuf,
    working: PathBuf,
}

impl Project {
    /// The project of a storyboard: the nearest folder above it that holds `storyboards/` or `templates/`, else its own.
    ///
    /// # Errors
    /// There is no such file.
    pub fn of_storyboard(path: &Path, working: &Path) -> Result<Self> {
        let file = canonical(&working.join(path), path)?;
        let folder = file.parent().unwrap_or(&file);
        Ok(Self { root: root(folder), working: working.to_owned() })
    }

    /// The project that a folder belongs to.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn of_folder(working: &Path) -> Result<Self> {
        let folder = canonical(working, working)?;
        Ok(Self { root: root(&folder), working: working.to_owned() })
    }

    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Reads a storyboard, wherever it lies.
    ///
    /// # Errors
    /// Missing, no file, too large, or no UTF-8 text.
    pub fn read(&self, path: &Path) -> Result<Arc<Source>> {
        text(&canonical(&self.working.join(path), path)?, &self.name(path))
    }

    /// Models that this project adds to the catalog: `models/*.yaml` of its root, sorted by name.
    ///
    /// # Errors
    /// One of them can't be read.
    pub fn models(&self) -> Result<Vec<Arc<Source>>> {
        let folder = self.root.join("models");
        let paths = if folder.is_dir() { yaml_files(&folder)? } else { Vec::new() };
        paths.iter().map(|path| self.inside(path, path)).collect()
    }

    /// A file of the project, links followed.
    fn inside(&self, path: &Path, said: &Path) -> Result<Arc<Source>> {
        let found = canonical(path, said)?;
        if !found.starts_with(&self.root) {
            return Err(ProjectError::Outside(shown(said), self.name(&self.root)));
        }
        text(&found, &self.name(path))
    }

    /// As messages call it: relative to the working folder where it lies below it.
    fn name(&self, path: &Path) -> String {
        let full = tidied(&self.working.join(path));
        let real = fs::canonicalize(&self.working).unwrap_or_else(|_| self.working.clone());
        let below = full.strip_prefix(tidied(&self.working)).or_else(|_| full.strip_prefix(&real));
        shown(below.unwrap_or(&full))
    }
}

impl Files for Project {
    fn near(&self, storyboard: &Source, path: &str) -> std::result::Result<Arc<Source>, String> {
        let file = self.working.join(&storyboard.name);
        let folder = file.parent().unwrap_or(&self.working);
        self.inside(&folder.join(path), Path::new(path)).map_err(|error| error.to_string())
    }

    fn template(&self, name: &str) -> std::result::Result<Option<Arc<Source>>, String> {
        let path = self.root.join("templates").join(name);
        match self.inside(&path, &Path::new("templates").join(name)) {
            Ok(source) => Ok(Some(source)),
            Err(ProjectError::Missing(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The storyboards that PATHs name, each once: files as they are, folders by their `.yaml` files (or those of their
/// `storyboards/`), sorted. Without a PATH those of the project that the working folder belongs to.
///
/// # Errors
/// A path that is not there, a folder that can't be read, or nothing found at all.
pub fn storyboards(paths: &[PathBuf], working: &Path) -> Result<Vec<PathBuf>> {
    if paths.is_empty() {
        let folder = Project::of_folder(working)?.root.join("storyboards");
        return if folder.is_dir() {
            below(&folder, working)
        } else {
            Err(ProjectError::NoStoryboards(shown(working)))
        };
    }
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let full = working.join(path);
        if full.is_dir() {
            found.extend(below(path, working)?);
        } else {
            canonical(&full, path)?;
            found.push(path.clone());
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|path| seen.insert(fs::canonicalize(working.join(path)).unwrap_or_else(|_| path.clone())));
    Ok(found)
}

fn below(folder: &Path, working: &Path) -> Result<Vec<PathBuf>> {
    let inner = folder.join("storyboards");
    let folder = if working.join(&inner).is_dir() { inner } else { folder.to_owned() };
    let names = yaml_files(&working.join(&folder))?;
    let real = fs::canonicalize(working).unwrap_or_else(|_| working.to_owned());
    let paths: Vec<PathBuf> =
        names.into_iter().map(|path| path.strip_prefix(&real).map(Path::to_owned).unwrap_or(path)).collect();
    if paths.is_empty() { Err(ProjectError::NoStoryboards(shown(&folder))) } else { Ok(paths) }
}

fn root(folder: &Path) -> PathBuf {
    let marked = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).is_dir());
    folder.ancestors().find(marked).unwrap_or(folder).to_owned()
}

/// The `.yaml` and `.yml` files of a folder, sorted; hidden ones and those of its folders left out.
fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| ProjectError::Unreadable(shown(folder), error);
    let entries: io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(unreadable)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let is_yaml = |path: &PathBuf| {
        let ending = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        ending && !hidden && path.is_file()
    };
    let mut files: Vec<PathBuf> = entries.map_err(unreadable)?.into_iter().filter(is_yaml).collect();
    files.sort();
    Ok(files)
}

fn canonical(path: &Path, said: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ProjectError::Missing(shown(said)),
        _ => ProjectError::Unreadable(shown(said), error),
    })
}

fn text(path: &Path, name: &str) -> Result<Arc<Source>> {
    let unreadable = |error| ProjectError::Unreadable(name.to_owned(), error);
    // Asked before opening: a pipe would wait for a writer.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(ProjectError::NotAFile(name.to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ProjectError::TooLarge(name.to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count();
        ProjectError::NotText { file: name.to_owned(), line }
    })?;
    Ok(Arc::new(Source { name: name.to_owned(), text }))
}

/// `.` and `..` resolved as they are written, for a name that is pleasant to read.
fn tidied(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if tidied.file_name().is_some() => drop(tidied.pop()),
            other => tidied.push(other),
        }
    }
    tidied
}

fn shown(path: &Path) -> String {
    let shown = path.display().to_string();
    if shown.is_empty() { ".".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Disk(tempfile::TempDir);

    impl Disk {
        fn new(files: &[(&str, &[u8])]) -> Self {
            let disk = Self(tempfile::tempdir().unwrap());
            for (path, bytes) in files {
                let path = disk.path(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            disk
        }

        fn path(&self, path: &str) -> PathBuf {
            self.0.path().canonicalize().unwrap().join(path)
        }

        fn project(&self) -> Project {
            Project::of_storyboard(Path::new("p/storyboards/a.yaml"), &self.path("")).unwrap()
        }

        fn near(&self, path: &str) -> std::result::Result<Arc<Source>, String> {
            let project = self.project();
            let storyboard = project.read(Path::new("p/storyboards/a.yaml")).unwrap();
            project.near(&storyboard, path)
        }
    }

    fn usual() -> Disk {
        Disk::new(&[
            ("p/storyboards/b.yml", b"b"),
            ("p/storyboards/a.yaml", b"a"),
            ("p/storyboards/shared/cast.yaml", b"cast"),
            ("p/storyboards/notes.txt", b"n"),
            ("p/templates/title.j2", b"title"),
            ("p/models/mine.yaml", b"mine"),
            ("secret.yaml", b"secret"),
        ])
    }

    #[test]
    fn the_root_is_the_nearest_folder_above_that_holds_storyboards_or_templates() {
        assert_eq!(usual().project().root().file_name().unwrap(), "p");
        let lone = Disk::new(&[("x/y/a.yaml", b"")]);
        let project = Project::of_storyboard(Path::new("y/a.yaml"), &lone.path("x")).unwrap();
        assert_eq!(project.root(), lone.path("x/y"));
    }

    #[test]
    fn without_a_path_storyboards_are_those_of_the_root_sorted_and_not_of_folders_below() {
        let disk = usual();
        let found = storyboards(&[], &disk.path("p/templates")).unwrap();
        assert_eq!(found, [disk.path("p/storyboards/a.yaml"), disk.path("p/storyboards/b.yml")]);
        let found = storyboards(&[], &disk.path("p")).unwrap();
        assert_eq!(found, [Path::new("storyboards/a.yaml"), Path::new("storyboards/b.yml")]);
    }

    #[test]
    fn a_storyboard_named_twice_is_listed_once() {
        let disk = usual();
        let paths = ["p", "p/storyboards/b.yml", "p/../p/storyboards"].map(PathBuf::from);
        let found = storyboards(&paths, &disk.path("")).unwrap();
        assert_eq!(found, [Path::new("p/storyboards/a.yaml"), Path::new("p/storyboards/b.yml")]);
    }

    #[test]
    fn a_path_that_is_not_there_and_a_folder_without_storyboards_are_told() {
        let disk = usual();
        let error = storyboards(&[PathBuf::from("nope.yaml")], &disk.path("")).unwrap_err();
        assert_eq!(error.to_string(), "there is no file or folder nope.yaml");
        let error = storyboards(&[PathBuf::from("p/templates")], &disk.path("")).unwrap_err();
        assert!(error.to_string().starts_with("there are no storyboards in p/templates"), "{error}");
    }

    #[test]
    fn names_are_relative_to_the_working_folder() {
        let disk = usual();
        assert_eq!(disk.near("shared/cast.yaml").unwrap().name, "p/storyboards/shared/cast.yaml");
        assert_eq!(disk.near("../templates/title.j2").unwrap().name, "p/templates/title.j2");
        assert_eq!(disk.project().template("title.j2").unwrap().unwrap().name, "p/templates/title.j2");
    }

    #[test]
    fn nothing_outside_the_project_is_read() {
        let disk = usual();
        assert!(disk.near("../../secret.yaml").unwrap_err().contains("outside the project"));
        assert!(
            disk.near(disk.path("secret.yaml").to_str().unwrap())
                .unwrap_err()
                .contains("outside the project")
        );
        assert!(disk.project().template("../../secret.yaml").unwrap_err().contains("outside the project"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_of_the_project_is_not_followed() {
        let disk = usual();
        std::os::unix::fs::symlink(disk.path("secret.yaml"), disk.path("p/storyboards/link.yaml")).unwrap();
        assert!(disk.near("link.yaml").unwrap_err().contains("outside the project"));
        std::os::unix::fs::symlink(disk.path("p/models/mine.yaml"), disk.path("p/storyboards/own.yaml"))
            .unwrap();
        assert_eq!(disk.near("own.yaml").unwrap().text, "mine");
    }

    #[test]
    fn a_missing_template_is_no_error_and_a_missing_file_is() {
        let disk = usual();
        assert_eq!(disk.project().template("shot.j2"), Ok(None));
        assert_eq!(disk.near("casst.yaml").unwrap_err(), "there is no file or folder casst.yaml");
        assert!(disk.near("shared").unwrap_err().contains("is no file"));
    }

    #[test]
    fn what_is_no_text_or_too_much_of_it_is_refused() {
        let long = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
        let disk = Disk::new(&[
            ("p/storyboards/a.yaml", b""),
            ("p/storyboards/latin.csv", b"sku\ncaf\xe9\n"),
            ("p/storyboards/long.csv", &long),
        ]);
        assert_eq!(
            disk.near("latin.csv").unwrap_err(),
            "p/storyboards/latin.csv:2 is no UTF-8 text; save the file as UTF-8"
        );
        assert!(disk.near("long.csv").unwrap_err().contains("more than 16 MB"));
    }

    #[test]
    fn the_projects_own_models_are_listed() {
        let names: Vec<String> =
            usual().project().models().unwrap().iter().map(|model| model.name.clone()).collect();
        assert_eq!(names, ["p/models/mine.yaml"]);
    }
}
