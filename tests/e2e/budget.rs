//! Money: a cap is never exceeded, what it holds is named, and what a failure frees goes to what was held.

use crate::support::project::{Project, addresses, board, clip};
use crate::support::queue::{KEY, Queue};
use crate::support::script::{File, Pace, Script, file, lost, policy, policy_for, server_error};

const FOUR: [&str; 4] = ["one", "two", "three", "four"];

fn with_budget(usd: &str, scenes: &[&str]) -> String {
    format!("budget: {usd}\n{}", board(scenes))
}

#[test]
fn the_price_of_two_clips_buys_two_clips_and_the_run_names_what_it_held() {
    let (queue, project) = (Queue::start(), Project::new(&board(&FOUR)));
    let done = project.render(&queue, "-j 4 --budget 2.52").ends(3);
    assert_eq!(queue.words(), ["one", "two"]);
    project.has_exactly(&queue, &["one", "two"]);
    done.says("x/three");
    done.says("x/four");

    let json = project.render(&queue, "-j 4 --budget 0 --json").ends(3).json();
    assert_eq!(addresses(&json, "outcome", "held"), ["x/three", "x/four"]);
    assert!(clip(&json, "x/three")["reason"].as_str().unwrap().contains("`--budget` by $1.26"));
    assert_eq!(queue.submits(), 2);
}

#[test]
fn a_cent_less_than_two_clips_buys_one() {
    let (queue, project) = (Queue::start(), Project::new(&board(&FOUR)));
    project.render(&queue, "-j 4 --budget 2.51").ends(3);
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn a_cap_of_exactly_so_many_clips_buys_so_many_and_a_hair_less_one_less() {
    for clips in 1..=4_usize {
        let cents = 126 * clips;
        let exactly = format!("{}.{:02}", cents / 100, cents % 100);
        let less = format!("{}.{:02}9999", (cents - 1) / 100, (cents - 1) % 100);
        for (cap, bought) in [(exactly, clips), (less, clips - 1)] {
            let (queue, project) =
                (Queue::start(), Project::new(&board(&["one", "two", "three", "four", "five"])));
            project.render(&queue, &format!("-j 8 --budget {cap}")).ends(3);
            assert_eq!(queue.submits(), bought, "{cap}");
        }
    }
}

#[test]
fn what_is_unknown_or_lost_counts_as_spent_also_when_the_budget_is_lowered_later() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("3.78", &FOUR)));
    queue.script("one", lost());
    queue.script("two", file(File::Gone));
    for budget in ["3.78", "5.03", "1.26", "0.01"] {
        project.storyboard(&with_budget(budget, &FOUR));
        let json = project.render(&queue, "-j 4 --json").done().json();
        assert_eq!(clip(&json, "x/four")["outcome"], "held", "{budget}");
        assert_eq!(queue.words(), ["one", "three", "two"], "{budget}");
        let board = &json["storyboards"][0];
        assert_eq!(
            (&board["spent_usd"], &board["reserved_usd"]),
            (&"2.52".into(), &"1.26".into()),
            "{budget}"
        );
    }
}

#[test]
fn a_storyboards_budget_holds_over_all_its_runs_and_raising_it_buys_the_rest() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("2.52", &FOUR)));
    let done = project.render(&queue, "-j 4").ends(3);
    done.says("x/three");
    assert_eq!(queue.words(), ["one", "two"]);
    let json = project.render(&queue, "-j 4 --json").ends(3).json();
    assert_eq!(queue.submits(), 2);
    assert_eq!(json["storyboards"][0]["spent_usd"], "2.52");
    assert_eq!(addresses(&json, "action", "hold"), ["x/three", "x/four"]);

    project.storyboard(&with_budget("5.04", &FOUR));
    project.render(&queue, "-j 4").ends(0);
    project.has_exactly(&queue, &FOUR);
    assert_eq!(queue.submits(), 4);
}

#[test]
fn both_caps_hold_and_the_narrower_one_decides() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("3.78", &FOUR)));
    project.render(&queue, "-j 4 --budget 1.26").ends(3);
    assert_eq!(queue.submits(), 1);
    project.render(&queue, "-j 4 --budget 100").ends(3);
    assert_eq!(queue.words(), ["one", "three", "two"]);
}

#[test]
fn a_held_clip_holds_the_cheaper_ones_after_it() {
    let story = "storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nscenes:\n\
                 \x20 - { id: long, duration: 10, prompt: long }\n  - { id: short, duration: 3, prompt: short }\n";
    let (queue, project) = (Queue::start(), Project::new(story));
    let json = project.render(&queue, "--budget 2 --json").ends(3).json();
    assert_eq!(queue.submits(), 0);
    assert_eq!(addresses(&json, "outcome", "held"), ["x/long", "x/short"]);
}

