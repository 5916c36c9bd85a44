//! What the simulator calls back, heard by a server of the test's own, and held against the keys as they are published.

use std::net::TcpListener;

use super::*;
use receiver::{Heard, Receiver};

mod faults;
mod receiver;
mod retries;

/// Two hours of retries in some milliseconds.
fn fast(config: Config) -> Config {
    Config { speed: Speed::try_from(1_000_000.0).unwrap(), ..config }
}

impl Bench {
    /// Submits with an address to call back, and returns the request's id.
    fn submit_for(&self, to: &str, body: &Value) -> String {
        let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        self.submit(&format!("{O3}?fal_webhook={to}"), body)
    }

    fn keys(&self) -> Value {
        self.get(&self.url(".well-known/jwks.json")).json()
    }

    /// The attempts to call back, once there are so many.
    fn attempts(&self, number: usize) -> Vec<Value> {
        while self.audited("called_back").len() < number {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.audited("called_back")
    }
}

#[test]
fn a_callback_brings_the_result_signed_by_the_published_key() {
    let (bench, receiver) = (Bench::new(), Receiver::start([200]));
    let id = bench.submit_for(&receiver.url("/hook?token=t-1"), &short());
    let heard = receiver.next();
    assert_eq!(
        (heard.target.as_str(), heard.header("content-type")),
        ("/hook?token=t-1", "application/json")
    );
    assert_eq!(heard.header("x-fal-webhook-request-id"), id);
    assert!(heard.is_signed_by(&bench.keys()));
    let result = bench.result(&id).json();
    let expected = json!({"request_id": id, "gateway_request_id": id, "status": "OK", "payload": result});
    assert_eq!(heard.json(), expected);
}

#[test]
fn a_signature_is_over_every_part_and_of_this_time() {
    let (bench, receiver) = (Bench::with(fast), Receiver::start([200]));
    bench.submit_for(&receiver.url("/"), &short());
    let (heard, keys) = (receiver.next(), bench.keys());
    let at: i64 = heard.header("x-fal-webhook-timestamp").parse().unwrap();
    assert!((jiff::Timestamp::now().as_second() - at).abs() <= 300, "{at}");
    let is_good = |change: &dyn Fn(&mut Heard)| {
        let mut changed = heard.clone();
        change(&mut changed);
        changed.is_signed_by(&keys)
    };
    assert!(is_good(&|_| ()));
    assert!(!is_good(&|heard| heard.body.push(b' ')));
    for name in ["request-id", "user-id", "timestamp"] {
        let name = HeaderName::try_from(format!("x-fal-webhook-{name}")).unwrap();
        let other = HeaderValue::from_static("1");
        assert!(!is_good(&|heard| drop(heard.headers.insert(name.clone(), other.clone()))), "{name}");
    }
}

#[test]
fn the_keys_are_anybodys_to_fetch_and_the_same_after_a_restart() {
    let key = Some("id:secret".to_owned().into());
    let mut bench = Bench::with(|config| Config { key, ..config });
    let before = bench.keys();
    assert_eq!(before["keys"].as_array().unwrap().len(), 1, "{before}");
    bench.restart(|config| config);
    assert_eq!(bench.keys(), before);
}

#[test]
fn a_request_that_failed_is_called_back_with_its_code_and_what_the_result_says() {
    let faults = Faults::parse(["end.server:at=2", "end.words:at=3"]).unwrap();
    let (bench, receiver) =
        (Bench::with(|config| Config { faults, concurrency: 1, ..config }), Receiver::start([200]));
    for (input, code) in [(json!({}), 422), (short(), 500), (short(), 422)] {
        let id = bench.submit_for(&receiver.url("/"), &input);
        let heard = receiver.next();
        let error = format!("Invalid status code: {code}");
        let result = bench.result(&id);
        assert_eq!(result.status, code);
        let expected = json!({"request_id": id, "gateway_request_id": id, "status": "ERROR",
            "error": error, "payload": result.json()});
        assert_eq!(heard.json(), expected);
        assert!(heard.json()["payload"]["detail"] != json!(null));
    }
}

#[test]
fn a_request_that_was_cancelled_while_it_waited_is_called_back_as_well() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let receiver = Receiver::start([200]);
    bench.submit(O3, &short());
    let id = bench.submit_for(&receiver.url("/"), &short());
    assert_eq!(bench.put(&format!("{}/cancel", bench.request_url(&id))).status, 202);
    let body = receiver.next().json();
    assert_eq!((&body["status"], &body["error"]), (&json!("ERROR"), &json!("Invalid status code: 499")));
    assert_eq!(body["request_id"], id);
}

#[test]
fn a_request_that_did_not_begin_in_time_is_called_back_as_well() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let receiver = Receiver::start([200]);
    bench.submit(O3, &short());
    let url = bench.url(&format!("{O3}?fal_webhook={}", receiver.url("/")));
    let deadline = [("x-fal-request-start-timeout", "0.2")];
    let receipt = bench.send(Method::POST, &url, &deadline, short().to_string()).json();
    let body = receiver.next().json();
    assert_eq!((&body["status"], &body["error"]), (&json!("ERROR"), &json!("Invalid status code: 504")));
    assert_eq!(body["request_id"], receipt["request_id"]);
}

#[test]
fn an_address_that_cannot_be_called_is_refused_and_nothing_is_submitted() {
    let bench = Bench::new();
    for to in ["hooks.example", "ftp://hooks.example/", "data:text/plain,x", "/hook"] {
        let answer = bench.post(&format!("{O3}?fal_webhook={to}"), &short());
        assert_eq!(answer.status, 400, "{to}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(to), "{to}");
    }
    assert_eq!((bench.audited("submitted").len(), bench.audited("refused").len()), (0, 4));
    bench.finish(&format!("{O3}?fal_webhook="), &short());
    assert_eq!(bench.audited("called_back").len(), 0);
}

#[test]
fn a_receiver_that_says_nothing_holds_up_neither_the_queue_nor_another_callback() {
    let (bench, receiver) = (Bench::new(), Receiver::start([200]));
    // Connections are made, and nobody ever answers on them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = format!("http://{}/", silent.local_addr().unwrap());
    let ids: Vec<String> = (0..5).map(|_| bench.submit_for(&mute, &short())).collect();
    bench.submit_for(&receiver.url("/"), &short());
    receiver.next();
    for id in &ids {
        bench.wait(id);
    }
    assert_eq!(bench.attempts(1).len(), 1);
}

#[test]
fn the_audit_names_who_was_called_but_no_secret_in_the_address() {
    let (bench, receiver) = (Bench::new(), Receiver::start([204]));
    let id = bench.submit_for(&receiver.url("/path-secret?token=query-secret"), &short());
    let attempts = bench.attempts(1);
    let line = &attempts[0];
    assert_eq!(
        (&line["request_id"], &line["attempt"], &line["status_code"]),
        (&json!(id), &json!(1), &json!(204))
    );
    assert_eq!(line["to"], receiver.url(""));
    let text = std::fs::read_to_string(bench.dir.path().join("audit.jsonl")).unwrap();
    assert!(!text.contains("secret"), "{text}");
}
