//! The documents tell the truth: what they say of tests is there, and what they show is what the program does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails, and says where")]

use std::path::Path;

mod blocks;
mod contract;
mod links;
mod messages;
mod shown;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
