//! The view: what is shown, moved and left alone.

use super::*;
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, symlink};
use view::{Clip, Film, Rebuilt, rebuild};

/// A folder with three takes in its vault.
struct Stage {
    _temp: TempDir,
    dir: PathBuf,
    takes: Takes,
}

const EDITION: &str = "neon@9x16";

impl Stage {
    fn new() -> Self {
        let (temp, dir) = folder();
        drop(open(&dir));
        let takes = (1..=3).map(|number| {
            let bytes = format!("film {number}");
            let take = take_of(&[intent(number), landed(number, bytes.as_bytes())]);
            let path = Vault::of(&dir).path(&take);
            fs::write(&path, bytes).unwrap();
            fs::File::open(&path).unwrap().set_permissions(fs::Permissions::from_mode(0o444)).unwrap();
            take
        });
        let takes = takes.collect();
        Self { _temp: temp, dir, takes }
    }

    /// Shows these takes as scenes `a`, `b` … of one edition.
    fn show(&self, numbers: &[Option<u32>]) -> Rebuilt {
        let clips = numbers.iter().zip(["a", "b", "c", "d"]).map(|(number, scene)| {
            let address: crate::address::Address = format!("{EDITION}/{scene}").parse().unwrap();
            Clip { first: address.clone(), last: address, take: number.map(nonce) }
        });
        let film = Film { edition: EDITION.parse().unwrap(), clips: clips.collect() };
        rebuild(&self.dir, &self.takes, &[film]).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(EDITION).join(name)
    }

    fn vault(&self, number: u32) -> PathBuf {
        Vault::of(&self.dir).path(self.takes.get(nonce(number)).unwrap())
    }

    fn seen(&self) -> BTreeMap<String, String> {
        let entries = disk::list(&self.dir.join(EDITION)).unwrap().into_iter();
        let read = |entry: fs::DirEntry| {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            (entry.file_name().into_string().unwrap(), text)
        };
        entries.map(read).collect()
    }

    /// As on a file system without hard links or reflinks.
    fn make_copy(&self, name: &str, number: u32) {
        let (from, to) = (self.vault(number), self.path(name));
        let _ = fs::remove_file(&to);
        fs::copy(&from, &to).unwrap();
        fs::File::open(&to).unwrap().set_modified(fs::metadata(&from).unwrap().modified().unwrap()).unwrap();
    }
}

use std::os::unix::fs::PermissionsExt;

fn shown(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn counts(made: usize, removed: usize) -> Rebuilt {
    Rebuilt { made, removed, in_the_way: Vec::new() }
}

#[test]
fn the_view_shows_the_chosen_takes_in_story_order_and_a_clip_keeps_its_number_while_it_has_none() {
    let stage = Stage::new();
    assert_eq!(stage.show(&[Some(2), None, Some(1)]), counts(2, 0));
    assert_eq!(stage.seen(), shown(&[("01_a.mp4", "film 2"), ("03_c.mp4", "film 1")]));
    assert!(fs::metadata(stage.path("01_a.mp4")).unwrap().permissions().readonly());
}

#[test]
fn a_rebuild_with_nothing_new_touches_nothing() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2)]);
    stage.make_copy("02_b.mp4", 2);
    let seen = || ["01_a.mp4", "02_b.mp4"].map(|name| fs::metadata(stage.path(name)).unwrap().ctime_nsec());
    let before = seen();
    assert_eq!(stage.show(&[Some(1), Some(2)]), counts(0, 0));
    assert_eq!(seen(), before);
}

#[test]
fn reordering_moves_files_and_touches_nothing_in_the_vault() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2), Some(3)]);
    stage.make_copy("03_c.mp4", 3);
    let copy = fs::metadata(stage.path("03_c.mp4")).unwrap().ino();
    let vault = || (1..=3).map(|n| fs::metadata(stage.vault(n)).unwrap().mtime_nsec()).collect::<Vec<_>>();
    let before = vault();
    assert_eq!(stage.show(&[Some(3), Some(1), Some(2)]), counts(3, 0));
    let expected = [("01_a.mp4", "film 3"), ("02_b.mp4", "film 1"), ("03_c.mp4", "film 2")];
    assert_eq!(stage.seen(), shown(&expected));
    assert_eq!(fs::metadata(stage.path("01_a.mp4")).unwrap().ino(), copy, "moved, not copied again");
    assert_eq!(vault(), before);
}

#[test]
fn one_take_may_be_shown_twice() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(1)]);
    assert_eq!(stage.show(&[Some(1), Some(2), Some(1)]), counts(2, 0));
    let expected = [("01_a.mp4", "film 1"), ("02_b.mp4", "film 2"), ("03_c.mp4", "film 1")];
    assert_eq!(stage.seen(), shown(&expected));
}

#[test]
fn stale_entries_go_and_so_does_an_empty_folder() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2), Some(3)]);
    stage.make_copy("02_b.mp4", 2);
    assert_eq!(stage.show(&[Some(1)]), counts(0, 2));
    assert_eq!(stage.seen(), shown(&[("01_a.mp4", "film 1")]));
    assert_eq!(stage.show(&[None]), counts(0, 1));
    assert!(!stage.dir.join(EDITION).exists());
    assert!((1..=3).all(|number| stage.vault(number).exists()));
}