#[test]
fn what_a_server_error_frees_buys_a_held_clip_in_the_same_run() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    queue.script("one", server_error());
    queue.script("one", server_error());
    let json = project.render(&queue, "-j 4 --budget 1.26 --json").ends(5).json();
    assert_eq!(queue.words(), ["one", "one", "two"], "the same clip comes first");
    project.has_exactly(&queue, &["two"]);
    assert_eq!(clip(&json, "x/one")["outcome"], "failed");
    assert_eq!(clip(&json, "x/two")["outcome"], "landed");
    assert_eq!(json["totals"]["spent_usd"], "1.26");
}

#[test]
fn what_a_policy_refusal_may_cost_stays_spent() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("1.26", &["one", "two"])));
    queue.script("one", policy());
    let json = project.render(&queue, "-j 4 --json").ends(3).json();
    assert_eq!(queue.words(), ["one"]);
    assert_eq!(clip(&json, "x/two")["outcome"], "held");
    assert_eq!(json["totals"]["spent_usd"], "1.26");
    project.render(&queue, "-j 4").ends(3);
    assert_eq!(queue.submits(), 1);
}

#[test]
fn a_policy_refusal_that_fal_says_is_free_frees_its_money() {
    for (units, words) in [("0", vec!["one", "two"]), ("3", vec!["one"])] {
        let (queue, project) = (Queue::start(), Project::new(&with_budget("1.26", &["one", "two"])));
        queue.script("one", policy_for(units));
        project.render(&queue, "-j 4").done();
        assert_eq!(queue.words(), words, "{units} units");
    }
}

#[test]
fn what_nobody_knows_of_counts_against_the_budget() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("2.52", &["one", "two", "three"])));
    queue.script("one", lost());
    project.render(&queue, "").ends(6);
    assert_eq!(queue.words(), ["one", "two"]);
    let json = project.render(&queue, "--json").ends(6).json();
    assert_eq!(queue.submits(), 2);
    assert_eq!(
        (&json["totals"]["spent_usd"], &json["totals"]["reserved_usd"]),
        (&"1.26".into(), &"1.26".into())
    );
}

#[test]
fn replaced_clips_still_count_against_the_budget() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("1.26", &["one"])));
    project.render(&queue, "").ends(0);
    project.storyboard(&with_budget("1.26", &["other"]));
    let json = project.render(&queue, "--json").ends(3).json();
    assert_eq!(queue.words(), ["one"]);
    assert_eq!(json["storyboards"][0]["superseded_usd"], "1.26");
}

#[test]
fn a_budget_lowered_below_what_was_spent_holds_everything_new() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two"])));
    project.render(&queue, "--only x/one").ends(0);
    project.storyboard(&with_budget("1", &["one", "two"]));
    project.render(&queue, "").ends(3);
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn one_storyboards_budget_holds_nothing_of_another() {
    let (queue, project) = (Queue::start(), Project::new(&with_budget("1.26", &["one", "two"])));
    project.write("storyboards/y.yaml", &board(&["three", "four"]).replace("storyboard: x", "storyboard: y"));
    let json = project.render(&queue, "-j 4 --json").ends(3).json();
    assert_eq!(queue.words(), ["four", "one", "three"]);
    assert_eq!(addresses(&json, "outcome", "held"), ["x/two"]);
}

#[test]
fn a_cap_in_the_environment_holds_and_a_flag_is_stronger() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one", "two", "three"])));
    project.render(&queue, "").env("SHOTLIST_BUDGET", "1.26").ends(3);
    assert_eq!(queue.words(), ["one"]);
    project.render(&queue, "--budget 1.26").env("SHOTLIST_BUDGET", "100").ends(3);
    assert_eq!(queue.words(), ["one", "two"]);
}

#[test]
fn a_cap_that_is_no_amount_is_refused() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    for budget in ["$20", "20,00", "-1", "1e3", "lots", "0.0000001"] {
        project.render(&queue, &format!("--budget={budget}")).ends(2);
    }
    assert_eq!(queue.submits(), 0);
}

#[test]
fn money_that_comes_back_buys_nothing_that_nobody_agreed_to() {
    let text = board(&["one", "two"]).replacen("model:", "budget: 1.26\nmodel:", 1);
    let (queue, project) = (Queue::start(), Project::new(&text));
    queue.script("one", Script { pace: Pace::Held, ..server_error() });
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    run.kill();
    queue.release();

    let render = || project.shotlist("render --budget 10 --out r").to(&queue).env("FAL_KEY", KEY);
    render().ends(3).says("the total that was shown");
    assert_eq!(queue.words(), ["one"]);
}

#[test]
fn a_resumed_take_gives_its_money_back_to_the_storyboard_that_it_was_charged_to() {
    let (queue, project) = (Queue::start(), Project::new(&board(&["one"])));
    queue.script("one", Script { pace: Pace::Held, ..server_error() });
    let run = project.render(&queue, "-j 1").start();
    queue.wait_for_looks(1);
    run.kill();

    project.remove("storyboards/x.yaml");
    let moved = board(&["one", "two"]).replacen("storyboard: x\n", "storyboard: y\nbudget: 1.25\n", 1);
    project.write("storyboards/y.yaml", &moved);
    queue.release();
    project.render(&queue, "--budget 10").ends(3);
    assert_eq!(queue.words(), ["one"]);
}
