//! The simulator's own calls, by which a test changes the weather while it runs.

use super::*;

fn sent(bench: &Bench, method: Method, body: &str) -> Answer {
    bench.send(method, &bench.url("_sim/faults"), &[], body.to_owned())
}

fn rules(bench: &Bench) -> Value {
    bench.get(&bench.url("_sim/faults")).json()["rules"].clone()
}

#[test]
fn rules_can_be_seen_replaced_added_and_cleared_while_it_runs() {
    let faults = Faults::parse(["submit.throttled:first=1"]).unwrap();
    let bench = Bench::with(|config| Config { faults, seed: 9, ..config });
    assert_eq!(
        bench.get(&bench.url("_sim/faults")).json(),
        json!({"seed": 9, "rules": ["submit.throttled:first=1"]})
    );
    let put = sent(&bench, Method::PUT, r#"{"rules": ["submit.refused:code=403,first=1"]}"#);
    assert_eq!((put.status, &put.json()["rules"]), (200, &json!(["submit.refused:code=403,first=1"])));
    assert_eq!([bench.post(O3, &short()).status, bench.post(O3, &short()).status], [403, 200]);
    sent(&bench, Method::POST, "submit.throttled:at=1\nstatus.busy:p=0.5\n");
    assert_eq!(
        rules(&bench),
        json!(["submit.refused:code=403,first=1", "submit.throttled:at=1", "status.busy:p=0.5"])
    );
    let cleared = sent(&bench, Method::DELETE, "");
    assert_eq!((cleared.status, &cleared.json()["rules"]), (200, &json!([])));
    assert_eq!(bench.post(O3, &short()).status, 200);
}

#[test]
fn wrong_rules_change_nothing_and_are_told_all_at_once() {
    let bench = Bench::new();
    sent(&bench, Method::PUT, "status.busy");
    let wrong = sent(&bench, Method::PUT, "submit.lsot\nstatus.busy:p=7");
    let errors = wrong.json()["errors"].as_array().unwrap().clone();
    assert_eq!((wrong.status, errors.len()), (400, 2));
    assert!(errors[0].as_str().unwrap().contains("did you mean `lost`?"), "{errors:?}");
    assert_eq!(sent(&bench, Method::POST, r#"{"rule": []}"#).status, 400);
    assert_eq!(rules(&bench), json!(["status.busy"]));
}

#[test]
fn a_key_guards_them_as_it_guards_every_call() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".to_owned().into()), ..config });
    let refused = sent(&bench, Method::DELETE, "");
    assert_eq!(refused.status, 401);
    assert!(refused.json()["errors"][0].as_str().unwrap().contains("Authorization: Key"));
    let headers = [("authorization", "Key id:secret")];
    assert_eq!(bench.send(Method::GET, &bench.url("_sim/faults"), &headers, String::new()).status, 200);
}
