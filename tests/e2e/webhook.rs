//! Callbacks: signed ones about a purchase of the record wake the run, and tell which purchase a lost answer was.
//! Nothing else that anybody sends has an effect, and no callback is believed on what came of a purchase.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use crate::support::caller::{Call, Caller, PUBLIC, ear};
use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, board};
use crate::support::queue::{Bought, Queue};
use crate::support::script::{held, lost, silent};
use crate::support::{PATIENCE, until};

/// A queue, somebody who calls back, and a project with these scenes.
fn begin(scenes: &[&str]) -> (Queue, Caller, Project) {
    (Queue::start(), Caller::start(), Project::new(&board(scenes)))
}

fn render(project: &Project, queue: &Queue, caller: &Caller, args: &str) -> Invocation {
    caller.hooks(project.render(queue, args))
}

fn call(queue: &Queue, word: &str, ear: SocketAddr) -> u16 {
    Call::about(&queue.purchase(word)).status(ear)
}

/// The secrets in the addresses that the queue was given.
fn tokens(queue: &Queue) -> Vec<String> {
    let addresses = queue.bought().into_iter().map(|bought| bought.webhook.unwrap());
    addresses
        .map(|address| address.strip_prefix(PUBLIC).unwrap().trim_start_matches('/').to_owned())
        .collect()
}

#[test]
fn a_callback_ends_the_waiting_and_nobody_looked_before() {
    let words = ["one", "two", "three"];
    let (queue, caller, project) = begin(&words);
    let run = render(&project, &queue, &caller, "-j 3").start();
    queue.wait_for_submits(3);
    assert_eq!(queue.looks(), 0);
    for word in words {
        assert_eq!(call(&queue, word, ear(&run)), 200, "{word}");
    }
    run.ends(0).says("webhooks: 3 taken\n");
    assert_eq!((queue.submits(), queue.looks()), (3, 3));
    project.has_exactly(&queue, &words);
    assert_eq!(caller.asked().len(), 1, "the keys are kept");
    assert!(caller.asked().iter().all(|asked| asked.header("authorization").is_none()));
}

#[test]
fn every_purchase_has_a_secret_of_its_own_that_is_in_the_journal_alone() {
    let (queue, caller, project) = begin(&["one", "two"]);
    queue.script("two", lost());
    let run = render(&project, &queue, &caller, "-v --events events.jsonl").start();
    queue.wait_for_submits(2);
    let call = Call::about(&queue.purchase("one"));
    call.clone().with_body("{}").status(ear(&run));
    call.at("/shot/list/00000000000000000000000000000000").status(ear(&run));
    for word in ["one", "two"] {
        self::call(&queue, word, ear(&run));
    }
    run.ends(0);
    for args in ["status --out r", "status --json --out r", "plan --json --out r"] {
        project.shotlist(args).done();
    }
    let tokens = tokens(&queue);
    assert!(tokens[0] != tokens[1] && tokens.iter().all(|token| token.len() == 32), "{tokens:?}");
    for (path, bytes) in
        project.everything().into_iter().filter(|(path, _)| !path.ends_with(".journal.jsonl"))
    {
        let text = String::from_utf8_lossy(&bytes);
        assert!(tokens.iter().all(|token| !text.contains(token)), "{}:\n{text}", path.display());
    }
    assert!(project.path("r/manifest.jsonl").exists());
}

#[test]
fn a_purchase_whose_answer_was_lost_is_settled_by_its_callback() {
    for script in [lost(), silent()] {
        let (queue, caller, project) = begin(&["one"]);
        queue.script("one", script.clone());
        let run = render(&project, &queue, &caller, "").start();
        queue.wait_for_submits(1);
        assert_eq!(call(&queue, "one", ear(&run)), 200, "{script:?}");
        run.ends(0);
        assert_eq!(queue.submits(), 1, "{script:?}");
        project.has_exactly(&queue, &["one"]);
        project.render(&queue, "").ends(0);
        assert_eq!(queue.submits(), 1, "{script:?}");
        queue.release();
    }
}

#[test]
fn a_callback_during_a_look_in_the_history_gives_no_request_to_two_equal_purchases() {
    let (queue, caller, project) = begin(&["one"]);
    let platform = Platform::start(&[("fal-ai/kling-video/o3/4k/text-to-video", 0.42)]);
    let render = |args| render(&project, &queue, &caller, args).env("SHOTLIST_API_URL", &platform.origin());
    queue.script("one", lost());
    render("").ends(6);
    queue.script("one", lost());
    queue.script("busy", held());
    project.storyboard(&board(&["one", "busy"]).replace("called one", "called one, takes: 2"));
    let run = render("-j 3").start();
    queue.wait_for_submits(3);
    let lost: Vec<Bought> = queue.bought().into_iter().filter(|bought| bought.word() == "one").collect();
    let looks = platform.asked_back().len();
    platform.hold_history();
    until("it looks in the history", || platform.asked_back().len() > looks);
    // Only the later one is listed so far, so that the earlier take is given it.
    platform.list(&lost[1]);
    assert_eq!(Call::about(&lost[1]).status(ear(&run)), 200);
    platform.release_history();
    until("its film is here", || project.takes().contains(&lost[1].film()));
    platform.list(&lost[0]);
    until("so is the other's", || project.takes().contains(&lost[0].film()));
    queue.release();
    assert_eq!(call(&queue, "busy", ear(&run)), 200);
    run.ends(0);
    assert_eq!(queue.submits(), 3);
}

