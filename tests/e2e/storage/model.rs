//! A disk of which only that is certain that was synced: what a run did is done to it one step after the other,
//! and at every step it tells which folders a loss of power may leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder as it lies on disk, by the paths in it; those that end in `/` are folders.
pub(super) type Image = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

type Names = BTreeMap<PathBuf, Node>;

#[derive(Clone, Debug, Default)]
struct Content {
    synced: Vec<u8>,
    now: Vec<u8>,
    /// A sync failed: the system may have forgotten that there is something to write, and say of the next sync
    /// that all is well, until something is written again.
    is_doubtful: bool,
}

#[derive(Debug, Default)]
pub(super) struct Disk {
    files: Vec<Content>,
    synced: Names,
    now: Names,
    /// The file that the last step wrote to, and its length before.
    written: Option<(usize, usize)>,
}

/// What of the bytes that were not synced is kept.
#[derive(Clone, Copy, Debug)]
enum Bytes {
    Synced,
    All,
    /// Of the file written last only so many, of all others everything.
    Torn(usize, usize),
}

/// More writes than these are torn at some places only.
const SHORT: usize = 4096;

impl Disk {
    /// With everything that lies in the project's folder on it, and synced.
    pub(super) fn of(project: &Path, folder: &str) -> Self {
        let mut disk = Self::default();
        disk.take_in(project, Path::new(folder));
        disk.synced = disk.now.clone();
        disk
    }

    fn take_in(&mut self, project: &Path, path: &Path) {
        let Ok(meta) = fs::symlink_metadata(project.join(path)) else { return };
        if meta.is_dir() {
            self.now.insert(path.to_owned(), Node::Folder);
            for entry in fs::read_dir(project.join(path)).unwrap() {
                self.take_in(project, &path.join(entry.unwrap().file_name()));
            }
        } else {
            let bytes = fs::read(project.join(path)).unwrap();
            self.now.insert(path.to_owned(), Node::File(self.files.len()));
            self.files.push(Content { synced: bytes.clone(), now: bytes, is_doubtful: false });
        }
    }

    /// Does what the log says was done.
    pub(super) fn apply(&mut self, entry: &Value) {
        self.written = None;
        if let Some(failed) = entry.get("failed") {
            return self.fail(failed);
        }
        let path = |name: &str| entry[name].as_str().map(PathBuf::from);
        let (Some(op), Some(at)) = (entry["op"].as_str(), path("path")) else { return };
        match op {
            "make-folder" => drop(self.now.insert(at, Node::Folder)),
            "create" => self.create(at),
            "write" => self.write(&at, &bytes(entry["bytes"].as_str().unwrap())),
            "empty" => self.file(&at).now.clear(),
            "sync" => self.sync(&at),
            "sync-folder" => self.sync_folder(&at),
            "remove" => drop(self.now.remove(&at)),
            "rename" => {
                let node = self.now.remove(&path("from").unwrap()).unwrap();
                self.now.insert(at, node);
            }
            "link" => {
                let node = self.now[&path("from").unwrap()];
                self.now.insert(at, node);
            }
            "protect" => {}
            op => panic!("the log tells of an operation {op}"),
        }
    }

    /// A write fails when half of it is done, and of a sync nothing is certain; everything else is not done at all.
    fn fail(&mut self, entry: &Value) {
        match entry["op"].as_str().unwrap() {
            "write" => self.apply(entry),
            "sync" => self.file(Path::new(entry["path"].as_str().unwrap())).is_doubtful = true,
            _ => {}
        }
    }

    /// One that is there already stays.
    fn create(&mut self, at: PathBuf) {
        if let std::collections::btree_map::Entry::Vacant(free) = self.now.entry(at) {
            free.insert(Node::File(self.files.len()));
            self.files.push(Content::default());
        }
    }

    fn number(&self, at: &Path) -> usize {
        match self.now.get(at) {
            Some(Node::File(number)) => *number,
            other => panic!("{} is {other:?}", at.display()),
        }
    }

    fn file(&mut self, at: &Path) -> &mut Content {
        let number = self.number(at);
        &mut self.files[number]
    }

