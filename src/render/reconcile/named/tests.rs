//! What a request that is named turns out to be.

use serde_json::{Value, json};

use super::*;
use crate::render::reconcile::testing::*;

/// `x/s1 r` for a clip, `take 1 r` for the receipt of an unknown take, `known 1` for what is there already.
fn placed(
    prompts: &[(&str, u32)],
    takes: &Takes,
    requests: Vec<PastRequest>,
    ids: &[&str],
) -> Result<Vec<String>, Vec<Unplaced>> {
    let (plan, history) = (plan_of(prompts, takes), history(requests));
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let evidence = Evidence { plan: &plan, takes, history: &history };
    let number = |take: &Take| {
        take.nonce.to_string().trim_start_matches("01939f7e-0000-7000-8000-").parse::<u32>().unwrap()
    };
    let words = |named: Named| match named {
        Named::Known(take) => format!("known {}", number(take)),
        Named::Adopt(Adoption { past, place: Place::Clip(clip) }) => {
            format!("{} {}", clip.address, past.request_id)
        }
        Named::Adopt(Adoption { past, place: Place::Unknown(take) }) => {
            format!("take {} {}", number(take), past.request_id)
        }
    };
    named(&ids, evidence).map(|all| all.into_iter().map(words).collect())
}

fn fox(id: &str, minute: i64) -> PastRequest {
    past(id, &body("a fox"), minute)
}

const FOX: &[(&str, u32)] = &[("a fox", 1)];

fn refusal(prompts: &[(&str, u32)], takes: &Takes, requests: Vec<PastRequest>) -> String {
    let refused = placed(prompts, takes, requests, &["r"]).unwrap_err();
    assert_eq!(refused.len(), 1);
    refused[0].to_string()
}

#[test]
fn a_request_becomes_the_clip_that_it_asks_for() {
    let none = Takes::default();
    assert_eq!(placed(FOX, &none, vec![fox("r", 0)], &["r"]), Ok(vec!["x/s1 r".to_owned()]));
    let running = ended(fox("r", 0), None);
    assert_eq!(placed(FOX, &none, vec![running], &["r", "r"]), Ok(vec!["x/s1 r".to_owned()]));
}

#[test]
fn no_clip_gets_more_than_it_wants_and_one_that_is_refused_refuses_all() {
    let both = || vec![fox("r", 0), fox("s", 1)];
    let twice: &[(&str, u32)] = &[("a fox", 2)];
    let none = Takes::default();
    assert_eq!(placed(twice, &none, both(), &["s", "r"]), Ok(vec!["x/s1 s".to_owned(), "x/s1 r".to_owned()]));
    let enough =
        |id: &str| Unplaced::Enough { id: id.to_owned(), address: Box::new("x/s1".parse().unwrap()) };
    assert_eq!(placed(FOX, &none, both(), &["s", "r"]), Err(vec![enough("r")]));
    let owned = takes([owned(1, "a fox", "q")]);
    assert_eq!(placed(FOX, &owned, both(), &["r"]), Err(vec![enough("r")]));
}

#[test]
fn a_request_that_a_take_has_is_known_whatever_became_of_it() {
    let has = takes([owned(1, "a fox", "r")]);
    assert_eq!(placed(FOX, &has, vec![], &["r"]), Ok(vec!["known 1".to_owned()]));
}

#[test]
fn an_unknown_take_comes_first_however_long_ago_and_even_where_the_request_failed() {
    let lost = takes([unknown(1, "a fox", 0)]);
    let late = ended(fox("r", 5000), Some(422));
    assert_eq!(placed(FOX, &lost, vec![late.clone()], &["r"]), Ok(vec!["take 1 r".to_owned()]));
    assert_eq!(placed(&[], &lost, vec![late], &["r"]), Ok(vec!["take 1 r".to_owned()]));
    let twice: &[(&str, u32)] = &[("a fox", 2)];
    let both = vec![fox("r", 5), fox("s", 9)];
    let words = ["take 1 s".to_owned(), "x/s1 r".to_owned()];
    assert_eq!(placed(twice, &lost, both, &["s", "r"]), Ok(words.to_vec()));
}

#[test]
fn of_equal_unknown_takes_it_is_the_nearest_before_it() {
    let lost = takes([unknown(1, "a fox", 0), unknown(2, "a fox", 60), unknown(3, "a fox", 120)]);
    for (minute, take) in [(119, 2), (120, 3), (9999, 3), (-5, 1)] {
        let wanted = vec![format!("take {take} r")];
        assert_eq!(placed(&[], &lost, vec![fox("r", minute)], &["r"]), Ok(wanted), "{minute}");
    }
    let two = vec![fox("r", 121), fox("s", 122)];
    assert_eq!(placed(&[], &lost, two, &["r", "s"]), Ok(vec!["take 3 r".to_owned(), "take 2 s".to_owned()]));
}

#[test]
fn what_fal_wrote_beside_a_request_at_its_default_does_not_make_it_another() {
    let mut input = body("a fox");
    input["shot_type"] = json!("customize");
    let lost = takes([unknown(1, "a fox", 0)]);
    assert_eq!(placed(FOX, &lost, vec![past("r", &input, 0)], &["r"]), Ok(vec!["take 1 r".to_owned()]));
    input["shot_type"] = json!("intelligent");
    assert!(placed(FOX, &lost, vec![past("r", &input, 0)], &["r"]).is_err());
}

#[test]
fn what_is_refused_says_why() {
    let none = Takes::default();
    let failed = ended(fox("r", 0), Some(422));
    assert!(refusal(FOX, &none, vec![failed]).contains("asks for x/s1, and it failed (HTTP 422)"));
    assert!(refusal(FOX, &none, vec![past("r", &Value::Null, 0)]).contains("no longer has what was sent"));
    assert!(refusal(FOX, &none, vec![fox("s", 0)]).contains("lists no request r"));
    assert!(refusal(&[], &none, vec![fox("r", 0)]).contains("no clip is sent to fal-ai/kling-video/o3/4k"));
}

#[test]
fn a_request_that_is_no_clips_says_what_differs_from_the_nearest() {
    let prompts: &[(&str, u32)] = &[("a lake at dawn", 1), ("a red fox in the snow", 1)];
    let differs = |change: &dyn Fn(&mut Value)| {
        let mut input = body("a red fox in the snow");
        change(&mut input);
        refusal(prompts, &Takes::default(), vec![past("r", &input, 0)])
    };
    let said = differs(&|input| input["prompt"] = json!("a grey fox in the snow"));
    assert!(said.ends_with(r#"nearest is x/s2, where `prompt` differs: "grey" became "red""#), "{said}");
    let said = differs(&|input| input["duration"] = json!("10"));
    assert!(said.ends_with(r#"x/s2, where `duration` is "5", not "10""#), "{said}");
    let said = differs(&|input| input["negative_prompt"] = json!("blur"));
    assert!(said.ends_with(r#"x/s2, where `negative_prompt` is not sent, not "blur""#), "{said}");
}
