//! Runs that open, append, finish, and are disturbed.

use super::*;
use std::time::Duration;

#[test]
fn what_was_appended_is_there_when_the_folder_is_opened_again() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1).into_iter().chain([intent(2), submitted(2, "r2"), intent(3)]));
    let before = record.with_takes(Clone::clone);
    assert_eq!(before.len(), 3);
    assert_eq!(read(&dir).unwrap(), before);
    drop(record);
    let record = open(&dir);
    assert_eq!(record.with_takes(Clone::clone), before);
    assert_eq!(record.notices(), []);
}

#[test]
fn appends_made_together_are_all_on_disk() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    run(async {
        let all = (0..500).map(|number| record.append(intent(number)));
        assert!(futures::future::join_all(all).await.into_iter().all(|done| done.is_ok()));
    });
    assert_eq!(read(&dir).unwrap().len(), 500);
}

#[test]
fn a_folder_that_does_not_exist_knows_nothing_and_is_not_made_by_reading() {
    let (_temp, dir) = folder();
    assert!(read(&dir).unwrap().is_empty());
    assert!(!dir.exists());
}

#[test]
fn finishing_twice_changes_no_byte_and_touches_no_file() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1).into_iter().chain([intent(2), unknown(2), intent(3), failed(3)]));
    let known = record.with_takes(Clone::clone);
    run(record.finish()).unwrap();
    let seen = |name| {
        let path = dir.join(name);
        (fs::read(&path).unwrap(), disk::look(&path).unwrap().map(|meta| disk::Stamp::of(&meta)))
    };
    let once = [seen(read::JOURNAL), seen(read::MANIFEST)];
    run(record.finish()).unwrap();
    drop(record);
    let record = open(&dir);
    run(record.finish()).unwrap();
    assert_eq!([seen(read::JOURNAL), seen(read::MANIFEST)], once);
    assert_eq!(record.with_takes(Clone::clone), known);
    assert_eq!(read(&dir).unwrap(), known);
}

#[test]
fn compaction_leaves_one_line_a_take_and_drops_none() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1).into_iter().chain([intent(2), submitted(2, "r2"), intent(3)]));
    let known = record.with_takes(Clone::clone);
    run(record.finish()).unwrap();
    let count = |text: Vec<u8>| text.split(|byte| *byte == b'\n').count() - 1;
    assert_eq!(count(journal(&dir)), 1 + 3);
    // The one under way is the journal's alone; whoever else reads the manifest can't follow it.
    assert_eq!(count(manifest(&dir)), 1 + 2);
    fs::remove_file(dir.join(read::MANIFEST)).unwrap();
    assert_eq!(read(&dir).unwrap(), known);
}

#[test]
fn a_run_goes_on_after_finishing() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1));
    run(record.finish()).unwrap();
    append(&record, life(2));
    run(record.unchanged()).unwrap();
    assert_eq!(read(&dir).unwrap().len(), 2);
}

#[test]
fn the_manifest_says_nothing_of_this_machine() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1));
    run(record.finish()).unwrap();
    let text = String::from_utf8(manifest(&dir)).unwrap();
    assert!(text.starts_with(r#"{"v":1,"about":"#) && text.ends_with("}\n"));
    assert!(!text.contains("stored") && !text.contains(&*dir.to_string_lossy()));
    assert!(String::from_utf8(journal(&dir)).unwrap().contains("stored"));
}

#[test]
fn nothing_bought_makes_no_manifest() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1), submitted(1, "r1")]);
    run(record.finish()).unwrap();
    assert!(!dir.join(read::MANIFEST).exists());
}

