//! A folder of stills that remembers which of its files it wrote, so that a later run replaces those and no others: not
//! what somebody put there or painted over.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::exit::Failure;
use crate::cli::output::{self, unwritten};

/// The list of a folder's own files, with the blake3 of each.
const LIST: &str = ".shotlist-stills.json";

pub(super) struct Album {
    folder: PathBuf,
    own: BTreeMap<String, String>,
    made: Vec<String>,
    in_the_way: Vec<String>,
}

/// Which stills a run made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of every shot: others of this kind are of shots that are gone.
    Shots,
    /// At times that were asked for, beside whatever was asked for before.
    Times,
}

impl Album {
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        let list = fs::read(folder.join(LIST)).unwrap_or_default();
        let mut own: BTreeMap<String, String> = serde_json::from_slice(&list).unwrap_or_default();
        // The list may have come with the project: nothing outside the folder is ours, whatever it says.
        own.retain(|name, _| Path::new(name).file_name() == Some(name.as_ref()));
        Ok(Self { folder: folder.to_owned(), own, made: Vec::new(), in_the_way: Vec::new() })
    }

    pub(super) fn put(&mut self, name: &str, picture: &[u8]) -> Result<(), Failure> {
        let hash = hash(picture);
        if self.is_free(name) || self.hash_of(name).as_ref() == Some(&hash) {
            output::write(&self.folder.join(name), picture)?;
            self.own.insert(name.to_owned(), hash);
            self.made.push(name.to_owned());
        } else {
            self.in_the_way.push(name.to_owned());
        }
        Ok(())
    }

    /// Removes what it made of shots that are gone. Returns the names that were made, and those that were not.
    pub(super) fn close(mut self, kind: Kind) -> Result<(Vec<String>, Vec<String>), Failure> {
        let gone: Vec<String> = self.own.keys().filter(|name| !self.made.contains(name)).cloned().collect();
        for name in gone.iter().filter(|name| kind == Kind::Shots && !is_of_a_time(name)) {
            if self.is_free(name) {
                let _ = fs::remove_file(self.folder.join(name));
            }
            self.own.remove(name);
        }
        let list = serde_json::to_vec_pretty(&self.own).unwrap_or_default();
        let path = self.folder.join(LIST);
        output::replace(&path, &list).map_err(|error| unwritten(&path, &error))?;
        Ok((self.made, self.in_the_way))
    }

    /// Nothing is there, or what we wrote.
    fn is_free(&self, name: &str) -> bool {
        match fs::symlink_metadata(self.folder.join(name)) {
            Ok(_) => self.own.contains_key(name) && self.hash_of(name).as_ref() == self.own.get(name),
            Err(_) => true,
        }
    }

    fn hash_of(&self, name: &str) -> Option<String> {
        let path = self.folder.join(name);
        let is_plain = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
        is_plain.then(|| fs::read(&path).ok()).flatten().map(|bytes| hash(&bytes))
    }
}

/// `0012.500s_rooftop_skyline.png`: no number of a shot has a point.
fn is_of_a_time(name: &str) -> bool {
    name.split('_').next().is_some_and(|number| number.contains('.'))
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(folder: &Path, kind: Kind, pictures: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut album = Album::open(folder).unwrap();
        for (name, picture) in pictures {
            album.put(name, picture.as_bytes()).unwrap();
        }
        album.close(kind).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names.into_iter().filter(|name| name != LIST).collect()
    }

    #[test]
    fn a_run_replaces_its_own_and_removes_what_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        closed(folder.path(), Kind::Shots, &[("01_a.png", "a"), ("02_b.png", "b")]);
        closed(folder.path(), Kind::Shots, &[("01_b.png", "b"), ("02_b.png", "new")]);
        assert_eq!(names(folder.path()), ["01_b.png", "02_b.png"]);
        assert_eq!(fs::read_to_string(folder.path().join("02_b.png")).unwrap(), "new");
    }

    #[test]
    fn what_somebody_else_put_there_or_changed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), "mine").unwrap();
        closed(folder.path(), Kind::Shots, &[("01_a.png", "a"), ("02_b.png", "b"), ("03_c.png", "c")]);
        ["02_b.png", "03_c.png", "04_d.png"].into_iter().for_each(write);
        let (made, in_the_way) =
            closed(folder.path(), Kind::Shots, &[("02_b.png", "new"), ("04_d.png", "d")]);
        assert_eq!((made.len(), in_the_way), (0, vec!["02_b.png".to_owned(), "04_d.png".to_owned()]));
        assert_eq!(names(folder.path()), ["02_b.png", "03_c.png", "04_d.png"]);
        for name in names(folder.path()) {
            assert_eq!(fs::read_to_string(folder.path().join(&name)).unwrap(), "mine", "{name}");
        }
    }

    #[test]
    fn a_list_that_names_what_lies_elsewhere_removes_and_writes_nothing_there() {
        let project = tempfile::tempdir().unwrap();
        let folder = project.path().join("stills");
        fs::create_dir(&folder).unwrap();
        let theirs = |name: &str| project.path().join(name);
        fs::write(theirs("film.yaml"), "mine").unwrap();
        let whole = theirs("film.yaml").display().to_string();
        let list = BTreeMap::from([("../film.yaml".to_owned(), hash(b"mine")), (whole, hash(b"mine"))]);
        fs::write(theirs("list.json"), serde_json::to_vec(&list).unwrap()).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(theirs("list.json"), folder.join(LIST)).unwrap();
        #[cfg(not(unix))]
        fs::copy(theirs("list.json"), folder.join(LIST)).unwrap();
        closed(&folder, Kind::Shots, &[("01_a.png", "a")]);
        assert_eq!(fs::read_to_string(theirs("film.yaml")).unwrap(), "mine");
        assert_eq!(fs::read(theirs("list.json")).unwrap(), serde_json::to_vec(&list).unwrap());
        assert_eq!(names(&folder), ["01_a.png"]);
    }

    #[test]
    fn stills_of_times_and_of_shots_leave_one_another_alone() {
        let folder = tempfile::tempdir().unwrap();
        closed(folder.path(), Kind::Shots, &[("01_a.png", "a")]);
        closed(folder.path(), Kind::Times, &[("0001.500s_a.png", "t")]);
        closed(folder.path(), Kind::Times, &[("0002.000s_a.png", "u")]);
        closed(folder.path(), Kind::Shots, &[("01_b.png", "b")]);
        assert_eq!(names(folder.path()), ["0001.500s_a.png", "0002.000s_a.png", "01_b.png"]);
    }
}
