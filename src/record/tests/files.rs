//! The vault: what lands in it and what is found there.

use super::*;
use proptest::prelude::*;
use std::os::unix::fs::{MetadataExt, symlink};

fn vault() -> (TempDir, Vault) {
    let (temp, dir) = folder();
    drop(open(&dir));
    (temp, Vault::of(&dir))
}

fn bought(number: u32) -> Take {
    take_of(&life(number)[..3])
}

fn accept(arrived: &Arrived) -> Result<(), String> {
    (arrived.bytes > 0).then_some(()).ok_or_else(|| "it is empty".to_owned())
}

fn land(vault: &Vault, take: &Take, film: &[u8]) -> Result<(Landed, Stored), LandError> {
    let mut landing = Landing::begin(vault, take)?;
    film.chunks(100).try_for_each(|chunk| landing.write(chunk))?;
    run(landing.finish(at(9), accept))
}

/// The take as it is known once its file has landed.
fn landed_take(vault: &Vault, number: u32) -> Take {
    let mut take = bought(number);
    let (landed, stored) =
        land(vault, &take, &film("vide", 5000, format!("film {number}").as_bytes())).unwrap();
    (take.landed, take.stored) = (Some(landed), Some(stored));
    take
}

fn names(vault: &Vault) -> Vec<String> {
    let entries = disk::list(vault.dir()).unwrap();
    entries.into_iter().map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn state(vault: &Vault, take: &Take) -> FileState {
    vault.state(take, Trust::SizeAndTime, at(20)).unwrap()
}

/// Other bytes of the same length, under the same modification time.
fn alter_unseen(path: &Path) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
    fs::File::open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn a_file_lands_whole_under_its_name_and_cannot_be_written_to() {
    let (_temp, vault) = vault();
    let (take, film) = (bought(1), film("vide", 5040, &[7; 1000]));
    let (landed, stored) = land(&vault, &take, &film).unwrap();
    assert_eq!(landed.hash, blake3::hash(&film).to_hex().to_string());
    assert_eq!(
        (landed.bytes, landed.width, landed.height, landed.millis),
        (film.len() as u64, 160, 90, 5040)
    );
    assert_eq!(names(&vault), [take.file_name()]);
    assert_eq!(fs::read(vault.path(&take)).unwrap(), film);
    let meta = fs::metadata(vault.path(&take)).unwrap();
    assert!(meta.permissions().readonly());
    assert_eq!(stored.modified, meta.mtime() * 1_000_000_000 + meta.mtime_nsec());
}

#[test]
fn a_file_cut_off_at_any_byte_is_no_video() {
    let (_temp, vault) = vault();
    let film = film("vide", 5000, &[7; 50]);
    for length in 0..film.len() {
        let error = land(&vault, &bought(1), &film[..length]).unwrap_err();
        let is_refused = matches!(error, LandError::NotAVideo(_) | LandError::Unreadable { .. });
        assert!(is_refused, "{length}: {error}");
    }
    let kept = format!("{}.unreadable", bought(1).file_name());
    assert_eq!(names(&vault), [kept.as_str()], "the last that began as a video");
    assert_eq!(fs::read(vault.dir().join(kept)).unwrap(), film[..film.len() - 1]);
    assert!(land(&vault, &bought(1), &film).is_ok());
    assert_eq!(names(&vault), [bought(1).file_name()]);
}

#[test]
fn a_page_sound_alone_and_what_the_caller_refuses_do_not_land() {
    let (_temp, vault) = vault();
    let fails = |bytes: &[u8]| land(&vault, &bought(1), bytes).unwrap_err().to_string();
    assert!(fails(b"<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>").contains("no MP4"));
    assert_eq!(names(&vault), [""; 0], "a page is not kept");
    assert!(fails(&film("soun", 5000, b"la")).contains("no picture"));
    fs::remove_file(vault.dir().join(format!("{}.unreadable", bought(1).file_name()))).unwrap();
    let mut landing = Landing::begin(&vault, &bought(1)).unwrap();
    landing.write(&film("vide", 1000, b"short")).unwrap();
    let check = |arrived: &Arrived| match arrived.picture.millis {
        5000 => Ok(()),
        millis => Err(format!("{millis} ms instead of 5000")),
    };
    let error = run(landing.finish(at(9), check)).unwrap_err();
    assert!(error.to_string().contains("1000 ms instead of 5000"));
    assert_eq!(names(&vault), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_damage_to_a_file_makes_its_reader_panic_or_hang(
        at in 0..600_usize, bytes in prop::collection::vec(any::<u8>(), 1..6)
    ) {
        let mut film = film("vide", 5000, &[7; 50]);
        for (offset, byte) in bytes.into_iter().enumerate() {
            if let Some(place) = film.get_mut(at + offset) {
                *place = byte;
            }
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), film).unwrap();
        let _ = inspect(file.path());
    }
}

#[test]
fn a_broken_connection_goes_on_and_a_changed_file_starts_again() {
    let (_temp, vault) = vault();
    let (take, film) = (bought(1), film("vide", 5000, &[7; 1000]));
    let mut landing = Landing::begin(&vault, &take).unwrap();
    landing.write(b"of another file").unwrap();
    landing.restart().unwrap();
    assert_eq!(landing.bytes(), 0);
    landing.write(&film[..300]).unwrap();
    let rest = usize::try_from(landing.bytes()).unwrap();
    landing.write(&film[rest..]).unwrap();
    let (landed, _) = run(landing.finish(at(9), accept)).unwrap();
    assert_eq!(landed.hash, blake3::hash(&film).to_hex().to_string());
}

#[test]
fn a_landing_that_is_given_up_leaves_nothing() {
    let (_temp, vault) = vault();
    let mut landing = Landing::begin(&vault, &bought(1)).unwrap();
    landing.write(b"half").unwrap();
    drop(landing);
    assert_eq!(names(&vault), [""; 0]);
}

#[test]
fn a_landing_never_replaces_what_has_its_name() {
    let (temp, vault) = vault();
    let (take, film) = (bought(1), film("vide", 5000, b"ours"));
    let (home, elsewhere) = (vault.path(&take), temp.path().join("elsewhere"));
    fs::write(&elsewhere, "mine").unwrap();
    let same_length = [&film[..film.len() - 1], b"?"].concat();
    let in_the_way: [&dyn Fn(); 5] = [
        &|| fs::write(&home, &same_length).unwrap(),
        &|| fs::write(&home, "mine").unwrap(),
        &|| symlink(&elsewhere, &home).unwrap(),
        &|| symlink(temp.path().join("nowhere"), &home).unwrap(),
        &|| fs::create_dir(&home).unwrap(),
    ];
    for put in in_the_way {
        put();
        let before = fs::symlink_metadata(&home).unwrap().ino();
        let error = land(&vault, &take, &film).unwrap_err();
        assert!(matches!(&error, LandError::Occupied(path) if *path == home), "{error}");
        assert_eq!(fs::symlink_metadata(&home).unwrap().ino(), before);
        let aside = vault.set_aside(&take).unwrap().unwrap();
        assert_eq!(fs::symlink_metadata(aside).unwrap().ino(), before, "nothing is deleted");
    }
    assert_eq!(fs::read(&elsewhere).unwrap(), b"mine");
    assert!(!temp.path().join("nowhere").exists());
    assert!(land(&vault, &take, &film).is_ok());
    assert_eq!(names(&vault).len(), 6);
}

#[test]
fn a_file_that_landed_just_before_a_kill_is_found_or_lands_again() {
    let (_temp, vault) = vault();
    let (take, film) = (bought(1), film("vide", 5000, b"ours"));
    assert_eq!(vault.found(&take, at(9)).unwrap(), None);
    let once = land(&vault, &take, &film).unwrap();
    assert_eq!(vault.found(&take, at(9)).unwrap(), Some(once.clone()));
    assert_eq!(land(&vault, &take, &film).unwrap(), once);
    assert_eq!(names(&vault), [take.file_name()]);
}

#[test]
fn what_a_person_does_to_a_file_is_noticed() {
    let (_temp, vault) = vault();
    let take = landed_take(&vault, 1);
    let path = vault.path(&take);
    assert_eq!(state(&vault, &take), FileState::Present);
    let film = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(state(&vault, &take), FileState::Missing);
    fs::write(&path, &film[1..]).unwrap();
    assert_eq!(state(&vault, &take), FileState::Altered);
    fs::write(&path, b"").unwrap();
    assert_eq!(state(&vault, &take), FileState::Altered);
    let mut other = film.clone();
    other[film.len() - 1] ^= 1;
    fs::write(&path, other).unwrap();
    assert_eq!(state(&vault, &take), FileState::Altered);
}

#[test]
fn a_right_file_with_another_time_is_hashed_once() {
    let (_temp, vault) = vault();
    let mut take = landed_take(&vault, 1);
    let path = vault.path(&take);
    let file = fs::File::open(&path).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let FileState::Touched(stored) = state(&vault, &take) else { panic!() };
    assert_eq!(stored, Stored { at: at(20), modified: 0 });
    take.stored = Some(stored);
    assert_eq!(state(&vault, &take), FileState::Present);
    // Not hashed again: what has the size and time recorded is believed.
    alter_unseen(&path);
    assert_eq!(state(&vault, &take), FileState::Present);
    assert_eq!(vault.state(&take, Trust::Nothing, at(20)).unwrap(), FileState::Altered);
}

#[test]
fn verifying_hashes_every_file() {
    let (_temp, vault) = vault();
    let takes: Takes = [landed_take(&vault, 1), landed_take(&vault, 2)].into_iter().collect();
    alter_unseen(&vault.path(takes.get(nonce(2)).unwrap()));
    let states: Vec<_> =
        takes.iter().map(|take| (take.nonce, vault.state(take, Trust::Nothing, at(20)).unwrap())).collect();
    assert_eq!(states, [(nonce(1), FileState::Present), (nonce(2), FileState::Altered)]);
}

#[test]
fn links_folders_and_pipes_in_place_of_a_file_are_never_opened() {
    let (temp, vault) = vault();
    let take = landed_take(&vault, 1);
    let (path, elsewhere) = (vault.path(&take), temp.path().join("elsewhere.mp4"));
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert_eq!(state(&vault, &take), FileState::NotAFile);
    assert_eq!(vault.found(&take, at(9)).unwrap(), None);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(state(&vault, &take), FileState::NotAFile);
    fs::remove_dir(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(vault.state(&take, Trust::Nothing, at(20)).unwrap(), FileState::NotAFile);
    assert_eq!(vault.found(&take, at(9)).unwrap(), None);
}

#[test]
fn a_vault_that_leads_out_of_the_folder_is_not_used() {
    let (temp, vault) = vault();
    let take = landed_take(&vault, 1);
    let elsewhere = temp.path().join("elsewhere");
    fs::rename(vault.dir(), &elsewhere).unwrap();
    symlink(&elsewhere, vault.dir()).unwrap();
    assert_eq!(state(&vault, &take), FileState::Missing);
    let error = Record::open(vault.dir().parent().unwrap(), "sim", &me(), LockWait::No).unwrap_err();
    assert!(error.to_string().contains("takes"), "{error}");
}

#[test]
fn a_file_where_a_folder_should_be_is_an_error_that_names_it() {
    let (_temp, vault) = vault();
    fs::remove_dir(vault.dir()).unwrap();
    fs::write(vault.dir(), "").unwrap();
    let error = land(&vault, &bought(1), b"").unwrap_err();
    assert!(matches!(&error, LandError::Disk(error) if error.path.starts_with(vault.dir())), "{error}");
}
