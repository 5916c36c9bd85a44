//! A fault of the program itself in one clip: the others go on, and the next run takes up the one.

use crate::crash::scene::Scene;

const WORDS: [&str; 3] = ["one", "two", "three"];

#[test]
fn a_panic_in_one_clip_ends_that_clip_alone_and_the_next_run_goes_on_from_its_record() {
    for point in [
        "intent-appended",
        "intent-synced",
        "receipt-read",
        "receipt-synced",
        "completed-seen",
        "mid-download",
        "landed-synced",
    ] {
        let scene = Scene::new(&WORDS);
        let done = scene.render("-j 1").env("SHOTLIST_PANIC", &format!("{point}:2")).done();
        assert!(matches!(done.exit, 1 | 6), "{point}: exit {}\n{}", done.exit, done.stderr);
        assert!(scene.queue.submits() >= 1, "{point}");
        scene.finish();
        scene.judge(&WORDS);
    }
}

#[test]
fn after_a_panic_in_one_clip_the_others_land_in_the_same_run() {
    let scene = Scene::new(&WORDS);
    let done = scene.render("-j 2").env("SHOTLIST_PANIC", "receipt-read:1").ends(1);
    done.says("a fault in shotlist itself: the test asked for a panic here");
    assert_eq!(scene.queue.submits(), 3);
    assert_eq!(scene.project.takes().len(), 2);
    scene.finish();
    scene.judge(&WORDS);
}