    fn write(&mut self, at: &Path, bytes: &[u8]) {
        let number = self.number(at);
        self.written = Some((number, self.files[number].now.len()));
        self.files[number].now.extend(bytes);
        self.files[number].is_doubtful = false;
    }

    fn sync(&mut self, at: &Path) {
        let file = self.file(at);
        if !file.is_doubtful {
            file.synced.clone_from(&file.now);
        }
    }

    fn sync_folder(&mut self, at: &Path) {
        let at = if at == Path::new(".") { Path::new("") } else { at };
        let here = |path: &Path| path.parent() == Some(at);
        self.synced.retain(|path, _| !here(path));
        self.synced
            .extend(self.now.iter().filter(|(path, _)| here(path)).map(|(path, node)| (path.clone(), *node)));
    }

    /// Only what was synced.
    pub(super) fn least(&self) -> Image {
        self.image(&self.synced, Bytes::Synced)
    }

    /// Every name, and of the files what was synced.
    pub(super) fn names_alone(&self) -> Image {
        self.image(&self.now, Bytes::Synced)
    }

    /// The same, but for writes that are torn.
    pub(super) fn whole_images(&self) -> Vec<Image> {
        self.images_of(&[Bytes::Synced, Bytes::All])
    }

    /// Every folder that a loss of power may leave now.
    pub(super) fn images(&self) -> Vec<Image> {
        let mut kept = vec![Bytes::Synced, Bytes::All];
        if let Some((file, before)) = self.written {
            kept.extend(cuts(before, self.files[file].now.len()).map(|length| Bytes::Torn(file, length)));
        }
        self.images_of(&kept)
    }

    fn images_of(&self, kept: &[Bytes]) -> Vec<Image> {
        let all_names = self.all_names();
        kept.iter().flat_map(|kept| all_names.iter().map(|names| self.image(names, *kept))).collect()
    }

    /// Every name that was not synced is there or not, whatever is of the others.
    fn all_names(&self) -> Vec<Names> {
        let paths: BTreeSet<&PathBuf> = self.now.keys().chain(self.synced.keys()).collect();
        let mut all = vec![self.synced.clone()];
        for path in paths.into_iter().filter(|path| self.now.get(*path) != self.synced.get(*path)) {
            let mut others = all.clone();
            for names in &mut others {
                match self.now.get(path) {
                    Some(node) => drop(names.insert(path.clone(), *node)),
                    None => drop(names.remove(path)),
                }
            }
            all.extend(others);
        }
        all
    }

    fn image(&self, names: &Names, kept: Bytes) -> Image {
        let reached = |path: &Path| {
            path.ancestors()
                .skip(1)
                .all(|above| above == Path::new("") || names.get(above) == Some(&Node::Folder))
        };
        let there = names.iter().filter(|(path, _)| reached(path));
        there
            .map(|(path, node)| match node {
                Node::Folder => (format!("{}/", path.display()), Vec::new()),
                Node::File(number) => (path.display().to_string(), self.content(*number, kept).to_vec()),
            })
            .collect()
    }

    fn content(&self, number: usize, kept: Bytes) -> &[u8] {
        let Content { synced, now, .. } = &self.files[number];
        match kept {
            Bytes::Synced => synced,
            Bytes::Torn(file, length) if file == number => &now[..length],
            Bytes::All | Bytes::Torn(..) => now,
        }
    }
}

/// Every length that a torn write may come to.
fn cuts(before: usize, after: usize) -> impl Iterator<Item = usize> {
    let step = if after - before > SHORT { (after - before) / 7 } else { 1 };
    (before..after).step_by(step)
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Puts a folder on the real disk, in place of what is there.
pub(super) fn restore(project: &Path, folder: &str, image: &Image) {
    let _ = fs::remove_dir_all(project.join(folder));
    for (path, bytes) in image {
        match path.strip_suffix('/') {
            Some(folder) => fs::create_dir_all(project.join(folder)).unwrap(),
            None => fs::write(project.join(path), bytes).unwrap(),
        }
    }
}
