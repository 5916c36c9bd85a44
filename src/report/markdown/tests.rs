//! The comment as GitHub gets it: bounded, whole in its totals, and nothing but text where a storyboard wrote it.

use std::collections::BTreeSet;

use super::*;
use crate::plan::testing::{bought, plan_with, shot, storyboard, usd};
use crate::plan::{Input, Selection, Superseded};

/// A storyboard of so many clips, bought once, and every prompt changed since.
fn comment(clips: usize, before: &str, after: &str) -> String {
    let scenes = |words: &str| {
        let scene = |at: usize| {
            let mut shot = shot(&format!("s{at}"), "one", 5);
            shot.prompt = words.to_owned() + &at.to_string();
            vec![shot]
        };
        storyboard((0..clips).map(scene).collect())
    };
    let old = plan_with(&scenes(before), Vec::new(), &Selection::default()).unwrap();
    let takes = bought(&old);
    let new = plan_with(&scenes(after), takes, &Selection::default()).unwrap();
    plan(&new, Spending::Real)
}

#[test]
fn what_a_prompt_holds_ends_neither_its_cell_nor_its_block() {
    let text = comment(1, "a\n```\n", "b | </details>\n```\n@octocat <img src=x> ");
    assert!(text.contains("\n````diff\n-a\n"), "{text}");
    let (table, _) = text.split_once("````diff").unwrap();
    assert!(!table.contains("<img") && !table.contains("@octocat"), "{table}");
    let row = table.lines().find(|line| line.starts_with("| buy")).unwrap();
    assert_eq!(row.matches('|').count(), 6, "{row}");
}

#[test]
fn a_comment_of_thousands_of_clips_fits_and_says_what_is_left_out() {
    for clips in [200, 1_000, 5_000] {
        let text = comment(clips, "漢 before ", &"an after 😀 ".repeat(40));
        assert!(size(&text) <= LIMIT, "{clips}: {}", size(&text));
        assert!(text.starts_with(&format!("### {clips} clips: {clips} to buy for $")), "{clips}");
        assert!(text.contains("\nLeft out, since a comment holds 65536 characters: "), "{clips}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
    assert!(!comment(3, "a", "b").contains("Left out"));
}

#[test]
fn what_a_simulated_folder_does_not_count_is_said_beside_what_is_left() {
    let mut board = storyboard(vec![vec![shot("roof", "sky", 5)]]);
    board.budget = Some(usd("10"));
    let takes = bought(&plan_with(&board, Vec::new(), &Selection::default()).unwrap());
    board.scenes[0].shots[0].prompt = "another sky".to_owned();
    let told = |superseded| {
        let owned: crate::take::Takes = takes.iter().cloned().collect();
        let input = Input {
            expanded: std::slice::from_ref(&board),
            takes: &owned,
            grouping: None,
            absent: &BTreeSet::new(),
            selection: &Selection::default(),
            cap: None,
            attempts: 2,
            superseded,
        };
        let text = plan(&crate::plan::plan(&input).unwrap(), Spending::Real);
        text.lines().find(|line| line.starts_with("| neon ")).unwrap().to_owned()
    };
    let row = |spent, left| format!("| neon | 1 | $2.10 | {spent} | $0.00 | $10.00 | {left} |");
    assert_eq!(told(Superseded::Count), row("$2.10 ($2.10 superseded)", "$5.80"));
    assert_eq!(told(Superseded::Free), row("$2.10 ($2.10 superseded, not counted here)", "$7.90"));
}
