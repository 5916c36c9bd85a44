//! A run as it goes: one line per clip in flight on a terminal, plain lines elsewhere. Writes to standard error only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::style::{Look, Room, Style};
use super::tally::Tally;
use super::wrap::{Indent, padded, wrapped};
use crate::render::{Event, What};
use crate::take::Nonce;
use crate::usd::Usd;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    Quiet,
    Normal,
    /// Every step of every clip.
    Verbose,
}

/// Shows a run.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    tally: RefCell<Tally>,
    look: Look,
    detail: Detail,
    screen: Option<Screen>,
}

/// The lines that are drawn anew.
#[derive(Debug)]
struct Screen {
    all: MultiProgress,
    look: Look,
    /// Where Ctrl-C is typed the terminal shows it, on a line more than was drawn, so that the topmost line stays behind.
    /// That is this one.
    blank: ProgressBar,
    footer: ProgressBar,
    clips: RefCell<BTreeMap<Nonce, ProgressBar>>,
}

/// Where a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Terminal,
    Lines,
}

impl Progress {
    /// `total`: how many takes the run has to settle.
    #[must_use]
    pub fn new(
        total: usize,
        jobs: usize,
        cap: Option<Usd>,
        place: Place,
        look: Look,
        detail: Detail,
    ) -> Self {
        let draws = place == Place::Terminal && detail != Detail::Quiet && total > 0;
        let screen = draws.then(|| Screen::new(look));
        Self {
            started: Instant::now(),
            tally: RefCell::new(Tally::new(total, jobs, cap)),
            look,
            detail,
            screen,
        }
    }

    /// Shows an event.
    pub fn see(&self, event: &Event) {
        self.tally.borrow_mut().note(event, self.started.elapsed());
        if let Some(screen) = &self.screen {
            screen.see(event, &self.tally.borrow());
        }
        if self.says(&event.what) {
            self.line(&said(event, self.look));
        }
    }

    /// A sentence between the events.
    pub fn say(&self, text: &str) {
        if self.detail != Detail::Quiet {
            self.line(&laid(text, 0, self.look));
        }
    }

    /// A sentence that only who wants to know everything is told.
    pub fn mention(&self, text: &str) {
        if self.detail == Detail::Verbose {
            self.line(&laid(text, 0, self.look));
        }
    }

    /// Takes the drawn lines away.
    pub fn end(&self) {
        if let Some(screen) = &self.screen {
            screen.clips.borrow().values().for_each(ProgressBar::finish_and_clear);
            screen.footer.finish_and_clear();
            screen.blank.finish_and_clear();
        }
    }

    fn says(&self, what: &What) -> bool {
        let verbose = !matches!(what, What::Downloading { .. });
        let normal = match what {
            What::Landed { .. }
            | What::Failed { .. }
            | What::Unknown { .. }
            | What::Lost
            | What::Found { .. }
            | What::Left { .. }
            | What::Unsent { .. } => true,
            What::Submitted { .. } => self.screen.is_none(),
            _ => false,
        };
        let bad =
            normal && !matches!(what, What::Landed { .. } | What::Submitted { .. } | What::Found { .. });
        match self.detail {
            Detail::Quiet => bad,
            Detail::Normal => normal,
            Detail::Verbose => verbose,
        }
    }

    fn line(&self, text: &str) {
        // Nobody is there to be told when standard error is closed.
        let _ = match &self.screen {
            Some(screen) => screen.all.println(text),
            None => writeln!(io::stderr(), "{text}"),
        };
    }
}

impl Screen {
    fn new(look: Look) -> Self {
        let all = MultiProgress::new();
        let blank = all.add(ProgressBar::new_spinner().with_style(style(" ")));
        blank.tick();
        let footer = all.add(ProgressBar::new_spinner().with_style(style("{wide_msg}")));
        footer.enable_steady_tick(Duration::from_millis(250));
        Self { all, look, blank, footer, clips: RefCell::new(BTreeMap::new()) }
    }

