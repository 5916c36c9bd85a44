//! How a simulator is set up: every choice that its command line has, with its default.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use super::{Faults, Latency, Speed, Tls};
use crate::catalog::Catalog;
use crate::usd::Usd;

/// A new account's limit at fal (concurrency limits page of its documentation).
const CONCURRENCY: usize = 2;
/// A name that never resolves (RFC 6761, section 6.4).
const ELSEWHERE: &str = "http://elsewhere.invalid";

/// How a simulator is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where requests are remembered; made if it is not there. One simulator at a time.
    pub dir: PathBuf,
    /// The models that there are, with their rules and prices.
    pub catalog: Arc<Catalog>,
    /// How many requests run at once; the rest wait in order of arrival. At least one.
    pub concurrency: usize,
    /// What the account holds when its folder is new; no limit where absent. What is billed is taken from it.
    pub balance: Option<Usd>,
    /// Below this balance, and when nothing is left, nothing can be bought. Means nothing without a balance.
    pub lock_below: Usd,
    /// How long requests wait and run, and answers take.
    pub latency: Latency,
    /// How much faster than real time everything passes that is made to last.
    pub speed: Speed,
    /// The port of 127.0.0.1; any free one where absent.
    pub port: Option<u16>,
    /// What `Authorization: Key …` must bring; anything where absent.
    pub key: Option<SecretString>,
    /// A file that gets a JSON line for everything asked, submitted, refused, started, completed (with what is billed),
    /// served and called back.
    pub audit: Option<PathBuf>,
    /// What chance is drawn from: another seed, other clips that meet a fault.
    pub seed: u64,
    /// What goes wrong. [`Running::calm`](super::Running::calm) ends it, as does a start without it; what was accepted to
    /// end badly still does.
    pub faults: Faults,
    /// An origin that faulty links lead to; nothing is served there.
    pub elsewhere: String,
    /// How large the videos are. A folder keeps to one size: what was filmed before is made again from it.
    pub size: Size,
    /// A font (TTF, OTF or TTC) for the letters that the bundled one lacks. This computer's own serve for what it lacks too.
    pub font: Option<PathBuf>,
    /// An MP4 that is served for every request in place of an animatic, whatever its length. A folder keeps to one.
    pub footage: Option<PathBuf>,
    /// Where the videos are served.
    pub files: Files,
    /// Whether everything is reached over https.
    pub tls: Tls,
}

/// How large the videos are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// 720p, with the words of every shot on it: some 32 ms of work a second.
    #[default]
    Full,
    /// A quarter as wide and as high, with a pattern of each request's own in place of words: for tests by the hundred.
    Small,
}

/// Which origin serves the videos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Files {
    /// The queue's.
    #[default]
    Here,
    /// One of its own, on this port of 127.0.0.1 or any free one, as fal's files have a host of their own.
    Apart(Option<u16>),
}

impl Config {
    /// Two at a time, quick, on any free port, for any key, without an audit, and nothing goes wrong.
    #[must_use]
    pub fn new(dir: PathBuf, catalog: Arc<Catalog>) -> Self {
        Self {
            dir,
            catalog,
            concurrency: CONCURRENCY,
            balance: None,
            lock_below: Usd::ZERO,
            latency: Latency::default(),
            speed: Speed::default(),
            port: None,
            key: None,
            audit: None,
            seed: 0,
            faults: Faults::default(),
            elsewhere: ELSEWHERE.to_owned(),
            size: Size::default(),
            font: None,
            footage: None,
            files: Files::default(),
            tls: Tls::default(),
        }
    }
}
