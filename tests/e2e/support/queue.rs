//! fal's queue as its documentation has it, with a script for what goes wrong and an account of all that was asked.
//! Shares no code with the simulator, so that it is a judge of its own; a request against the contract fails the test.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::script::{End, File, Pace, Script, Submit, well};
use super::server::{Answer, Asked, Reply, Server};
use super::{PATIENCE, until, video};

/// The key that every test uses unless it is about the key.
pub(crate) const KEY: &str = "k";

pub(crate) struct Queue {
    desk: Arc<Desk>,
    queue: Server,
    _files: Server,
}

/// A purchase that the queue accepted, or a submit that it refused.
#[derive(Clone, Debug)]
pub(crate) struct Bought {
    pub(crate) id: String,
    pub(crate) endpoint: String,
    pub(crate) body: Value,
    script: Script,
    is_released: bool,
    /// How often its file was asked for.
    fetched: usize,
}

struct Desk {
    key: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    scripts: Vec<(String, VecDeque<Script>)>,
    bought: Vec<Bought>,
    refused: Vec<Bought>,
    asked: Vec<Asked>,
    offences: Vec<String>,
    files_at: String,
    queue_at: String,
    is_open: bool,
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
        let desk = Arc::new(Desk { key: key.to_owned(), state: Mutex::default(), changed: Condvar::new() });
        let (one, other) = (Arc::clone(&desk), Arc::clone(&desk));
        let queue = Server::start(port, move |asked| one.answer(asked));
        let files = Server::start(0, move |asked| other.file(asked));
        let mut state = desk.state();
        (state.queue_at, state.files_at) = (queue.origin(), files.origin());
        drop(state);
        Self { desk, queue, _files: files }
    }

    pub(crate) fn origin(&self) -> String {
        self.queue.origin()
    }

    /// The next submit with this word in its prompt goes by the script, after those scripted for it before.
    pub(crate) fn script(&self, word: &str, script: Script) {
        let scripts = &mut self.desk.state().scripts;
        match scripts.iter_mut().find(|(known, _)| known == word) {
            Some((_, queue)) => queue.push_back(script),
            None => scripts.push((word.to_owned(), VecDeque::from([script]))),
        }
    }

    /// Lets everything go on that was held, and hold no more.
    pub(crate) fn release(&self) {
        let mut state = self.desk.state();
        state.is_open = true;
        state.bought.iter_mut().for_each(|bought| bought.is_released = true);
        self.desk.changed.notify_all();
    }

    /// Lets those purchases go on whose prompt has the word.
    pub(crate) fn release_one(&self, word: &str) {
        let mut state = self.desk.state();
        state
            .bought
            .iter_mut()
            .filter(|bought| has(bought, word))
            .for_each(|bought| bought.is_released = true);
        self.desk.changed.notify_all();
    }

    /// From now on every file is gone.
    pub(crate) fn forget_files(&self) {
        self.desk.state().bought.iter_mut().for_each(|bought| bought.script.file = File::Gone);
    }

    /// Everything that was accepted, and so is billed unless it fails for free.
    pub(crate) fn bought(&self) -> Vec<Bought> {
        self.desk.state().bought.clone()
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
        let bought = state.bought.iter().rfind(|bought| has(bought, word)).expect("it was bought");
        video::of(&bought.id)
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

    pub(crate) fn wait_for_file(&self) {
        until("a file is asked for", || self.desk.state().bought.iter().any(|bought| bought.fetched > 0));
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.release();
        let offences = std::mem::take(&mut self.desk.state().offences);
        if !std::thread::panicking() {
            assert!(offences.is_empty(), "asked against the contract: {offences:#?}");
        }
    }
}

impl Bought {
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

fn has(bought: &Bought, word: &str) -> bool {
    bought.word() == word
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        state.asked.push(asked.clone());
        if asked.header("authorization") != Some(&format!("Key {}", self.key)) {
            state.offences.push(format!("without the key: {asked:?}"));
            return Reply::json(401, &json!({"detail": "invalid key credentials"}));
        }
        if asked.method == "POST" {
            return self.submit(state, asked);
        }
        let id = asked.path.split("/requests/").nth(1).unwrap_or_default();
        let (id, what) = id.split_once('/').unwrap_or((id, ""));
        let found = state.bought.iter().find(|bought| bought.id == id).cloned();
        match (found, asked.method.as_str(), what) {
            (Some(bought), "GET", "status") => status(&bought, state.is_open),
            (Some(bought), "GET", "") => result(&bought, &state.files_at),
            _ => {
                state.offences.push(format!("nothing there: {} {}", asked.method, asked.path));
                Reply::json(404, &json!({"status": "NOT_FOUND"}))
            }
        }
    }

