//! Submit, status, result and cancel, as a client of the queue meets them.

use super::*;

#[test]
fn every_model_of_the_catalog_is_taken_with_anything_in_its_body() {
    let bench = Bench::with(|config| Config { latency: Latency::running(FOR_EVER), ..config });
    for model in Catalog::builtin().unwrap().models() {
        for body in ["{}", "not json", "", "{\"prompt\":7}"] {
            let answer = bench.send(Method::POST, &bench.url(&model.endpoint), &[], body.to_owned());
            assert_eq!(answer.status, 200, "{} {body}", model.alias);
        }
    }
}

#[test]
fn a_submit_answers_with_an_id_and_addresses_under_owner_and_app() {
    let bench = Bench::new();
    let answer = bench.post(O3, &short());
    let body = answer.json();
    let id = body["request_id"].as_str().unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok());
    assert_eq!(answer.header("x-fal-request-id"), Some(id));
    let base = bench.url(&format!("fal-ai/kling-video/requests/{id}"));
    let expected = json!({
        "status": "IN_QUEUE", "request_id": id, "gateway_request_id": id, "queue_position": 0,
        "response_url": base, "status_url": format!("{base}/status"), "cancel_url": format!("{base}/cancel"),
    });
    assert_eq!(body, expected);
}

#[test]
fn an_unknown_endpoint_is_not_found_and_nothing_is_submitted() {
    let bench = Bench::new();
    for endpoint in ["fal-ai/kling-video/o9/text-to-video", "kling-o3-4k", ""] {
        let answer = bench.post(endpoint, &short());
        assert_eq!(answer.status, 404);
        assert!(answer.json()["detail"].is_string());
    }
    assert_eq!(bench.audited("submitted").len(), 0);
    assert_eq!(bench.audited("refused").len(), 3);
}

#[test]
fn with_a_key_every_call_but_a_files_needs_it() {
    let bench = Bench::with(|config| Config { key: Some("id:secret".into()), ..config });
    let with =
        |method, url: &str, value| bench.send(method, url, &[("authorization", value)], short().to_string());
    let submit = bench.url(O3);
    for wrong in ["Key id:wrong", "Bearer id:secret", "id:secret", "Key "] {
        let answer = with(Method::POST, &submit, wrong);
        assert_eq!((answer.status, answer.json()), (401, json!({"detail": "invalid key credentials"})));
    }
    assert_eq!(bench.post(O3, &short()).status, 401);
    let pricing = bench.get(&bench.url("v1/models/pricing?endpoint_id=x"));
    assert_eq!((pricing.status, &pricing.json()["error"]["type"]), (401, &json!("authorization_error")));
    for public in ["v1/models", "v1/meta"] {
        assert_eq!(with(Method::GET, &bench.url(public), "Key id:wrong").status, 200, "{public}");
    }
    let taken = with(Method::POST, &submit, "Key id:secret").json();
    let response = taken["response_url"].as_str().unwrap();
    assert_eq!(bench.get(response).status, 401);
    while with(Method::GET, response, "Key id:secret").status == 400 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let result = with(Method::GET, response, "Key id:secret").json();
    assert_eq!(bench.get(result["video"]["url"].as_str().unwrap()).status, 200);
    assert_eq!(bench.audited("submitted").len(), 1);
}

#[test]
fn without_a_key_any_key_will_do() {
    let bench = Bench::new();
    let answer =
        bench.send(Method::POST, &bench.url(O3), &[("authorization", "Key whatever")], short().to_string());
    assert_eq!(answer.status, 200);
}

