//! What a simulator still knows after it was stopped and started.

use super::*;

#[test]
fn finished_requests_and_their_files_outlive_the_simulator() {
    let mut bench = Bench::new();
    let id = bench.finish(O3, &short());
    let (before, video) = (bench.result(&id).json(), bench.get(&bench.video_url(&id)));
    bench.restart(|config| config);
    let after = bench.result(&id);
    assert_eq!(after.header("x-fal-billable-units"), Some("3"));
    assert_eq!(after.json()["video"]["file_size"], before["video"]["file_size"]);
    let again = bench.get(&bench.video_url(&id));
    assert_eq!((again.header("etag"), &again.bytes), (video.header("etag"), &video.bytes));
    assert_eq!(bench.audited("submitted").len(), 1);
    assert_eq!(bench.audited("completed").len(), 1);
}

#[test]
fn unfinished_requests_go_on_after_a_restart() {
    let mut bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let ids: Vec<String> = (0..3).map(|_| bench.submit(O3, &short())).collect();
    bench.restart(|config| config);
    for id in &ids {
        bench.wait(id);
        assert_eq!(bench.result(id).status, 200);
    }
    assert_eq!(bench.audited("submitted").len(), 3);
    assert_eq!(bench.audited("completed").len(), 3);
}

#[test]
fn failures_and_cancellations_outlive_the_simulator() {
    let mut bench = Bench::with(|config| Config { concurrency: 1, ..config });
    let bad = bench.finish(O3, &json!({}));
    bench.restart(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let _running = bench.submit(O3, &short());
    let cancelled = bench.submit(O3, &short());
    assert_eq!(bench.put(&format!("{}/cancel", bench.request_url(&cancelled))).status, 202);
    bench.restart(|config| config);
    assert_eq!((bench.result(&bad).status, bench.result(&cancelled).status), (422, 499));
}

#[test]
fn a_model_that_has_gone_fails_what_it_left_and_loses_no_id() {
    let mut bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let id = bench.submit(V3, &short());
    let none = Catalog::builtin().unwrap();
    let text =
        include_str!("../../catalog/kling-o3-4k.yaml").replace("kling-o3-4k", "mine").replace(O3, "a/b");
    let file = crate::catalog::CatalogFile { name: "mine", text: &text };
    let more = Arc::new(none.with([file]).unwrap());
    bench.restart(|config| Config { catalog: Arc::clone(&more), ..config });
    bench.wait(&id);
    let mine = bench.post("a/b", &short()).json()["request_id"].as_str().unwrap().to_owned();
    let status = bench.url(&format!("a/b/requests/{mine}/status"));
    while bench.get(&status).status == 202 {
        std::thread::sleep(Duration::from_millis(5));
    }
    bench.restart(|config| config);
    let result = bench.get(&bench.url(&format!("a/b/requests/{mine}")));
    assert_eq!(result.status, 200);
    let file = bench.get(result.json()["video"]["url"].as_str().unwrap());
    assert_eq!(file.status, 500);
}

#[test]
fn a_folder_in_use_and_a_taken_port_are_refused() {
    let bench = Bench::new();
    let taken = Simulator::start(quick(bench.dir.path())).unwrap_err();
    assert!(matches!(taken, SimError::Journal(JournalError::Busy(_))), "{taken}");
    let port = bench.running.as_ref().map(|running| running.address().port());
    let other = tempfile::tempdir().unwrap();
    let refused = Simulator::start(Config { port, ..quick(other.path()) }).unwrap_err();
    assert!(matches!(refused, SimError::Listen { .. }), "{refused}");
}

#[test]
fn the_same_port_is_free_again_once_it_has_stopped() {
    let mut bench = Bench::new();
    let id = bench.finish(O3, &short());
    let port = bench.running.as_ref().map(|running| running.address().port());
    bench.restart(|config| Config { port, ..config });
    assert_eq!(bench.state(&id), "COMPLETED");
}
