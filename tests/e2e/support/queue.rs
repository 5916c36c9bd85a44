//! fal's queue as its documentation has it, with a script for what goes wrong and an account of all that was asked.
//! Shares no code with the simulator, so that it is a judge of its own; a request against the contract fails the test.

mod desk;

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::script::{End, File, Script, Units};
use super::server::{Asked, Server};
use super::{until, video};
use desk::Desk;

/// The key that every test uses unless it is about the key.
pub(crate) const KEY: &str = "k";

pub(crate) struct Queue {
    desk: Arc<Desk>,
    server: Server,
    _files: Server,
}

/// A purchase that the queue accepted, or a submit that it refused.
#[derive(Clone, Debug)]
pub(crate) struct Bought {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) endpoint: String,
    pub(crate) body: Value,
    /// Where the queue was asked to call back, if it was.
    pub(crate) webhook: Option<String>,
    script: Script,
    is_released: bool,
    /// How often its status, its result and its file were asked for.
    looked: usize,
    answered: usize,
    fetched: usize,
}

impl Queue {
    pub(crate) fn start() -> Self {
        Self::with_key(KEY)
    }

    pub(crate) fn with_key(key: &str) -> Self {
        Self::at(0, key)
    }

    /// At a port of this machine that is known to be free, or at any with 0.
    pub(crate) fn at(port: u16, key: &str) -> Self {
        let desk = Arc::new(Desk::new(key));
        let (one, other) = (Arc::clone(&desk), Arc::clone(&desk));
        let server = Server::start(port, move |asked| one.answer(asked));
        let files = Server::start(0, move |asked| other.file(asked));
        let mut state = desk.state();
        (state.queue_at, state.files_at) = (server.origin(), files.origin());
        drop(state);
        Self { desk, server, _files: files }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// The next submit with this word in its prompt goes by the script, after those scripted for it before.
    pub(crate) fn script(&self, word: &str, script: Script) {
        let scripts = &mut self.desk.state().scripts;
        match scripts.iter_mut().find(|(known, _)| known == word) {
            Some((_, queue)) => queue.push_back(script),
            None => scripts.push((word.to_owned(), VecDeque::from([script]))),
        }
    }

    /// From now on every submit is refused with HTTP 403 and these words.
    pub(crate) fn lock(&self, detail: &str) {
        self.desk.state().locked = Some(detail.to_owned());
    }

    /// Lets everything go on that was held, and holds no more.
    pub(crate) fn release(&self) {
        self.desk.release();
    }

    /// Lets those purchases go on whose prompt has the word.
    pub(crate) fn release_one(&self, word: &str) {
        let mut state = self.desk.state();
        state.bought.iter_mut().filter(|one| one.word() == word).for_each(|one| one.is_released = true);
    }

    /// From now on every file bought so far is gone.
    pub(crate) fn forget_files(&self) {
        self.set_files(File::Gone);
    }

    /// From now on every file bought so far comes no further than its middle until the queue is released.
    pub(crate) fn stick_files(&self) {
        self.set_files(File::Stuck);
    }

    /// From now on every file bought so far is a good one, of something else.
    pub(crate) fn exchange_files(&self) {
        self.set_files(File::Another);
    }

    /// From now on every file bought so far is whole.
    pub(crate) fn mend_files(&self) {
        self.set_files(File::Whole);
    }

    fn set_files(&self, file: File) {
        self.desk.state().bought.iter_mut().for_each(|bought| bought.script.file = file);
    }

    /// Everything that was accepted, and so is billed unless it fails for free.
    pub(crate) fn bought(&self) -> Vec<Bought> {
        self.desk.state().bought.clone()
    }

    /// The same for whoever has to know it later on.
    pub(crate) fn account(&self) -> impl Fn() -> Vec<Bought> + Send + use<> {
        let desk = Arc::clone(&self.desk);
        move || desk.state().bought.clone()
    }

    /// The one word of each accepted prompt that the test wrote, sorted.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.desk.state().bought.iter().map(Bought::word).collect();
        words.sort();
        words
    }

    pub(crate) fn refused(&self) -> usize {
        self.desk.state().refused.len()
    }

    /// Submits, refused ones included.
    pub(crate) fn submits(&self) -> usize {
        let state = self.desk.state();
        state.bought.len() + state.refused.len()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.desk.state().asked.clone()
    }

    /// What the file of each purchase must be.
    pub(crate) fn file_of(&self, word: &str) -> Vec<u8> {
        let state = self.desk.state();
        let bought = state.bought.iter().rfind(|one| one.word() == word).expect("it was bought");
        bought.film()
    }

    /// How often the status of any purchase was asked for.
    pub(crate) fn looks(&self) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with("/status")).count()
    }

    /// The purchase whose prompt has the word.
    pub(crate) fn purchase(&self, word: &str) -> Bought {
        self.bought().into_iter().rfind(|one| one.word() == word).expect("it was bought")
    }

    pub(crate) fn wait_for_submits(&self, number: usize) {
        until(&format!("{number} submits"), || self.submits() >= number);
    }

    /// Until the status of so many purchases was looked at: their receipts are then on disk.
    pub(crate) fn wait_for_looks(&self, number: usize) {
        until(&format!("a look at {number} purchases"), || {
            let state = self.desk.state();
            let looked = |bought: &&Bought| {
                let status = format!("{}/status", bought.id);
                state.asked.iter().any(|asked| asked.path.ends_with(&status))
            };
            state.bought.iter().filter(looked).count() >= number
        });
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.release();
        let state = self.desk.state();
        let unused: Vec<&String> =
            state.scripts.iter().filter(|(_, scripts)| !scripts.is_empty()).map(|(word, _)| word).collect();
        if !std::thread::panicking() {
            assert!(state.offences.is_empty(), "asked against the contract: {:#?}", state.offences);
            assert!(unused.is_empty(), "scripted, and never submitted: {unused:?}");
        }
    }
}

impl Bought {
    /// Its file.
    pub(crate) fn film(&self) -> Vec<u8> {
        video::of(&self.id, self.script.millis.unwrap_or(self.seconds() * 1000 + 41))
    }

    fn seconds(&self) -> u32 {
        self.body["duration"].as_str().unwrap_or_default().parse().unwrap_or(5)
    }

    /// What its result says by now that it is billed.
    fn units(&self, is_open: bool) -> Option<String> {
        let has_video = matches!(self.script.end, End::Video | End::Late | End::Once | End::Odd(_));
        match self.script.units {
            Units::AsAsked => has_video.then(|| self.seconds().to_string()),
            Units::Told(units) => Some(units.to_owned()),
            Units::Late(units) => (self.answered > 1).then(|| units.to_owned()),
            Units::Held(units) => is_open.then(|| units.to_owned()),
            Units::Never => None,
        }
    }

    /// The last word of the first prompt.
    pub(crate) fn word(&self) -> String {
        let prompt = self.body["prompt"].as_str().or_else(|| self.body["multi_prompt"][0]["prompt"].as_str());
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
        prompt
            .unwrap_or_default()
            .split(|c| !letters(c))
            .rfind(|word| !word.is_empty())
            .unwrap_or_default()
            .to_owned()
    }
}
