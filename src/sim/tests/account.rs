//! The account: its balance, its locks and its limit.

use super::*;

fn with_balance(balance: &str, lock_below: &str) -> Bench {
    let (balance, lock_below) = (balance.parse().ok(), lock_below.parse().unwrap());
    Bench::with(|config| Config { balance, lock_below, ..config })
}

fn patch(bench: &Bench, body: &Value) -> Answer {
    bench.send(Method::PATCH, &bench.url("_sim/account"), &[], body.to_string())
}

fn balance(bench: &Bench) -> Value {
    bench.get(&bench.url("v1/account/billing?expand=credits")).json()["credits"]["current_balance"].clone()
}

#[test]
fn below_its_threshold_an_account_buys_nothing_and_reads_on() {
    let bench = with_balance("2", "1");
    let id = bench.finish(O3, &short());
    assert_eq!(balance(&bench), 0.74);
    let why = "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.";
    for path in [O3.to_owned(), format!("run/{O3}")] {
        let refused = bench.post(&path, &short());
        assert_eq!((refused.status, refused.json()), (403, json!({"detail": why})), "{path}");
    }
    assert_eq!((bench.status(&id).status, bench.result(&id).status), (200, 200));
    assert_eq!((bench.audited("submitted").len(), bench.audited("refused").len()), (1, 2));
}

#[test]
fn a_top_up_unlocks_and_outlives_the_simulator_as_bills_do() {
    let mut bench = with_balance("1", "0");
    bench.finish(O3, &short());
    assert_eq!((balance(&bench), bench.post(O3, &short()).status), (json!(-0.26), 403));
    assert_eq!(patch(&bench, &json!({"top_up": "5"})).json()["balance"], "4.74");
    bench.finish(O3, &short());
    let left = balance(&bench);
    bench.restart(|config| Config { balance: "1".parse().ok(), ..config });
    assert_eq!((left, balance(&bench)), (json!(3.48), json!(3.48)));
}

#[test]
fn only_what_has_a_video_is_taken_from_the_balance() {
    let bench = with_balance("10", "0");
    bench.finish(O3, &json!({}));
    assert_eq!(balance(&bench), 10.0);
}

#[test]
fn without_a_balance_there_is_no_limit_and_nothing_to_pay_in() {
    let bench = Bench::new();
    bench.finish(O3, &short());
    assert_eq!(balance(&bench), Value::Null);
    assert_eq!(patch(&bench, &json!({"top_up": "5"})).status, 400);
    assert_eq!(bench.post(O3, &short()).status, 200);
}

#[test]
fn an_admins_lock_stops_buying_until_it_is_lifted() {
    let mut bench = Bench::new();
    assert_eq!(patch(&bench, &json!({"lock": "admin"})).status, 200);
    bench.restart(|config| config);
    let refused = bench.post(O3, &short());
    assert_eq!(refused.status, 403);
    assert!(refused.json()["detail"].as_str().unwrap().contains("Reason: Admin lock"));
    patch(&bench, &json!({"lock": "none"}));
    assert_eq!(bench.post(O3, &short()).status, 200);
}

#[test]
fn a_higher_limit_lets_more_run_at_once() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let ids: Vec<String> = (0..3).map(|_| bench.submit(O3, &short())).collect();
    assert_eq!(patch(&bench, &json!({"concurrency": 3})).json()["concurrency"], 3);
    assert!(ids.iter().all(|id| bench.state(id) == "IN_PROGRESS"));
    assert_eq!(bench.get(&bench.url("_sim/account")).json()["concurrency"], 3);
    for wrong in [json!({"concurrency": 0}), json!({"money": 1}), json!({"top_up": -1})] {
        assert_eq!(patch(&bench, &wrong).status, 400, "{wrong}");
    }
}