#[test]
fn a_purchase_that_a_killed_run_lost_sight_of_is_settled_by_its_callback_in_the_next() {
    let (queue, caller, project) = begin(&["one", "two"]);
    queue.script("one", silent());
    queue.script("two", held());
    let run = render(&project, &queue, &caller, "--only x/one").start();
    queue.wait_for_submits(1);
    run.kill();
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(2);
    assert_eq!(call(&queue, "one", ear(&run)), 200);
    until("the first is looked at", || queue.looks() > 0);
    queue.release_one("two");
    assert_eq!(call(&queue, "two", ear(&run)), 200);
    run.ends(0);
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn what_fal_has_from_an_earlier_run_is_looked_at_at_once_since_its_callback_may_have_been_lost() {
    let (queue, caller, project) = begin(&["one"]);
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(1);
    until("the receipt is on record", || project.journal().contains("submitted"));
    run.kill();
    render(&project, &queue, &caller, "").ends(0);
    assert_eq!((queue.submits(), queue.looks()), (1, 1));
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn forged_stale_unsigned_and_foreign_calls_change_nothing_and_are_counted() {
    let (queue, caller, project) = begin(&["one"]);
    let run = render(&project, &queue, &caller, "-v").start();
    queue.wait_for_submits(1);
    until("the receipt is on record", || project.journal().contains("submitted"));
    let (one, ear) = (queue.purchase("one"), ear(&run));
    let (genuine, id) = (Call::about(&one), one.id.as_str());
    let nobody = format!("/shot/list/{}", "0".repeat(32));
    let mut unsigned = genuine.clone();
    unsigned.headers.pop();
    let bad = [
        (genuine.clone().signed(3, 0, id), 403, "bad signature"),
        (genuine.clone().with_body("{\"request_id\": \"x\"}"), 403, "bad signature"),
        (genuine.clone().signed(1, -400, id), 403, "too old or from the future"),
        (genuine.clone().signed(2, 400, id), 403, "too old or from the future"),
        (unsigned.clone().at(&nobody), 404, "unknown token"),
        (unsigned, 403, "no signature"),
        (genuine.clone().with_body("no json").signed(1, 0, id), 400, "not readable"),
        (genuine.clone().signed(1, 0, "another-id"), 400, "not readable"),
        (Call::to(&one, "another-id"), 403, "contradicts the record"),
        (genuine.clone().with_body(vec![b' '; 1 << 20]).signed(1, 0, id), 413, "too long"),
    ];
    for (call, status, why) in &bad {
        let answer = call.send(ear);
        // Who is refused in the middle of a long body may not see why.
        assert!(
            answer == (*status, String::new()) || (*why, answer.0) == ("too long", 0),
            "{why}: {answer:?}"
        );
        until(why, || run.says().contains(why));
    }
    assert_eq!(queue.looks(), 0);
    assert_eq!(genuine.status(ear), 200);
    let done = run.ends(0);
    done.says(
        "webhooks: 1 taken, 10 refused (1 unknown token, 1 no signature, 2 too old or from the future, \
         2 bad signature, 1 too long, 2 not readable, 1 contradicts the record)\n",
    );
    assert_eq!((queue.submits(), queue.looks()), (1, 1));
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn a_repeated_callback_is_answered_well_and_has_no_effect() {
    let (queue, caller, project) = begin(&["one", "two"]);
    queue.script("two", held());
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(2);
    let ear = ear(&run);
    for _ in 0..3 {
        assert_eq!(call(&queue, "one", ear), 200);
    }
    until("it landed", || run.says().contains("landed"));
    assert_eq!(call(&queue, "one", ear), 200);
    queue.release();
    assert_eq!(call(&queue, "two", ear), 200);
    run.ends(0).says("webhooks: 2 taken, 3 repeated\n");
    assert_eq!((queue.submits(), queue.looks()), (2, 2));
}

#[test]
fn a_callback_about_another_purchase_is_refused_also_where_the_own_id_is_unknown() {
    let (queue, caller, project) = begin(&["one", "two"]);
    queue.script("one", lost());
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(2);
    until("the receipt is on record", || project.journal().contains("submitted"));
    let (one, two, ear) = (queue.purchase("one"), queue.purchase("two"), ear(&run));
    assert_eq!(Call::to(&one, &two.id).status(ear), 403);
    assert_eq!(Call::to(&two, &one.id).status(ear), 403);
    assert_eq!(queue.looks(), 0);
    assert_eq!((Call::about(&two).status(ear), Call::about(&one).status(ear)), (200, 200));
    run.ends(0).says("2 refused (2 contradicts the record)");
    assert_eq!(queue.submits(), 2);
    project.has_exactly(&queue, &["one", "two"]);
}

#[test]
fn a_callback_before_the_end_only_makes_it_look() {
    let (queue, caller, project) = begin(&["one"]);
    queue.script("one", held());
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(1);
    assert_eq!(call(&queue, "one", ear(&run)), 200);
    until("it is looked at again and again", || queue.looks() > 3);
    queue.release();
    run.ends(0);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn the_listener_serves_nothing_else() {
    let (queue, caller, project) = begin(&["one"]);
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(1);
    let (ear, call) = (ear(&run), Call::about(&queue.purchase("one")));
    let slow: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(ear).unwrap();
            stream.write_all(b"POST /shot/list/").unwrap();
            stream
        })
        .collect();
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        assert_eq!(call.clone().by(method).send(ear), (404, String::new()), "{method}");
    }
    assert_eq!(call.clone().by("HEAD").send(ear), (404, String::new()));
    let target = &call.target;
    for other in ["/", "/shot/list", "/shot/list/", "*", "/../../etc/passwd", "/metrics"] {
        assert!(matches!(call.clone().at(other).status(ear), 400 | 404), "{other}");
    }
    for other in [format!("{target}/"), format!("{target}?a=1"), format!("/x{target}"), target.to_uppercase()]
    {
        assert_eq!(call.clone().at(&other).send(ear), (404, String::new()), "{other}");
    }
    let long = call.clone().at(&format!("/{}", "x".repeat(100_000)));
    assert!(matches!(long.status(ear), 0 | 404 | 414 | 431), "{:?}", long.status(ear));
    assert!(matches!(call.clone().at("/").with_body(vec![b'x'; 1 << 20]).status(ear), 0 | 404));
    assert_eq!(queue.looks(), 0);
    assert_eq!(call.status(ear), 200);
    run.ends(0).says("answered with 404");
    drop(slow);
    assert_eq!((queue.submits(), queue.looks()), (1, 1));
}

#[test]
fn callers_that_never_finish_are_cut_off_and_the_callback_behind_them_is_heard() {
    let (queue, caller, project) = begin(&["one"]);
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(1);
    let (ear, call) = (ear(&run), Call::about(&queue.purchase("one")));
    let slow = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(ear).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    };
    let whole = call.bytes();
    let crowd: Vec<TcpStream> = (0..100).map(|at| slow(&whole[..whole.len() * (at % 10) / 10])).collect();
    assert_eq!(call.status(ear), 200);
    for mut stream in crowd.into_iter().take(60) {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (mut rest, cut) = (Vec::new(), std::io::ErrorKind::ConnectionReset);
        let end = stream.read_to_end(&mut rest).map_err(|error| error.kind());
        assert!(rest.is_empty() && matches!(end, Ok(0)) || end == Err(cut), "{end:?}");
    }
    run.ends(0);
    assert_eq!((queue.submits(), queue.looks()), (1, 1));
}