    fn submit(&self, mut state: MutexGuard<'_, State>, asked: &Asked) -> Answer {
        state.offences.extend(against_the_contract(asked));
        let mut bought = Bought {
            id: format!("{:08x}-1111-4222-8333-444444444444", state.bought.len() + 1),
            endpoint: asked.path.trim_start_matches('/').to_owned(),
            body: serde_json::from_slice(&asked.body).unwrap_or_default(),
            script: well(),
            is_released: false,
            fetched: 0,
        };
        let word = bought.word();
        let scripted = state.scripts.iter_mut().find(|(known, _)| *known == word);
        bought.script = scripted.and_then(|(_, scripts)| scripts.pop_front()).unwrap_or_else(well);
        let script = bought.script.clone();
        if let Submit::Refused(status, body) = script.submit {
            state.refused.push(bought);
            return Reply::json(status, &body);
        }
        let receipt = receipt(&bought, &state.queue_at);
        state.bought.push(bought);
        match script.submit {
            Submit::Lost => Answer::Nothing,
            Submit::Gateway(status) => Answer::Reply(Reply::new(
                status,
                "text/html",
                "<html><body><h1>Bad Gateway</h1><hr>nginx</body></html>",
            )),
            Submit::Silent => {
                let waited = self.changed.wait_timeout_while(state, PATIENCE, |state| !state.is_open);
                drop(waited);
                Answer::Nothing
            }
            _ => Reply::json(200, &receipt),
        }
    }

    /// On a host of its own, as fal's are.
    fn file(&self, asked: &Asked) -> Answer {
        let mut state = self.state();
        state.asked.push(asked.clone());
        if asked
            .headers
            .iter()
            .any(|(name, value)| name == "authorization" || value.contains(&self.key) && self.key.len() > 8)
        {
            state.offences.push(format!("the key went to the files' host: {asked:?}"));
        }
        let id = asked.path.trim_start_matches("/files/").trim_end_matches(".mp4").to_owned();
        let Some(bought) = state.bought.iter_mut().find(|bought| bought.id == id) else {
            return Reply::json(404, &json!({"detail": "no such file"}));
        };
        bought.fetched += 1;
        let (file, fetched, bytes) = (bought.script.file, bought.fetched, video::of(&id));
        let mut reply = Reply::new(200, "video/mp4", bytes);
        match file {
            File::Gone => reply = Reply::new(404, "text/plain", "gone"),
            File::Torn if fetched == 1 => reply.cut = Some(reply.body.len() / 2),
            File::Stuck => {
                let waited = self.changed.wait_timeout_while(state, PATIENCE, |state| !state.is_open);
                drop(waited);
            }
            _ => {}
        }
        Answer::Reply(reply)
    }
}

/// Every submit pins its model, and none gives up the stored result.
fn against_the_contract(asked: &Asked) -> Vec<String> {
    let mut offences = Vec::new();
    let mut offend = |what: &str| offences.push(format!("{what}: {asked:?}"));
    if asked.header("x-app-fal-disable-fallback") != Some("true") {
        offend("a submit without x-app-fal-disable-fallback");
    }
    if asked.header("x-fal-store-io").is_some() {
        offend("a submit that gives up the stored result");
    }
    if !asked.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
        offend("a submit that is not JSON");
    }
    if serde_json::from_slice::<Value>(&asked.body).is_err() {
        offend("a submit whose body is no JSON");
    }
    if !asked.query.is_empty() {
        offend("a submit with a query");
    }
    offences
}

/// Later calls go to the first two parts of the endpoint.
fn address(bought: &Bought, queue_at: &str) -> String {
    let app: Vec<&str> = bought.endpoint.split('/').take(2).collect();
    format!("{queue_at}/{}/requests/{}", app.join("/"), bought.id)
}

fn receipt(bought: &Bought, queue_at: &str) -> Value {
    let at = address(bought, queue_at);
    json!({
        "status": "IN_QUEUE", "request_id": bought.id, "queue_position": 0, "response_url": at,
        "status_url": format!("{at}/status"), "cancel_url": format!("{at}/cancel"),
    })
}

fn status(bought: &Bought, is_open: bool) -> Answer {
    if bought.script.pace == Pace::Held && !bought.is_released && !is_open {
        return Reply::json(202, &json!({"status": "IN_PROGRESS", "request_id": bought.id, "logs": null}));
    }
    let mut body = json!({"status": "COMPLETED", "request_id": bought.id, "logs": null, "metrics": {"inference_time": 1.0}});
    if let End::Failed(status, error_type, _) = &bought.script.end {
        body["error"] = json!(format!("Invalid status code: {status}"));
        body["error_type"] = json!(error_type);
    }
    Reply::json(200, &body)
}

fn result(bought: &Bought, files_at: &str) -> Answer {
    match &bought.script.end {
        End::Video => {
            let url = format!("{files_at}/files/{}.mp4", bought.id);
            let video = json!({"url": url, "file_name": "output.mp4", "content_type": "video/mp4", "file_size": video::of(&bought.id).len()});
            Reply::json(200, &json!({ "video": video }))
        }
        End::Failed(status, _, body) => Reply::json(*status, body),
        End::NoVideo => Reply::json(200, &json!({"video": null})),
    }
}
