//! fal's answers, one after the other put to the submit, the status, the result, the prices and the history.
//! An input is the status, a line for each header, an empty line, and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shotlist::fal::fuzzing::{Given, KEY, LONGEST_WAIT, addresses, history, prices, result, status, submit};
use shotlist::fal::{AskError, Completion, Failure, Outcome, Receipt, Status, SubmitError};
use shotlist::take::FailureKind;

const ENDPOINT: &str = "fal-ai/kling-video/o3/4k/text-to-video";

fuzz_target!(|input: &[u8]| {
    let given = Given::read(input);
    of_submit(&given);
    let completion = of_status(&given);
    of_result(&given, &Completion::default());
    of_result(&given, &completion);
    of_lists(&given);
});

fn of_submit(given: &Given) {
    let answer = submit(given);
    holds_no_key(&answer);
    match answer {
        Ok(receipt) => of_receipt(given, receipt),
        Err(SubmitError::Ambiguous { why }) => readable(&why),
        Err(error) => {
            let failure = error.failure().expect("whoever refuses has sold nothing");
            assert!(matches!(given.status, 400..=404 | 422 | 429), "{} bought nothing", given.status);
            assert!(given.json().is_some() || given.has("x-fal-request-id"), "whose word is it?");
            if let SubmitError::Throttled { retry_after, .. } = &error {
                waits_not_long(*retry_after);
            }
            of_failure(&failure);
        }
    }
}

/// Only a whole answer with an id that can stand in an address is one.
fn of_receipt(given: &Given, receipt: Receipt) {
    let id = &receipt.request_id;
    assert_eq!(given.json().expect("a receipt is JSON")["request_id"].as_str(), Some(id.as_str()));
    assert!(is_plain(id), "{id:?}");
    assert!(!(300..400).contains(&given.status), "a redirect is no receipt");
    let recorded = receipt.at(jiff::Timestamp::UNIX_EPOCH);
    let purchase = addresses(ENDPOINT, &recorded).expect("what was received can be asked after");
    for address in purchase {
        assert!(address.starts_with("https://queue.fal.run/"), "the key would go to {address}");
    }
}

fn of_status(given: &Given) -> Completion {
    let answer = status(given);
    holds_no_key(&answer);
    match answer {
        Ok(Status::Completed(completion)) => {
            let said = [&completion.error, &completion.error_type];
            said.into_iter().flatten().for_each(|words| readable(words));
            completion
        }
        Ok(_) => Completion::default(),
        Err(error) => {
            of_error(&error);
            Completion { error: Some("it broke".to_owned()), error_type: None }
        }
    }
}

fn of_result(given: &Given, completion: &Completion) {
    let answer = result(given, completion);
    holds_no_key(&answer);
    match answer {
        Ok(Outcome::Video(video)) => {
            assert!((200..300).contains(&given.status), "{} has no video", given.status);
            let url = video.url.trim_start().to_ascii_lowercase();
            assert!(url.starts_with("http:") || url.starts_with("https:"), "{url}");
            assert_ne!(video.file_size, Some(0));
            video.billable_units.iter().for_each(|units| readable(units));
        }
        Ok(Outcome::Failed(failure)) => {
            let is_words = given.json().is_some_and(|body| body.get("error_type").is_some());
            if given.status >= 500 {
                assert!(completion.is_failure() || is_words, "a page must never end a purchase");
            }
            if failure.kind == FailureKind::Server {
                assert!(given.status >= 500, "{failure:?}");
            }
            of_failure(&failure);
        }
        Err(error) => {
            assert!(error.is_transient() || (400..500).contains(&given.status), "{error:?}");
            of_error(&error);
        }
    }
}

fn of_lists(given: &Given) {
    let (listed, past) = (prices(given), history(given));
    holds_no_key(&past);
    if let Ok((_, next)) = &listed {
        assert_ne!(next.as_deref(), Some(""), "a page that leads to itself has no end");
    }
    if let Ok((requests, next)) = &past {
        assert!(requests.iter().all(|request| is_plain(&request.request_id)));
        assert_ne!(next.as_deref(), Some(""), "a page that leads to itself has no end");
    }
    listed.as_ref().err().into_iter().chain(past.as_ref().err()).for_each(of_error);
}

fn of_error(error: &AskError) {
    waits_not_long(error.retry_after());
    readable(&error.to_string());
}

fn of_failure(failure: &Failure) {
    let said = [Some(&failure.message), failure.error_type.as_ref(), failure.billable_units.as_ref()];
    said.into_iter().flatten().for_each(|words| readable(words));
}

fn waits_not_long(wait: Option<std::time::Duration>) {
    assert!(wait.is_none_or(|wait| wait <= LONGEST_WAIT), "{wait:?}");
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=256).contains(&id.len()) && id.bytes().all(plain) && id != "." && id != ".."
}

/// One line of what a terminal shows as it is.
fn readable(words: &str) {
    assert!(words.chars().count() < 600, "{} characters", words.chars().count());
    let unseen = |c: char| {
        c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    assert!(!words.contains(unseen), "{words:?}");
}

fn holds_no_key(said: &impl std::fmt::Debug) {
    let said = format!("{said:?}");
    for part in KEY.split(':') {
        assert!(!said.contains(part), "{said}");
    }
}