#[test]
fn only_so_many_run_and_the_rest_wait_in_order() {
    let bench =
        Bench::with(|config| Config { concurrency: 2, latency: Latency::running(FOR_EVER), ..config });
    let ids: Vec<String> = (0..5).map(|_| bench.submit(O3, &short())).collect();
    let looks: Vec<Value> = ids.iter().map(|id| bench.status(id).json()).collect();
    let states: Vec<&str> = looks.iter().map(|look| look["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["IN_PROGRESS", "IN_PROGRESS", "IN_QUEUE", "IN_QUEUE", "IN_QUEUE"]);
    let positions: Vec<&Value> = looks.iter().map(|look| &look["queue_position"]).collect();
    assert_eq!(positions, [&json!(null), &json!(null), &json!(0), &json!(1), &json!(2)]);
}

#[test]
fn all_that_wait_come_to_run() {
    let bench = Bench::with(|config| Config { concurrency: 1, ..config });
    let ids: Vec<String> = (0..4).map(|_| bench.submit(O3, &json!({}))).collect();
    for id in &ids {
        bench.wait(id);
    }
    let ended = bench.audited("completed");
    let order: Vec<&str> = ended.iter().map(|line| line["request_id"].as_str().unwrap()).collect();
    assert_eq!(order, ids);
}

#[test]
fn the_status_is_202_until_the_end_and_200_from_then_on() {
    let slow = Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let (running, waiting) = (slow.submit(O3, &short()), slow.submit(O3, &short()));
    assert_eq!((slow.status(&running).status, slow.status(&waiting).status), (202, 202));
    let look = slow.status(&running).json();
    assert_eq!(look["logs"].as_array().unwrap().len(), 1);
    assert_eq!(look["response_url"], slow.request_url(&running));
    let quiet = slow.get(&format!("{}/status", slow.request_url(&running))).json();
    assert_eq!(quiet["logs"], Value::Null);

    let bench = Bench::new();
    let id = bench.finish(O3, &short());
    let look = bench.status(&id);
    assert_eq!((look.status, look.header("x-fal-request-id")), (200, Some(id.as_str())));
    assert!(look.json()["metrics"]["inference_time"].is_number());
    assert_eq!(look.json()["logs"].as_array().unwrap().len(), 2);
    assert_eq!(look.json()["error"], Value::Null);
}

#[test]
fn an_unknown_request_is_not_found() {
    let bench = Bench::new();
    for id in ["00000000-0000-0000-0000-000000000000", "none"] {
        let url = bench.request_url(id);
        for answer in [bench.get(&url), bench.status(id), bench.put(&format!("{url}/cancel"))] {
            assert_eq!((answer.status, answer.json()), (404, json!({"status": "NOT_FOUND"})));
        }
    }
}

#[test]
fn the_full_endpoint_id_in_a_follow_up_gets_an_empty_body() {
    let bench = Bench::new();
    let id = bench.finish(O3, &short());
    let url = bench.url(&format!("{O3}/requests/{id}"));
    for url in [format!("{url}/status"), url.clone()] {
        let answer = bench.get(&url);
        assert_eq!((answer.status, answer.bytes), (200, Vec::new()));
    }
    assert_eq!(bench.put(&format!("{url}/cancel")).status, 405);
}

#[test]
fn the_result_is_the_bare_answer_with_what_is_billed() {
    let bench = Bench::new();
    let shots = json!([{"prompt": "a", "duration": "1"}, {"prompt": "b", "duration": "3"}]);
    let id = bench.finish(O3, &json!({"multi_prompt": shots, "duration": "4"}));
    let answer = bench.result(&id);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-fal-request-id"), Some(id.as_str()));
    assert_eq!(answer.header("x-fal-billable-units"), Some("4"));
    let url = bench.url(&format!("files/{id}/output.mp4"));
    let bytes = bench.get(&url).bytes.len();
    let file =
        json!({"url": url, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": bytes});
    assert_eq!(answer.json(), json!({"video": file}));
    let bill = &bench.audited("completed")[0];
    assert_eq!((&bill["units"], &bill["usd"]), (&json!(4), &json!("1.68")));
}

#[test]
fn the_bill_goes_by_the_audio_that_is_asked_for() {
    let bench = Bench::new();
    for (audio, usd) in [(json!(true), "0.504"), (json!(false), "0.336"), (json!(null), "0.504")] {
        let id = bench.finish(V3, &json!({"prompt": "a", "duration": "3", "generate_audio": audio}));
        let bills = bench.audited("completed");
        let bill = bills.iter().find(|line| line["request_id"] == json!(id)).unwrap();
        assert_eq!(bill["usd"], usd, "{audio}");
    }
}

#[test]
fn there_is_no_result_before_the_end() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    for id in [bench.submit(O3, &short()), bench.submit(O3, &short())] {
        let answer = bench.result(&id);
        let expected = json!({"detail": "Request is still in progress"});
        assert_eq!((answer.status, answer.json()), (400, expected));
        assert_eq!(bench.get(&bench.url(&format!("files/{id}/output.mp4"))).status, 404);
    }
}

#[test]
fn bad_input_completes_and_fails_at_the_result_unbilled() {
    let bench = Bench::new();
    let id = bench.finish(O3, &json!({"prompt": "a", "duration": 5}));
    let look = bench.status(&id);
    assert_eq!((look.status, &look.json()["error_type"]), (200, &json!("literal_error")));
    let answer = bench.result(&id);
    assert_eq!((answer.status, answer.header("x-fal-billable-units")), (422, Some("0")));
    let body = answer.json();
    assert_eq!(body["detail"][0]["loc"], json!(["body", "duration"]));
    assert_eq!(body["detail"][0]["type"], "literal_error");
    assert_eq!(bench.audited("completed")[0]["usd"], "0.00");
    assert_eq!(bench.get(&bench.url(&format!("files/{id}/output.mp4"))).status, 404);
}

#[test]
fn what_is_no_json_fails_at_the_result() {
    let bench = Bench::new();
    let answer = bench.send(Method::POST, &bench.url(O3), &[], "{oops".to_owned());
    let id = answer.json()["request_id"].as_str().unwrap().to_owned();
    bench.wait(&id);
    let result = bench.result(&id);
    assert_eq!((result.status, &result.json()["detail"][0]["loc"]), (422, &json!(["body"])));
}

#[test]
fn cancelling_takes_what_waits_out_of_the_queue() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let (running, waiting) = (bench.submit(O3, &short()), bench.submit(O3, &short()));
    let cancel = |id: &str| {
        let answer = bench.put(&format!("{}/cancel", bench.request_url(id)));
        (answer.status, answer.json()["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(cancel(&waiting), (202, "CANCELLATION_REQUESTED".to_owned()));
    assert_eq!(cancel(&waiting), (400, "ALREADY_COMPLETED".to_owned()));
    assert_eq!(cancel(&running), (202, "CANCELLATION_REQUESTED".to_owned()));
    assert_eq!(bench.state(&running), "IN_PROGRESS");
    assert_eq!(bench.status(&waiting).json()["error_type"], "client_cancelled");
    let result = bench.result(&waiting);
    assert_eq!((result.status, result.header("x-fal-error-type")), (499, Some("client_cancelled")));
    assert_eq!(bench.audited("completed")[0]["units"], 0);
}

#[test]
fn other_methods_are_not_allowed() {
    let bench = Bench::new();
    let id = bench.finish(O3, &short());
    assert_eq!(bench.get(&bench.url(O3)).status, 405);
    assert_eq!(bench.get(&format!("{}/cancel", bench.request_url(&id))).status, 405);
    assert_eq!(bench.put(&bench.request_url(&id)).status, 405);
}

#[test]
fn the_stream_tells_every_change_with_new_logs_only_and_ends_with_the_last() {
    let bench =
        Bench::with(|config| Config { latency: Latency::running(Duration::from_millis(100)), ..config });
    let id = bench.submit(O3, &short());
    let answer = bench.get(&format!("{}/status/stream?logs=1", bench.request_url(&id)));
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let text = String::from_utf8(answer.bytes).unwrap();
    let events: Vec<Value> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let mut end = bench.status(&id).json();
    let told: Vec<&Value> = events.iter().filter_map(|event| event["logs"].as_array()).flatten().collect();
    assert_eq!(told, end["logs"].as_array().unwrap().iter().collect::<Vec<_>>());
    end["logs"] = events.last().unwrap()["logs"].clone();
    assert_eq!(events.last().unwrap(), &end);
    assert_eq!(events.iter().filter(|event| event["status"] == "COMPLETED").count(), 1);
}

#[test]
fn a_client_can_limit_how_many_may_wait_before_it() {
    let bench =
        Bench::with(|config| Config { concurrency: 1, latency: Latency::running(FOR_EVER), ..config });
    let limited = |max: u32| bench.post(&format!("{O3}?fal_max_queue_length={max}"), &short()).status;
    assert_eq!([limited(0), limited(0), limited(0), limited(1)], [200, 200, 429, 200]);
    let other = bench.post(&format!("{V3}?fal_max_queue_length=0"), &short());
    assert_eq!(other.status, 200, "an endpoint has a queue of its own");
    assert_eq!(bench.audited("submitted").len(), 4);
}
