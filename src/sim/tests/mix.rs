//! Faults by rule, as a client meets them.

use super::*;

/// One kind, whenever it can be, and short.
fn always(kind: Kind) -> Bench {
    Bench::with(|config| failing(kind, config))
}

fn failing(kind: Kind, config: Config) -> Config {
    let of_it = |rule: &Rule| rule.what() == What::One(kind);
    let time = if kind == Kind::ListingLate { FOR_EVER } else { Duration::from_millis(20) };
    let rules = Faults::every(1.0).into_iter().filter(of_it).map(|rule| rule.lasting(time));
    Config { seed: 1, faults: rules.collect(), ..config }
}

/// What a client gets, whole or not at all.
fn tried(bench: &Bench, request: reqwest::RequestBuilder) -> Option<(u16, HeaderMap, Vec<u8>)> {
    bench.runtime.block_on(async {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some((status, headers, response.bytes().await.ok()?.to_vec()))
    })
}

fn submitted(bench: &Bench) -> Option<(u16, HeaderMap, Vec<u8>)> {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    tried(bench, client.build().unwrap().post(bench.url(O3)).body(short().to_string()))
}

fn got(bench: &Bench, url: &str) -> Option<(u16, HeaderMap, Vec<u8>)> {
    tried(bench, bench.client.get(url))
}

/// The id that a client could use.
fn receipt(answer: Option<&(u16, HeaderMap, Vec<u8>)>) -> Option<String> {
    let (status, _, bytes) = answer?;
    let body: Value = serde_json::from_slice(bytes).ok()?;
    let id = body["request_id"].as_str().filter(|id| id.parse::<uuid::Uuid>().is_ok())?;
    (*status == 200).then(|| id.to_owned())
}

/// The id of the only request, once it has ended.
fn ended(bench: &Bench) -> String {
    while bench.audited("completed").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    bench.audited("submitted")[0]["request_id"].as_str().unwrap().to_owned()
}

/// What can go wrong with the answer to a request that was accepted.
fn lost_answers() -> impl Iterator<Item = Kind> {
    Call::Submit.kinds().filter(|kind| kind.doc().starts_with("Accepted"))
}

#[test]
fn an_answer_that_goes_wrong_leaves_one_request_that_was_accepted() {
    for kind in lost_answers() {
        let bench = always(kind);
        let answer = submitted(&bench);
        assert_eq!(receipt(answer.as_ref()).is_some(), kind == Kind::SubmitOtherHost, "{kind}");
        assert_eq!((bench.audited("submitted").len(), bench.audited("refused").len()), (1, 0), "{kind}");
    }
}

#[test]
fn a_refusal_by_rule_accepts_nothing_and_heals() {
    for kind in [Kind::SubmitThrottled, Kind::SubmitRefused, Kind::SubmitRefusedByPage] {
        let bench = always(kind);
        let (status, headers, body) = submitted(&bench).unwrap();
        assert!((400..430).contains(&status), "{kind}");
        assert_eq!(headers.contains_key("retry-after"), kind == Kind::SubmitThrottled);
        assert_eq!(
            serde_json::from_slice::<Value>(&body).is_ok(),
            kind != Kind::SubmitRefusedByPage,
            "{kind}"
        );
        assert!(bench.audited("submitted").is_empty(), "{kind}");
        submitted(&bench);
        assert!(receipt(submitted(&bench).as_ref()).is_some(), "{kind}");
    }
}

#[test]
fn whatever_goes_wrong_afterwards_the_very_file_can_be_had() {
    for kind in [Call::Status, Call::Result, Call::File].into_iter().flat_map(Call::kinds) {
        let bench = always(kind);
        receipt(submitted(&bench).as_ref()).unwrap();
        let id = ended(&bench);
        let mut whole = None;
        for _ in 0..12 {
            got(&bench, &format!("{}/status", bench.request_url(&id)));
            let result = got(&bench, &bench.request_url(&id)).filter(|(status, ..)| *status == 200);
            let result = result.and_then(|(_, _, bytes)| serde_json::from_slice::<Value>(&bytes).ok());
            let url = result.and_then(|body| Some(body["video"]["url"].as_str()?.to_owned()));
            whole = url.and_then(|url| got(&bench, &url)).map(|(_, _, bytes)| bytes);
        }
        let hash = blake3::hash(&whole.unwrap()).to_hex().to_string();
        assert_eq!(bench.audited("completed")[0]["blake3"], json!(hash), "{kind}");
    }
}

#[test]
fn no_faulty_file_is_the_whole_one() {
    let whole = [Kind::FileSlow, Kind::FileNoLength, Kind::FileMoved];
    for kind in Call::File.kinds() {
        let bench = always(kind);
        let id = bench.finish(O3, &short());
        let url = bench.video_url(&id);
        let first = got(&bench, &url).map(|(_, _, bytes)| blake3::hash(&bytes).to_hex().to_string());
        let hash = bench.audited("completed")[0]["blake3"].as_str().map(str::to_owned);
        assert_eq!(first == hash, whole.contains(&kind), "{kind}");
    }
}

