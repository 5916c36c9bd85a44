//! How long results, payloads and files can be had.

use super::*;

/// An hour and a minute pass in a fraction of a second.
fn hasty() -> Bench {
    Bench::with(|config| Config { speed: Speed::try_from(20_000.0).unwrap(), ..config })
}

fn send(bench: &Bench, name: &str, value: &str, body: &Value) -> String {
    let answer = bench.send(Method::POST, &bench.url(O3), &[(name, value)], body.to_string());
    let id = answer.json()["request_id"].as_str().unwrap().to_owned();
    bench.wait(&id);
    id
}

fn payloads(bench: &Bench, id: &str) -> Value {
    let query = format!("endpoint_id={O3}&request_id={id}&expand=payloads");
    bench.get(&bench.url(&format!("v1/models/requests/by-endpoint?{query}"))).json()["items"][0].clone()
}

#[test]
fn without_storage_the_history_has_no_payloads_and_the_result_is_gone_after_an_hour() {
    let bench = Bench::new();
    let id = send(&bench, "x-fal-store-io", "0", &short());
    let item = payloads(&bench, &id);
    assert_eq!((&item["request_id"], &item["json_input"]), (&json!(id), &Value::Null));
    assert_eq!(bench.result(&id).status, 200);

    let bench = hasty();
    let [stored, not] = ["1", "0"].map(|store| send(&bench, "x-fal-store-io", store, &short()));
    while bench.result(&not).status == 200 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let gone = bench.result(&not);
    assert_eq!((gone.status, gone.json()), (404, json!({"status": "NOT_FOUND"})));
    assert_eq!((bench.result(&stored).status, bench.status(&not).status), (200, 200));
}

#[test]
fn a_stored_result_is_gone_after_thirty_days_and_the_history_shows_it_no_longer() {
    let bench = Bench::with(|config| Config { speed: Speed::try_from(500_000.0).unwrap(), ..config });
    let id = bench.finish(O3, &short());
    assert_eq!(payloads(&bench, &id)["json_input"], short());
    while bench.result(&id).status == 200 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let item = payloads(&bench, &id);
    assert_eq!((&item["request_id"], &item["json_output"]), (&json!(id), &Value::Null));
}

#[test]
fn a_large_result_out_of_storage_is_gone_sooner() {
    let bench = Bench::with(|config| Config { speed: Speed::try_from(500.0).unwrap(), ..config });
    // What is wrong with a field is told together with the field.
    let large = json!({"prompt": "x".repeat(12 << 10), "duration": "3"});
    let [small, large] = [short(), large].map(|body| send(&bench, "x-fal-store-io", "0", &body));
    while bench.result(&large).status != 404 {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(bench.result(&small).status, 200);
}

#[test]
fn a_file_is_gone_after_the_time_its_client_set() {
    let bench = hasty();
    let preference = r#"{"expiration_duration_seconds": 60}"#;
    let short_lived = send(&bench, "x-fal-object-lifecycle-preference", preference, &short());
    let lasting = bench.finish(O3, &short());
    let url = bench.video_url(&short_lived);
    while bench.get(&url).status == 200 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(bench.get(&url).status, 404);
    assert_eq!((bench.get(&bench.video_url(&lasting)).status, bench.result(&short_lived).status), (200, 200));
}

#[test]
fn deleted_payloads_take_the_result_and_the_file_with_them_for_good() {
    let mut bench = Bench::new();
    let id = bench.finish(O3, &short());
    let url = bench.video_url(&id);
    let delete = |id: &str| {
        let url = bench.url(&format!("v1/models/requests/{id}/payloads"));
        bench.send(Method::DELETE, &url, &[], String::new())
    };
    let answer = delete(&id);
    let expected = json!({"cdn_delete_results": [{"link": url, "exception": null}]});
    assert_eq!((answer.status, answer.json()), (200, expected));
    assert_eq!(delete(&id).json(), json!({"cdn_delete_results": []}));
    let unknown = delete("00000000-0000-0000-0000-000000000000");
    assert_eq!((unknown.status, &unknown.json()["error"]["type"]), (404, &json!("not_found")));
    bench.restart(|config| config);
    assert_eq!((bench.result(&id).status, bench.status(&id).status), (404, 200));
    assert_eq!(payloads(&bench, &id)["json_input"], Value::Null);
    assert_eq!(bench.get(&bench.url(&format!("files/{id}/output.mp4"))).status, 404);
}

#[test]
fn footage_is_served_in_place_of_every_animatic() {
    let other = Bench::new();
    let film = other.get(&other.video_url(&other.finish(O3, &short()))).bytes;
    let path = other.dir.path().join("mine.mp4");
    std::fs::write(&path, &film).unwrap();
    let footage = Some(path.clone());
    let bench = Bench::with(|config| Config { footage: footage.clone(), ..config });
    let [one, two] = [O3, V3].map(|endpoint| bench.finish(endpoint, &short()));
    assert_eq!(
        (bench.get(&bench.video_url(&one)).bytes, bench.get(&bench.video_url(&two)).bytes),
        (film.clone(), film)
    );
    std::fs::write(&path, "no film").unwrap();
    let refused = Simulator::start(Config { footage, ..quick(other.dir.path()) }).unwrap_err();
    assert!(matches!(refused, SimError::Footage(_)), "{refused}");
}