#[test]
fn a_take_of_the_manifest_that_is_taken_up_again_stays_in_both_files() {
    let (_temp, dir) = folder_with(b"", &lines(&[intent(1), unknown(1)]));
    let record = open(&dir);
    append(&record, [submitted(1, "r1")]);
    let known = read(&dir).unwrap();
    assert!(known.get(nonce(1)).unwrap().is_unfinished());
    let alone = || {
        fs::rename(dir.join(read::MANIFEST), dir.join("aside")).unwrap();
        let alone = read(&dir).unwrap();
        fs::rename(dir.join("aside"), dir.join(read::MANIFEST)).unwrap();
        alone
    };
    assert_eq!(alone(), known, "the journal depends on the manifest");
    run(record.finish()).unwrap();
    assert_eq!((alone(), read(&dir).unwrap()), (known.clone(), known));
    assert!(String::from_utf8(manifest(&dir)).unwrap().contains(r#""request_id":"r1""#));
}

#[test]
fn another_branchs_manifest_changes_what_is_known_and_forgets_no_purchase_of_ours() {
    let (_temp, dir) = folder_with(b"", &lines(&[intent(1), failed(1)]));
    let record = open(&dir);
    append(&record, life(2));
    fs::write(dir.join(read::MANIFEST), lines(&[intent(3), failed(3)])).unwrap();
    assert!(matches!(run(record.unchanged()), Err(Changed::File(path)) if path.ends_with(read::MANIFEST)));
    run(record.finish()).unwrap();
    let known: Vec<_> = read(&dir).unwrap().iter().map(|take| take.nonce).collect();
    assert_eq!(known, [nonce(2), nonce(3)]);
    assert_eq!(manifest(&dir).split(|byte| *byte == b'\n').count(), 4);
    assert!(matches!(run(record.unchanged()), Err(Changed::File(_))), "a change is for good");
}

#[test]
fn a_conflict_in_mid_run_leaves_the_manifest_alone() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, life(1));
    fs::write(dir.join(read::MANIFEST), "<<<<<<< HEAD\n").unwrap();
    assert!(matches!(run(record.finish()), Err(AppendError::Record(RecordError::Damage(_)))));
    assert_eq!(manifest(&dir), b"<<<<<<< HEAD\n");
    append(&record, life(2));
    fs::remove_file(dir.join(read::MANIFEST)).unwrap();
    assert_eq!(read(&dir).unwrap().len(), 2);
}

#[test]
fn a_journal_removed_in_mid_run_stops_the_buying_and_loses_nothing() {
    for everything in [false, true] {
        let (_temp, dir) = folder();
        let record = open(&dir);
        append(&record, [intent(1), submitted(1, "r1"), intent(2)]);
        if everything {
            fs::remove_dir_all(&dir).unwrap();
        } else {
            fs::remove_file(dir.join(read::JOURNAL)).unwrap();
        }
        assert!(matches!(run(record.unchanged()), Err(Changed::File(_))));
        append(&record, [submitted(2, "r2")]);
        assert_eq!(read(&dir).unwrap(), record.with_takes(Clone::clone));
        assert_eq!(read(&dir).unwrap().unfinished().count(), 2);
        assert!(run(record.unchanged()).is_err());
    }
}

#[test]
fn neither_a_conflict_nor_clips_without_a_record_keep_a_receipt_from_being_saved() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1)]);
    fs::remove_file(dir.join(read::JOURNAL)).unwrap();
    fs::write(dir.join(read::MANIFEST), "<<<<<<< HEAD\n").unwrap();
    append(&record, [submitted(1, "r1")]);
    fs::remove_file(dir.join(read::MANIFEST)).unwrap();
    fs::remove_file(dir.join(read::JOURNAL)).unwrap();
    fs::write(dir.join("takes/0123456789abcdef-01234567.mp4"), "film").unwrap();
    append(&record, [completed(1)]);
    assert_eq!(read(&dir).unwrap(), record.with_takes(Clone::clone));
    assert_eq!(read(&dir).unwrap().unfinished().count(), 1);
}

#[test]
fn a_journal_exchanged_in_mid_run_is_joined_with_this_runs() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1)]);
    fs::remove_file(dir.join(read::JOURNAL)).unwrap();
    fs::write(dir.join(read::JOURNAL), lines(&life(2))).unwrap();
    append(&record, [submitted(1, "r1")]);
    let known = read(&dir).unwrap();
    assert_eq!(known.len(), 2);
    assert!(known.get(nonce(1)).unwrap().is_unfinished());
}

#[test]
fn what_others_append_or_touch_is_noticed_before_the_next_submit() {
    let (_temp, dir) = folder();
    let touch = |name: &str| {
        let file = fs::OpenOptions::new().append(true).create(true).open(dir.join(name)).unwrap();
        std::io::Write::write_all(&mut &file, b"\n").unwrap();
    };
    for name in [read::JOURNAL, read::MANIFEST] {
        let record = open(&dir);
        append(&record, life(1));
        run(record.unchanged()).unwrap();
        touch(name);
        assert!(matches!(run(record.unchanged()), Err(Changed::File(path)) if path.ends_with(name)));
    }
    let record = open(&dir);
    fs::remove_file(dir.join(".lock")).unwrap();
    assert!(matches!(run(record.unchanged()), Err(Changed::File(path)) if path.ends_with(".lock")));
}