    fn see(&self, event: &Event, tally: &Tally) {
        let mut clips = self.clips.borrow_mut();
        if tally.open(event.nonce).is_none() {
            clips.remove(&event.nonce).iter().for_each(ProgressBar::finish_and_clear);
        } else {
            let bar = clips.entry(event.nonce).or_insert_with(|| self.clip());
            let state = state(&event.what, tally.open(event.nonce).map(|open| open.usd));
            bar.set_message(self.line(&event.address.to_string(), &state));
        }
        self.footer.set_message(self.look.style(Style::Strong, &tally.line()));
    }

    /// Without its storyboard where there is little room.
    fn line(&self, address: &str, state: &str) -> String {
        if self.look.columns() < WIDE {
            let own = address.split_once('/').map_or(address, |(_, own)| own);
            format!("{own}  {state}")
        } else {
            format!("{}  {state}", padded(address, 36))
        }
    }

    fn clip(&self) -> ProgressBar {
        let bar = ProgressBar::new_spinner().with_style(style("{spinner} {elapsed:>4}  {wide_msg}"));
        let bar = self.all.insert_before(&self.footer, bar);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// Columns with room for a clip's address and its state.
const WIDE: usize = 72;

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// What a clip in flight is doing, and the money it holds.
fn state(what: &What, usd: Option<Usd>) -> String {
    let doing = match what {
        What::Intent { .. } => "sending".to_owned(),
        What::Submitted { .. } | What::Found { .. } | What::Queued { position: None } => "queued".to_owned(),
        What::Queued { position: Some(ahead) } => format!("queued, {ahead} ahead"),
        What::Running => "rendering".to_owned(),
        What::Completed => "finished, fetching".to_owned(),
        What::Downloading { bytes, total } => format!("fetching {}", share(*bytes, *total)),
        _ => String::new(),
    };
    let money = usd.filter(|usd| *usd > Usd::ZERO).map(|usd| format!("  {usd}")).unwrap_or_default();
    format!("{doing}{money}")
}

fn share(bytes: u64, total: Option<u64>) -> String {
    match total.filter(|&total| total > 0) {
        Some(total) => format!("{} %", bytes.saturating_mul(100) / total),
        None => format!("{} kB", bytes / 1000),
    }
}

/// An event as a line of its own.
fn said(event: &Event, look: Look) -> String {
    let (style, word, rest) = match &event.what {
        What::Intent { seconds, usd } => (Style::Dim, "intent", format!("{seconds} s, {usd} reserved")),
        What::Submitted { request_id } => (Style::Info, "submitted", format!("request {request_id}")),
        What::Found { request_id } => {
            (Style::Good, "found", format!("fal has it as request {request_id}; it was not sent again"))
        }
        What::Queued { position } => {
            (Style::Dim, "queued", position.map_or(String::new(), |ahead| format!("{ahead} ahead")))
        }
        What::Running => (Style::Dim, "running", String::new()),
        What::Completed => (Style::Dim, "completed", String::new()),
        What::Downloading { bytes, total } => (Style::Dim, "fetching", share(*bytes, *total)),
        What::Landed { file } => (Style::Good, "landed", file.clone()),
        What::Failed { failed, request_id } => (
            Style::Bad,
            "failed",
            format!(
                "{}: {}{}",
                failed.kind.words(),
                failed.message.trim_end_matches('.'),
                named(request_id.as_ref())
            ),
        ),
        What::Unknown { why } => (Style::Warn, "unknown", format!("{why}; its price stays reserved")),
        What::Lost => (Style::Warn, "lost", "bought, and its file is gone at fal".to_owned()),
        What::Unsent { why } => (Style::Warn, "unsent", why.clone()),
        What::Left { why, request_id } => (
            Style::Warn,
            "left",
            format!("{why}; fal has it, and the next run goes on{}", named(request_id.as_ref())),
        ),
    };
    let text = format!("{}  {rest}", event.address);
    format!("{} {}", look.style(style, &format!("{word:<9}")), laid(text.trim_end(), 10, look))
}

/// Broken between words on a terminal; elsewhere a line is a line.
fn laid(text: &str, taken: usize, look: Look) -> String {
    match look.room {
        Room::Terminal(_) => wrapped(text, look, Indent { taken, rest: 2 }),
        Room::Endless => text.to_owned(),
    }
}

fn named(request_id: Option<&String>) -> String {
    request_id.map(|id| format!(", request {id}")).unwrap_or_default()
}
