//! The built program in project folders of its own, against a queue that is none of its code. What is judged is what
//! the queue was asked and which files lie on disk; the program's own words count only where they are the subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails, and says where"
)]

mod adopt;
mod billed;
mod budget;
mod callbacks;
mod catalog;
mod changes;
mod completions;
mod crash;
mod crowd;
mod cut;
mod disk;
mod doctor;
mod doubt;
mod download;
mod explain;
mod export;
mod failures;
mod files;
mod git;
mod hostile;
mod https;
mod ledger;
mod output;
mod price;
mod reconcile;
mod record;
mod recovery;
mod render;
mod report;
mod result;
mod schema;
mod secrets;
mod signals;
mod sim;
mod start;
mod status;
#[cfg(feature = "crash-points")]
mod storage;
mod submit;
mod support;
mod time;
mod two;
mod webhook;
