//! shotlist renders storyboards: YAML in, video clips from fal's Kling models out, bought once, under a cap, and filed.
//!
//! # Bird's eye
//!
//! Data flows one way. Each stage is one module whose face is one function from the stage before it to its own type.
//!
//! ```text
//! text ─► storyboard ─► expand ─► plan ─────────► render ─► record ──┐
//!         checked       shots     clips, grouped,  takes     journal  │
//!                                 priced, decided            manifest │
//!                                   ▲  │                              │
//!                                   │  └──► timeline ─► report, view, │
//!                                   │         edit ─► export, cut     │
//!                                   └──────── takes already owned ◄───┘
//!                              webhook ─► render ◄─► fal (HTTP)        sim = fal on loopback
//! ```
//!
//! `check` stops after *expand* and the grouping, `plan` after *plan*, `render` runs all of it; `status` and `ledger` read
//! the record, `reconcile` and `adopt` hold fal's history against it. [`cli`] is this picture cut at different places.
//!
//! # Rooms, in the order of the flow
//!
//! - [`crash`]: where a test may end the process or fail the disk; nothing at all in a normal build.
//! - [`usd`]: money in whole millionths of a dollar. [`timecode`]: frames, rates and how times are written. [`address`]: ids,
//!   addresses, and the patterns that select them.
//! - [`request`]: what is sent, and its fingerprint. [`take`]: one purchase, its states, the fold of what is known of it,
//!   and its bill beside what was planned and what came.
//! - [`catalog`]: the models as data: limits, fields, prices, each with its source.
//! - [`schema`]: the language and the catalog as a JSON Schema, for editors.
//! - [`project`]: finds a project's files and reads them; nothing outside its folder.
//! - [`storyboard`]: text to a checked form, or every problem at once. [`expand`]: that form to shots.
//! - [`plan`]: shots and takes to clips, each with its decision, its reason and its price.
//! - [`timeline`]: a plan and takes to films: clips in story order on a time axis, with the chosen take of each.
//! - [`fal`]: speaks HTTP to fal, and is the only room that does. [`sim`]: fal on loopback, for trying without buying, and
//!   for any other client of fal (`shotlist sim`).
//! - [`record`]: every purchase on disk, the vault of files, the view made of them.
//! - [`webhook`]: hears fal's callbacks, believes the signed ones that are about a purchase of the record, and wakes the run.
//! - [`render`]: runs a plan; a pure director decides, one function carries a take from intent to file. Holds fal's history
//!   against the record as well: which request an unknown purchase is, and what was bought elsewhere.
//! - [`report`]: what people and programs are shown.
//! - [`edit`]: a film in frames, with its files. [`export`]: that as OTIO, EDL, subtitles and a shot list.
//!   [`cut`]: that as one video, or as stills, with ffmpeg.
//! - [`cli`]: what was typed, turned into the rooms' words.
//!
//! # What always holds
//!
//! - A request that may have reached fal is never sent again by itself: no key makes it idempotent, and every second costs.
//! - A step of a purchase is on disk before the next is taken; recovery needs the record alone, no storyboard.
//! - `spent + reserved + next` exceeds no cap, whatever fails; what nobody knows counts as reserved, an unknown price is refused.
//! - What nobody knows of a purchase is settled by fal's word or by a person, never by a guess: equal requests are told
//!   apart by nothing. A callback is believed no further than that it is time to look.
//! - Facts on a purchase only ever add up: folding lines in any order, or twice, gives the same takes.
//! - No file in the vault is ever replaced. The view can be thrown away at any time.
//! - A take that failed is data; an `Err` means that the run cannot go on. Exit codes are computed from the record.
//! - What decides is pure: no clock, no disk and no network in [`plan`], in the director or in the budget.
//! - Nothing names [`cli`]; no room names one that comes after it. A test reads the imports and holds this.
//!
//! # How it is tested
//!
//! Pure code beside itself, by examples and properties (grouping against every other cut, folding against every shuffle).
//! `tests/` drives the program: one mistake per storyboard with its whole message as a snapshot, the shipped storyboards'
//! plans and fingerprints as snapshots, and runs against the simulator and an independent queue whose own log is the judge.
//! Built with the feature `crash-points`, the program is killed at every step of a purchase, every file operation of the
//! record fails in turn, and the power goes behind every write: nothing may be bought twice, and nothing bought lost.
//! The soak (`make soak`) buys thousands of the simulator's clips among seeded faults and kills, and is judged by the
//! simulator's audit and the files alone. The simulator itself is held against fal's own clients (`make test-clients`), the
//! schema of storyboards against an independent validator (`make test-schema`); the animatics of all storyboards are played in
//! Chromium (`make test-videos`), in which the contact sheet is used with real clicks and keys (`make test-page`); exports and
//! cuts are read by other programs (`make test-edit`). What the documents show is run (`tests/docs`).

pub mod address;
pub mod catalog;
pub mod cli;
pub mod crash;
pub mod cut;
pub mod edit;
pub mod expand;
pub mod export;
pub mod fal;
pub mod plan;
pub mod project;
pub mod record;
pub mod render;
pub mod report;
pub mod request;
pub mod schema;
pub mod sim;
pub mod storyboard;
pub mod take;
pub mod timecode;
pub mod timeline;
pub mod usd;
pub mod webhook;