#[test]
fn what_is_not_in_the_vault_is_never_removed_or_replaced() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2), Some(3)]);
    for (name, text) in [("notes.txt", "mine"), ("02_other.mp4", "mine"), ("04_d.mp4", "mine")] {
        fs::write(stage.path(name), text).unwrap();
    }
    // A graded version, of the same size and time, in place of the copy.
    stage.make_copy("03_c.mp4", 3);
    fs::remove_file(stage.path("03_c.mp4")).unwrap();
    fs::write(stage.path("03_c.mp4"), "grade3").unwrap();
    let time = fs::metadata(stage.vault(3)).unwrap().modified().unwrap();
    fs::File::open(stage.path("03_c.mp4")).unwrap().set_modified(time).unwrap();
    let rebuilt = stage.show(&[None, None, Some(2), Some(1)]);
    let mut in_the_way = rebuilt.in_the_way;
    in_the_way.sort();
    assert_eq!(in_the_way, [stage.path("03_c.mp4"), stage.path("04_d.mp4")]);
    let left =
        [("02_other.mp4", "mine"), ("03_c.mp4", "grade3"), ("04_d.mp4", "mine"), ("notes.txt", "mine")];
    assert!(left.iter().all(|(name, text)| stage.seen()[*name] == *text), "{:?}", stage.seen());
}

#[test]
fn the_last_copy_of_a_clip_is_kept() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2)]);
    stage.make_copy("02_b.mp4", 2);
    fs::remove_file(stage.vault(2)).unwrap();
    stage.show(&[Some(1)]);
    assert_eq!(stage.seen()["02_b.mp4"], "film 2");
    // Nor does a file of the right size in its place make it safe to remove.
    let time = fs::metadata(stage.path("02_b.mp4")).unwrap().modified().unwrap();
    fs::write(stage.vault(2), "broken").unwrap();
    fs::File::open(stage.vault(2)).unwrap().set_modified(time).unwrap();
    stage.show(&[Some(1)]);
    assert_eq!(stage.seen()["02_b.mp4"], "film 2");
}

#[test]
fn a_clip_without_its_file_in_the_vault_is_left_out() {
    let stage = Stage::new();
    fs::remove_file(stage.vault(1)).unwrap();
    fs::write(stage.vault(2), "cut").unwrap_or_default();
    fs::remove_file(stage.vault(2)).unwrap();
    symlink("/etc/hostname", stage.vault(2)).unwrap();
    assert_eq!(stage.show(&[Some(1), Some(2), Some(3), Some(9)]), counts(1, 0));
    assert_eq!(stage.seen(), shown(&[("03_c.mp4", "film 3")]));
}

#[test]
fn links_and_folders_in_the_view_are_neither_followed_nor_removed() {
    let stage = Stage::new();
    stage.show(&[Some(3)]);
    let elsewhere = stage.dir.join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    symlink(&elsewhere, stage.path("02_b.mp4")).unwrap();
    fs::create_dir(stage.path("03_c.mp4")).unwrap();
    let rebuilt = stage.show(&[Some(3), Some(1), Some(2)]);
    assert_eq!(rebuilt.in_the_way, [stage.path("02_b.mp4"), stage.path("03_c.mp4")]);
    assert_eq!(fs::read(&elsewhere).unwrap(), b"mine");
    fs::rename(stage.dir.join(EDITION), stage.dir.join("moved")).unwrap();
    symlink(stage.dir.join("moved"), stage.dir.join(EDITION)).unwrap();
    let rebuilt = stage.show(&[Some(1)]);
    assert_eq!(rebuilt.in_the_way, [stage.dir.join(EDITION)]);
    assert!(stage.dir.join("moved/01_a.mp4").exists());
}

#[test]
fn a_rebuild_killed_between_two_moves_is_completed_by_the_next() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2)]);
    fs::rename(stage.path("01_a.mp4"), stage.path(".01_a.mp4.moved")).unwrap();
    fs::rename(stage.path("02_b.mp4"), stage.path(".02_b.mp4.moved")).unwrap();
    fs::write(stage.path(".03_c.mp4.shotlist-part"), "half a copy").unwrap();
    assert_eq!(stage.show(&[Some(2), Some(1)]), counts(2, 0));
    assert_eq!(stage.seen(), shown(&[("01_a.mp4", "film 2"), ("02_b.mp4", "film 1")]));
}

#[test]
fn a_view_whose_links_and_times_a_copy_of_the_folder_lost_is_still_ours() {
    let stage = Stage::new();
    stage.show(&[Some(1), Some(2)]);
    for name in ["01_a.mp4", "02_b.mp4"] {
        let bytes = fs::read(stage.path(name)).unwrap();
        fs::remove_file(stage.path(name)).unwrap();
        fs::write(stage.path(name), bytes).unwrap();
    }
    let rebuilt = stage.show(&[Some(3), Some(2)]);
    assert_eq!(rebuilt.in_the_way, Vec::<PathBuf>::new());
    assert_eq!(stage.seen(), shown(&[("01_a.mp4", "film 3"), ("02_b.mp4", "film 2")]));
}
