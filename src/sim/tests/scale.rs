//! Many requests at once.

use futures::future::join_all;

use super::*;

/// Submits, and everything that the stream of its status tells.
async fn follow(bench: &Bench, number: u32) -> String {
    let body = json!({ "number": number }).to_string();
    let sent = bench.client.post(bench.url(O3)).body(body).send().await.unwrap();
    let receipt: Value = serde_json::from_slice(&sent.bytes().await.unwrap()).unwrap();
    let url = format!("{}/stream", receipt["status_url"].as_str().unwrap());
    bench.client.get(url).send().await.unwrap().text().await.unwrap()
}

#[test]
fn a_thousand_in_flight_all_end_once_each_and_every_stream_hears_of_it() {
    let bench = Bench::with(|config| Config { concurrency: 100, ..config });
    let all = (0..1000).map(|number| follow(&bench, number));
    let told: Vec<String> = bench.runtime.block_on(join_all(all));
    assert!(told.iter().all(|events| events.matches("COMPLETED").count() == 1));
    assert_eq!((bench.audited("submitted").len(), bench.audited("completed").len()), (1000, 1000));
}
