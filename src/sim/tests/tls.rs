//! The simulator over https, as clients meet it that trust its authority, or don't.

use std::io::Write as _;
use std::net::{Ipv6Addr, TcpListener, TcpStream};

use super::*;

fn secure() -> Bench {
    let mut bench = Bench::with(|config| Config { tls: Tls::On, ..config });
    bench.client = trusting(&bench);
    bench
}

/// A client that trusts the simulator's authority and no other.
fn trusting(bench: &Bench) -> reqwest::Client {
    let pem = std::fs::read(bench.running.as_ref().unwrap().ca().unwrap()).unwrap();
    let ca = reqwest::Certificate::from_pem(&pem).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap()
}

fn port(bench: &Bench) -> u16 {
    bench.running.as_ref().unwrap().address().port()
}

/// Does this machine have a loopback address of version 6?
fn has_v6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// Every name of this machine that a client may use.
fn names() -> impl Iterator<Item = &'static str> {
    ["localhost", "127.0.0.1", "[::1]"].into_iter().take(if has_v6() { 3 } else { 2 })
}

#[test]
fn over_https_every_address_that_is_given_out_is_under_the_one_origin_and_leads_on() {
    let bench = secure();
    let origin = bench.running.as_ref().unwrap().origin().to_owned();
    assert_eq!(origin, format!("https://localhost:{}", port(&bench)));
    let receipt = bench.post(O3, &short()).json();
    for name in ["status_url", "cancel_url", "response_url"] {
        assert!(receipt[name].as_str().unwrap().starts_with(&format!("{origin}/")), "{receipt}");
    }
    bench.wait(receipt["request_id"].as_str().unwrap());
    let result = bench.get(receipt["response_url"].as_str().unwrap()).json();
    let video = result["video"]["url"].as_str().unwrap();
    assert!(video.starts_with(&format!("{origin}/files/")), "{video}");
    assert_eq!(bench.get(video).status, 200);
}

#[test]
fn the_certificate_is_taken_under_every_name_by_who_trusts_the_authority_and_by_nobody_else() {
    let bench = secure();
    let stranger = client();
    for name in names() {
        let url = format!("https://{name}:{}/v1/models/pricing?endpoint_id={O3}", port(&bench));
        assert_eq!(bench.get(&url).status, 200, "{name}");
        let refused = bench.runtime.block_on(stranger.get(&url).send()).unwrap_err();
        assert!(refused.is_connect() && format!("{refused:?}").contains("UnknownIssuer"), "{refused:?}");
    }
}

#[test]
fn the_authority_that_was_trusted_once_is_the_same_after_a_restart() {
    let mut bench = secure();
    let trusting = bench.client.clone();
    let id = bench.finish(O3, &short());
    bench.restart(|config| Config { tls: Tls::On, ..config });
    bench.client = trusting;
    assert_eq!(bench.state(&id), "COMPLETED");
}

#[test]
fn files_that_are_served_apart_are_served_over_https_as_well() {
    let mut bench = Bench::with(|config| Config { tls: Tls::On, files: Files::Apart(None), ..config });
    bench.client = trusting(&bench);
    let id = bench.finish(O3, &short());
    let url = bench.video_url(&id);
    assert!(url.starts_with(&format!("{}/", bench.running.as_ref().unwrap().files_url())), "{url}");
    assert!(url.starts_with("https://localhost:"), "{url}");
    assert_eq!(bench.get(&url).status, 200);
}

#[test]
fn a_client_that_never_shakes_hands_holds_up_nobody() {
    let bench = secure();
    let connect = || TcpStream::connect(bench.running.as_ref().unwrap().address()).unwrap();
    let silent: Vec<TcpStream> = (0..50).map(|_| connect()).collect();
    let mut torn = connect();
    torn.write_all(&[22, 3, 1]).unwrap();
    bench.finish(O3, &short());
    drop((silent, torn));
}

#[test]
fn who_speaks_plain_http_where_https_is_spoken_is_told_so() {
    let bench = secure();
    let answer = bench.get(&format!("http://localhost:{}/", port(&bench)));
    assert_eq!(answer.status, 400);
    assert!(String::from_utf8_lossy(&answer.bytes).contains("over https"));
}

#[test]
fn without_https_both_loopback_addresses_answer_on_the_one_port() {
    let bench = Bench::new();
    let running = bench.running.as_ref().unwrap();
    assert_eq!((running.origin(), running.ca()), (format!("http://{}", running.address()).as_str(), None));
    for name in names() {
        let url = format!("http://{name}:{}/v1/models/pricing?endpoint_id={O3}", port(&bench));
        assert_eq!(bench.get(&url).status, 200, "{name}");
    }
}

#[test]
fn a_port_that_somebody_has_on_the_other_loopback_address_is_still_usable() {
    let dir = tempfile::tempdir().unwrap();
    while has_v6() {
        let taken = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        match Simulator::start(Config { port: Some(port), ..quick(dir.path()) }) {
            Ok(running) => return assert_eq!(running.address().port(), port),
            // Somebody else has it on this address too.
            Err(error) => assert!(matches!(error, SimError::Listen { .. }), "{error}"),
        }
    }
}
