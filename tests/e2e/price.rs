//! fal's price of today against the plan's: asked before the first submit, and never silently exceeded.

use serde_json::json;

use crate::support::platform::Platform;
use crate::support::project::{Invocation, Project, board, clip};
use crate::support::queue::{KEY, Queue};
use crate::support::script::held;

const O3: &str = "fal-ai/kling-video/o3/4k/text-to-video";
const V3: &str = "fal-ai/kling-video/v3/4k/text-to-video";

/// With a model whose price nobody at fal has confirmed.
fn unverified() -> String {
    board(&["one"]).replace("kling-o3-4k", "kling-v3-4k")
}

fn priced(run: Invocation, platform: &Platform) -> Invocation {
    run.env("SHOTLIST_API_URL", &platform.origin())
}

#[test]
fn an_equal_price_is_asked_once_with_the_key_and_goes_on() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one", "two"])), Platform::start(&[(O3, 0.42)]));
    let json = priced(project.render(&queue, "--json"), &platform).ends(0).json();
    assert_eq!(queue.words(), ["one", "two"]);
    assert_eq!(json["totals"]["spent_usd"], "2.52");
    let asked = platform.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].header("authorization"), Some(format!("Key {KEY}").as_str()));
    assert!(asked[0].query.contains("endpoint_id=fal-ai"), "{}", asked[0].query);
}

#[test]
fn where_nothing_is_bought_no_price_is_asked() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[(O3, 0.42)]));
    priced(project.render(&queue, ""), &platform).ends(0);
    priced(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(platform.asked().len(), 1);
}

#[test]
fn at_a_lower_price_what_the_plan_said_is_reserved() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one", "two"])), Platform::start(&[(O3, 0.40)]));
    let json = priced(project.render(&queue, "--budget 2.50 --json"), &platform).ends(3).json();
    assert_eq!(queue.words(), ["one"]);
    assert_eq!(json["totals"]["spent_usd"], "1.26");
}

#[test]
fn a_higher_price_stops_the_run_before_anything_is_sent_and_shows_both() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one", "two"])), Platform::start(&[(O3, 0.5)]));
    let done = priced(project.render(&queue, ""), &platform).ends(7);
    done.says("$0.50");
    done.says("$0.42");
    assert_eq!(queue.submits(), 0);
    assert_eq!(project.status(0)["totals"]["takes"], 0);
}

#[test]
fn a_higher_price_keeps_nothing_back_that_is_paid_for() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one", "two"])), Platform::start(&[(O3, 0.5)]));
    queue.script("one", held());
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    run.kill();
    queue.release();
    priced(project.render(&queue, ""), &platform).ends(7);
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn what_is_under_way_and_may_be_bought_again_has_its_price_asked_before_leave_is() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&unverified()), Platform::start(&[(V3, 0.5), (O3, 0.42)]));
    queue.script("one", held());
    let run = priced(project.render(&queue, "--accept-price"), &platform).start();
    queue.wait_for_looks(1);
    run.kill();
    queue.release();
    project.storyboard(&board(&["one", "two"]).replace("called one", "called one, model: kling-v3-4k"));
    let run = project.shotlist("render --out r").to(&queue);
    priced(run, &platform).ends(7).says("$0.50");
    assert_eq!(queue.words(), ["one"]);
    project.has_exactly(&queue, &["one"]);
}

#[test]
fn an_accepted_higher_price_is_what_is_reserved_and_what_the_cap_counts() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one", "two"])), Platform::start(&[(O3, 0.5)]));
    let run = project.render(&queue, "--accept-price --budget 2.99 --json");
    let json = priced(run, &platform).ends(3).json();
    assert_eq!(queue.words(), ["one"]);
    assert_eq!(json["totals"]["spent_usd"], "1.50");
    assert_eq!(clip(&json, "x/two")["outcome"], "held");

    priced(project.render(&queue, "--accept-price --budget 1.50"), &platform).ends(0);
    assert_eq!(queue.words(), ["one", "two"]);
    assert_eq!(project.status(0)["totals"]["spent_usd"], "3.00");
}

#[test]
fn a_cap_that_only_the_catalogs_price_fits_buys_nothing_at_the_higher_one() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[(O3, 0.5)]));
    priced(project.render(&queue, "--accept-price --budget 1.26"), &platform).ends(3);
    assert_eq!(queue.submits(), 0);
}

#[test]
fn a_price_that_fal_does_not_tell_is_taken_from_the_catalog_only_where_it_is_verified() {
    let (queue, project, platform) = (Queue::start(), Project::new(&board(&["one"])), Platform::start(&[]));
    priced(project.render(&queue, ""), &platform).ends(0).says("kling-o3-4k");
    assert_eq!(queue.words(), ["one"]);

    project.storyboard(&unverified());
    priced(project.render(&queue, ""), &platform).ends(7).says("kling-v3-4k");
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn without_a_platform_an_unverified_price_buys_nothing() {
    let (queue, project) = (Queue::start(), Project::new(&unverified()));
    project.render(&queue, "").ends(7);
    assert_eq!(queue.submits(), 0);
}

#[test]
fn an_unverified_price_that_fal_confirms_is_good() {
    let (queue, project, platform) =
        (Queue::start(), Project::new(&unverified()), Platform::start(&[(V3, 0.42), (O3, 9.0)]));
    priced(project.render(&queue, ""), &platform).ends(0);
    assert_eq!(queue.bought()[0].endpoint, V3);
    assert_eq!(queue.bought()[0].body["duration"], json!("3"));
}

#[test]
fn a_platform_that_makes_no_sense_vouches_for_nothing() {
    for page in ["<html>nginx</html>", "{\"prices\": 7}"] {
        let (queue, project, platform) =
            (Queue::start(), Project::new(&unverified()), Platform::answering(200, page));
        priced(project.render(&queue, ""), &platform).ends(7);
        assert_eq!(queue.submits(), 0, "{page}");
        project.storyboard(&board(&["one"]));
        priced(project.render(&queue, ""), &platform).ends(0);
        assert_eq!(queue.words(), ["one"], "{page}");
    }
}

#[test]
fn a_price_in_another_currency_or_below_nothing_is_no_price() {
    let price = |usd: &str, currency: &str| {
        let endpoint = format!("\"endpoint_id\": \"{V3}\"");
        format!(
            "{{\"prices\": [{{{endpoint}, \"unit_price\": {usd}, \"unit\": \"second\", \"currency\": \"{currency}\"}}]}}"
        )
    };
    for page in [price("0.42", "EUR"), price("-1", "USD")] {
        let (queue, project, platform) =
            (Queue::start(), Project::new(&unverified()), Platform::answering(200, &page));
        priced(project.render(&queue, ""), &platform).ends(7);
        assert_eq!(queue.submits(), 0, "{page}");
    }
}

#[test]
fn a_clip_that_the_budget_holds_has_its_price_asked_for_too() {
    let text = board(&["one", "two"]).replacen("model:", "budget: 1.26\nmodel:", 1);
    let text = text.replacen("id: two,", "id: two, model: kling-v3-4k,", 1);
    let (queue, project) = (Queue::start(), Project::new(&text));
    project.render(&queue, "").ends(7).says("kling-v3-4k");
    assert_eq!(queue.submits(), 0);
}