#[test]
fn a_change_between_two_appends_is_noticed_although_the_second_hides_it() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1)]);
    fs::write(dir.join(read::JOURNAL), b"").unwrap();
    append(&record, [intent(2)]);
    assert!(run(record.unchanged()).is_err());
    run(record.finish()).unwrap();
    assert_eq!(read(&dir).unwrap().len(), 2);
}

#[test]
fn facts_that_contradict_the_record_are_refused_before_they_are_written() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1), submitted(1, "r1")]);
    let before = journal(&dir);
    let error = run(record.append(submitted(1, "r2"))).unwrap_err();
    assert!(matches!(error, AppendError::Contradiction { .. }));
    assert!(matches!(run(record.append(submitted(9, "r9"))), Err(AppendError::NoIntent(_))));
    let mut bought = intent(2);
    bought.intent.as_mut().unwrap().origin = "https://queue.fal.run".to_owned();
    assert!(matches!(run(record.append(bought)), Err(AppendError::Foreign(..))));
    let mut deep = intent(2);
    let nested = (0..200).fold(serde_json::Value::Null, |inner, _| serde_json::json!([inner]));
    deep.intent.as_mut().unwrap().request.body.insert("deep".to_owned(), nested);
    assert!(matches!(run(record.append(deep)), Err(AppendError::Unreadable(_))));
    assert_eq!(journal(&dir), before);
    append(&record, [completed(1)]);
}

#[test]
fn numbers_survive_any_number_of_compactions() {
    let (_temp, dir) = folder();
    let mut facts = intent(1);
    let body = &mut facts.intent.as_mut().unwrap().request.body;
    body.insert("cfg_scale".to_owned(), serde_json::json!(0.123_456_789_012_345_68));
    body.insert("tiny".to_owned(), serde_json::json!(2.225_073_858_507_201e-308));
    let record = open(&dir);
    append(&record, [facts, failed(1)]);
    let before = record.take(nonce(1)).unwrap();
    for _ in 0..3 {
        run(record.finish()).unwrap();
    }
    assert_eq!(read(&dir).unwrap().get(nonce(1)), Some(&before));
}

#[test]
fn a_disk_that_fails_stops_every_further_line() {
    let (_temp, dir) = folder();
    let record = open(&dir);
    append(&record, [intent(1)]);
    fs::remove_file(dir.join(read::JOURNAL)).unwrap();
    fs::create_dir(dir.join(read::JOURNAL)).unwrap();
    let first = run(record.append(intent(2))).unwrap_err();
    assert!(matches!(first, AppendError::Record(RecordError::Disk(_))), "{first}");
    fs::remove_dir(dir.join(read::JOURNAL)).unwrap();
    assert!(run(record.append(intent(3))).is_err());
    assert!(run(record.unchanged()).is_err());
    // The last attempt to save what is known may succeed all the same.
    run(record.finish()).unwrap();
    assert_eq!(read(&dir).unwrap().len(), 3);
}

#[test]
fn the_second_run_learns_who_holds_the_folder() {
    let (_temp, dir) = folder();
    let first = open(&dir);
    let error = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
    let OpenError::Lock(LockError::Held { holder, .. }) = &error else { panic!("{error}") };
    assert_eq!(holder.as_ref(), Some(&me()));
    assert!(error.to_string().contains("shotlist render"), "{error}");
    append(&first, [intent(1)]);
    assert_eq!(read(&dir).unwrap().len(), 1, "reading needs no lock");
    drop(first);
    open(&dir);
}

#[test]
fn a_run_that_waits_gets_the_folder_with_all_that_the_other_wrote() {
    let (_temp, dir) = folder();
    let first = open(&dir);
    let waiting = {
        let dir = dir.clone();
        std::thread::spawn(move || {
            let wait = LockWait::For(Duration::from_mins(1));
            Record::open(&dir, "sim", &me(), wait).unwrap().with_takes(Takes::len)
        })
    };
    std::thread::sleep(Duration::from_millis(120));
    append(&first, life(1));
    drop(first);
    assert_eq!(waiting.join().unwrap(), 1);
}