#[test]
fn a_dead_address_is_dead_until_the_result_gives_another() {
    let bench = always(Kind::FileGone);
    let id = bench.finish(O3, &short());
    let first = bench.video_url(&id);
    assert!(matches!(bench.get(&first).status, 404 | 410));
    let second = bench.video_url(&id);
    assert_ne!(first, second);
    assert_eq!(bench.get(&second).status, 200);
}

#[test]
fn what_is_to_end_badly_ends_so_after_a_restart_that_knows_no_faults() {
    for (kind, status) in [
        (Kind::EndPolicy, 422),
        (Kind::EndInvalid, 422),
        (Kind::EndWords, 422),
        (Kind::EndServer, 500),
        (Kind::EndNoVideo, 200),
    ] {
        let mut bench =
            Bench::with(|config| failing(kind, Config { latency: Latency::running(FOR_EVER), ..config }));
        let id = receipt(submitted(&bench).as_ref()).unwrap();
        bench.restart(|config| config);
        bench.wait(&id);
        let answer = bench.result(&id);
        assert_eq!((answer.status, &answer.json()["video"]["url"]), (status, &Value::Null), "{kind}");
        assert_eq!(bench.audited("completed")[0]["usd"], "0.00", "{kind}");
    }
}

#[test]
fn a_server_that_failed_a_request_before_a_restart_does_not_fail_its_next() {
    let mut bench = always(Kind::EndServer);
    let id = bench.finish(O3, &short());
    assert_eq!(bench.result(&id).status, 500);
    bench.restart(|config| failing(Kind::EndServer, config));
    let id = bench.finish(O3, &short());
    assert_eq!(bench.result(&id).status, 200);
}

#[test]
fn the_history_may_list_late_or_say_nothing_and_prices_too() {
    let history = |bench: &Bench| {
        got(bench, &bench.url(&format!("v1/models/requests/by-endpoint?endpoint_id={O3}"))).map(
            |(_, _, bytes)| {
                serde_json::from_slice::<Value>(&bytes)
                    .ok()
                    .and_then(|body| Some(body["items"].as_array()?.len()))
            },
        )
    };
    let late = always(Kind::ListingLate);
    late.finish(O3, &short());
    assert_eq!(history(&late), Some(Some(0)));
    late.running.as_ref().unwrap().calm();
    assert_eq!(history(&late), Some(Some(1)));
    for kind in [Kind::HistoryBusy, Kind::HistoryGarbage] {
        assert_eq!(history(&always(kind)).flatten(), None, "{kind}");
    }
    for kind in [Kind::PricesBusy, Kind::PricesGarbage] {
        let bench = always(kind);
        let prices = got(&bench, &bench.url(&format!("v1/models/pricing?endpoint_id={O3}")));
        let read = prices.and_then(|(_, _, bytes)| serde_json::from_slice::<Value>(&bytes).ok());
        assert!(read.is_none_or(|body| body["prices"].is_null()), "{kind}");
    }
}

#[test]
fn a_calm_simulator_answers_as_usual() {
    let bench = always(Kind::SubmitLost);
    bench.running.as_ref().unwrap().calm();
    assert!(receipt(submitted(&bench).as_ref()).is_some());
}

#[test]
fn small_videos_are_small_differ_by_request_and_are_the_same_after_a_restart() {
    let small = |config| Config { size: Size::Small, ..config };
    let mut bench = Bench::with(small);
    let ids = [bench.finish(O3, &short()), bench.finish(O3, &short())];
    let files = ids.each_ref().map(|id| bench.get(&bench.video_url(id)).bytes);
    assert_ne!(files[0], files[1]);
    let video = re_mp4::Mp4::read_bytes(&files[0]).unwrap();
    let track = video.tracks().values().next().unwrap();
    assert_eq!((track.width, track.height, track.duration), (320, 180, 3 * track.timescale));
    bench.restart(small);
    assert_eq!(bench.get(&bench.video_url(&ids[0])).bytes, files[0]);
}

#[test]
fn files_may_have_an_origin_of_their_own_and_a_key_that_comes_there_is_told() {
    let bench = Bench::with(|config| Config { files: Files::Apart(None), size: Size::Small, ..config });
    let url = bench.video_url(&bench.finish(O3, &short()));
    let running = bench.running.as_ref().unwrap();
    assert_ne!(running.files_url(), running.origin());
    assert!(url.starts_with(&running.files_url()), "{url}");
    bench.send(Method::GET, &url, &[("authorization", "Key x")], String::new());
    bench.get(&url);
    let keys: Vec<bool> = bench.audited("served").iter().map(|line| line["key"] == true).collect();
    assert_eq!(keys, [true, false]);
}
