//! One storyboard of the comment, with all its variants: its line of the totals, and its clips folded away.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape::{Fence, text};
use crate::address::Id;
use crate::plan::{self, Account, Action, Clause, Clip, Piece, Plan, Wanted};
use crate::report::problems::visible;
use crate::report::table::{costs, spent, word};
use crate::usd::Usd;

/// A storyboard's part of a plan.
pub(super) struct Board<'a> {
    id: &'a Id,
    title: Option<&'a str>,
    account: Account,
    clips: Vec<(&'a Clip, &'a Wanted)>,
}

/// How much of it is shown.
#[derive(Clone, Copy)]
pub(super) enum Depth {
    /// Every clip, and every prompt that changed.
    Whole,
    /// So many clips, those that cost something first.
    Rows(usize),
    Name,
}

impl<'a> Board<'a> {
    /// In the order of the plan.
    pub(super) fn all(plan: &'a Plan) -> Vec<Self> {
        let mut boards: Vec<Self> = Vec::new();
        let mut places: BTreeMap<&Id, usize> = BTreeMap::new();
        for (edition, clips) in plan.films() {
            let id = &edition.edition.storyboard;
            let at = *places.entry(id).or_insert_with(|| {
                let account = plan.accounts.get(id).copied().unwrap_or_default();
                let title = edition.title.as_deref();
                boards.push(Self { id, title, account, clips: Vec::new() });
                boards.len() - 1
            });
            boards[at]
                .clips
                .extend(clips.iter().flat_map(|clip| clip.wanted.iter().map(move |one| (clip, one))));
        }
        boards.retain(|board| !board.clips.is_empty());
        boards
    }

    pub(super) fn rows(&self) -> usize {
        self.clips.len()
    }

    pub(super) fn prompts(&self) -> usize {
        self.clips.iter().map(|(_, wanted)| changed(wanted).count()).sum()
    }

    fn usd(&self) -> Usd {
        self.bought().map(|(clip, _)| clip.usd).sum()
    }

    fn bought(&self) -> impl Iterator<Item = &(&'a Clip, &'a Wanted)> {
        self.clips.iter().filter(|(_, wanted)| wanted.action == Action::Buy)
    }

    /// A line that unfolds to the rest.
    pub(super) fn folded(&self, depth: Depth) -> String {
        let title = self.title.map(|title| format!(" {}", text(title))).unwrap_or_default();
        let mut out = format!("<details><summary><b>{}</b>{title}: {}</summary>\n\n", self.id, self.brief());
        match depth {
            Depth::Whole => {
                self.write_table(&mut out, &self.clips);
                self.write_prompts(&mut out);
            }
            Depth::Rows(rows) => {
                let mut clips = self.clips.clone();
                clips.sort_by_key(|(_, wanted)| !costs(wanted.action));
                clips.truncate(rows);
                self.write_table(&mut out, &clips);
            }
            Depth::Name => out.push_str("Its clips are left out.\n"),
        }
        out.push_str("\n</details>\n");
        out
    }

    /// `2 buy, 4 reuse`, in the words of the table below.
    fn brief(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, wanted) in &self.clips {
            *counts.entry(word(wanted.action)).or_default() += 1;
        }
        let counted = counts.iter().map(|(word, count)| format!("{count} {word}"));
        counted.chain([self.usd().to_string()]).collect::<Vec<_>>().join(", ")
    }

    fn write_table(&self, out: &mut String, clips: &[(&Clip, &Wanted)]) {
        out.push_str("| action | clip | seconds | price | reason |\n|---|---|--:|--:|---|\n");
        for (clip, wanted) in clips {
            let price = if costs(wanted.action) { clip.usd.to_string() } else { String::new() };
            let (name, reason) = (text(&self.name(clip, wanted)), text(&wanted.words()));
            let _ =
                writeln!(out, "| {} | {name} | {} | {price} | {reason} |", word(wanted.action), clip.seconds);
        }
    }

    /// Without the storyboard, which stands above.
    fn name(&self, clip: &Clip, wanted: &Wanted) -> String {
        let address = clip.address.to_string();
        let own = address.strip_prefix(self.id.as_str()).unwrap_or(&address).trim_start_matches('/');
        let more = if clip.shots.len() > 1 { format!(" +{}", clip.shots.len() - 1) } else { String::new() };
        let take = if wanted.number > 1 { format!(" take {}", wanted.number) } else { String::new() };
        format!("{own}{more}{take}")
    }

    fn write_prompts(&self, out: &mut String) {
        for (clip, wanted) in &self.clips {
            for (shot, was, is) in changed(wanted) {
                let lines = difference(&was, &is);
                let fence = Fence::around(lines.iter().map(String::as_str));
                let name = text(&format!("{}: prompt of {shot}", self.name(clip, wanted)));
                let _ = writeln!(out, "\n{name}\n\n{fence}diff\n{}\n{fence}", lines.join("\n"));
            }
        }
    }
}

/// Shots whose prompt is not what it was: the shot, the prompt then, and now.
fn changed(wanted: &Wanted) -> impl Iterator<Item = (Id, String, String)> {
    wanted.clauses().into_iter().filter_map(|clause| match clause {
        Clause::Prompt { shot, was, is } => Some((shot, was, is)),
        Clause::Said(_) => None,
    })
}

/// Both prompts by lines, each with its mark.
fn difference(old: &str, new: &str) -> Vec<String> {
    let marked = |piece: &Piece| {
        let mark = match piece {
            Piece::Kept(_) => ' ',
            Piece::Removed(_) => '-',
            Piece::Added(_) => '+',
        };
        visible(piece.text()).lines().map(|line| format!("{mark}{line}")).collect::<Vec<_>>()
    };
    plan::compare_lines(old, new).iter().flat_map(marked).collect()
}

/// What each storyboard would cost, beside its money.
pub(super) fn totals(boards: &[Board]) -> String {
    let mut out = String::from(
        "| storyboard | takes to buy | this plan | spent | reserved | budget | left after it |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    for board in boards {
        let account = board.account;
        let left = account.budget.map(|budget| budget.minus(account.counted + board.usd()));
        let ends = [account.budget, left].map(|usd| usd.map(|usd| usd.to_string()).unwrap_or_default());
        out.push_str(&row(board.id.as_str(), board.bought().count(), board.usd(), account, ends));
    }
    if boards.len() > 1 {
        let all = boards.iter().map(|board| board.account).fold(Account::default(), Account::with);
        let buys = boards.iter().map(|board| board.bought().count()).sum();
        let usd = boards.iter().map(Board::usd).sum();
        out.push_str(&row("**all**", buys, usd, all, Default::default()));
    }
    out.push('\n');
    out
}

/// `ends`: the budget, and what is left of it.
fn row(name: &str, buys: usize, usd: Usd, account: Account, ends: [String; 2]) -> String {
    let (spent, reserved, [budget, left]) = (spent(&account), account.reserved, ends);
    format!("| {name} | {buys} | {usd} | {spent} | {reserved} | {budget} | {left} |\n")
}