#[test]
fn another_queue_is_refused_before_anything_is_touched() {
    let (_temp, dir) = folder_with(&lines(&[intent(1)])[..50], &lines(&[intent(2), failed(2)]));
    let error = Record::open(&dir, "https://queue.fal.run", &me(), LockWait::No).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }));
    let text = error.to_string();
    assert!(text.contains("sim") && text.contains("https://queue.fal.run"), "{text}");
    assert_eq!(journal(&dir).len(), 50);
}

#[test]
fn a_new_folder_tells_git_what_travels_and_one_with_other_things_in_it_is_left_alone() {
    let (_temp, dir) = folder();
    drop(open(&dir));
    assert!(fs::read_to_string(dir.join(".gitignore")).unwrap().contains("!/manifest.jsonl"));
    assert!(fs::read_to_string(dir.join(".gitattributes")).unwrap().contains("merge=union"));
    let (_temp, dir) = folder();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("notes.txt"), "mine").unwrap();
    drop(open(&dir));
    assert!(!dir.join(".gitignore").exists());
}

#[test]
fn what_killed_runs_left_is_removed() {
    let (_temp, dir) = folder_with(&lines(&life(1)), b"");
    fs::create_dir(dir.join("takes")).unwrap();
    let left = [dir.join(".manifest.jsonl.shotlist-part"), dir.join("takes/.a.mp4.shotlist-part")];
    for path in &left {
        fs::write(path, "half").unwrap();
    }
    drop(open(&dir));
    assert!(left.iter().all(|path| !path.exists()));
}

/// Not a test of its own: the process that the next test starts and kills.
#[test]
fn a_process_that_holds_a_folder() {
    let Ok(dir) = std::env::var("SHOTLIST_TEST_HOLDS") else { return };
    let record = open(Path::new(&dir));
    append(&record, [intent(1)]);
    fs::write(Path::new(&dir).join("held"), "").unwrap();
    std::thread::sleep(Duration::from_mins(10));
}

#[test]
fn a_killed_holder_leaves_the_folder_to_the_next_by_itself() {
    let (_temp, dir) = folder();
    let program = std::env::current_exe().unwrap();
    let mut holder = std::process::Command::new(program)
        .args(["--exact", "record::tests::runs::a_process_that_holds_a_folder"])
        .env("SHOTLIST_TEST_HOLDS", &dir)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !dir.join("held").exists() {
        assert!(holder.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(10));
    }
    let refused = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
    assert!(refused.to_string().contains(&holder.id().to_string()), "{refused}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(open(&dir).with_takes(Takes::len), 1);
}

/// Not a test of its own: the process that the next test starts and kills while it writes.
#[test]
fn a_process_that_writes_until_it_is_killed() {
    let (Ok(dir), Ok(acks)) = (std::env::var("SHOTLIST_TEST_WRITES"), std::env::var("SHOTLIST_TEST_ACKS"))
    else {
        return;
    };
    let record = open(Path::new(&dir));
    let first = u32::try_from(record.with_takes(Takes::len)).unwrap();
    let mut acks = fs::OpenOptions::new().append(true).create(true).open(acks).unwrap();
    for number in first.. {
        append(&record, life(number));
        std::io::Write::write_all(&mut acks, format!("{number}\n").as_bytes()).unwrap();
        if number % 5 == 0 {
            run(record.finish()).unwrap();
        }
    }
}

#[test]
fn a_run_killed_while_it_writes_loses_nothing_that_it_was_told_is_on_disk() {
    let (temp, dir) = folder();
    let acks = temp.path().join("acks");
    let acked = || fs::read_to_string(&acks).unwrap_or_default().lines().count();
    for round in 1..8 {
        let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "record::tests::runs::a_process_that_writes_until_it_is_killed"])
            .env("SHOTLIST_TEST_WRITES", &dir)
            .env("SHOTLIST_TEST_ACKS", &acks)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let enough = acked() + round;
        while acked() < enough {
            assert!(writer.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(1));
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        let known = read(&dir).unwrap();
        let landed = known.iter().filter(|take| take.landed.is_some() && take.stored.is_some());
        assert!(landed.count() >= acked());
        assert_eq!(open(&dir).with_takes(Clone::clone), known);
    }
}