#[test]
fn without_the_queues_keys_nothing_is_believed_and_the_queue_may_call_again() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let caller = Caller::publishing(503, "<html>maintenance</html>");
    let run = render(&project, &queue, &caller, "").start();
    queue.wait_for_submits(1);
    let ear = ear(&run);
    for _ in 0..3 {
        assert_eq!(call(&queue, "one", ear), 503);
    }
    assert_eq!((queue.looks(), caller.asked().len()), (0, 1), "the keys are not asked for with every call");
    run.kill();
    project.render(&queue, "").ends(0);
    assert_eq!(queue.submits(), 1);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn where_nobody_can_listen_nothing_is_bought() {
    let (queue, caller, project) = begin(&["one"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let done = render(&project, &queue, &caller, "").env("SHOTLIST_LISTEN", &address).ends(2);
    done.says(&format!("webhooks can't be listened for on {address}"));
    assert_eq!(queue.submits(), 0);
}

#[test]
fn webhooks_that_could_not_work_are_refused_before_anything_is_bought() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    let keys = ("SHOTLIST_JWKS_URL", "https://keys.example/jwks.json");
    for (args, words) in [
        ("--webhook https://a.example", "--listen"),
        ("--listen 127.0.0.1:0", "--webhook"),
        ("--listen 127.0.0.1:0 --webhook http://a.example", "plain http is for this machine only"),
        ("--listen 127.0.0.1:0 --webhook https://a.example/?x=1", "no `?`"),
        ("--listen 127.0.0.1:0 --webhook https://u:p@a.example/", "no user"),
        ("--listen 127.0.0.1:0 --webhook a.example", "write an address such as"),
        ("--listen nowhere --webhook https://a.example", "--listen"),
    ] {
        project.render(&queue, args).env(keys.0, keys.1).ends(2).says(words);
    }
    let both = "--listen 127.0.0.1:0 --webhook https://a.example";
    project.render(&queue, both).ends(2).says("set SHOTLIST_JWKS_URL");
    for url in ["http://keys.example/jwks.json", "keys.example"] {
        project.render(&queue, both).env("SHOTLIST_JWKS_URL", url).ends(2).says(url);
    }
    assert_eq!(queue.submits(), 0);
}
