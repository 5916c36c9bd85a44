//! What the scripted queue answers, and the account it keeps.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::script::{End, File, Pace, Say, Script, Submit, well};
use super::super::server::{Answer, Asked, Reply};
use super::super::{PATIENCE, video};
use super::Bought;

pub(super) struct Desk {
    key: String,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) scripts: Vec<(String, VecDeque<Script>)>,
    pub(super) bought: Vec<Bought>,
    pub(super) refused: Vec<Bought>,
    pub(super) asked: Vec<Asked>,
    pub(super) offences: Vec<String>,
    pub(super) files_at: String,
    pub(super) queue_at: String,
    pub(super) is_open: bool,
    /// What every submit is refused with.
    pub(super) locked: Option<String>,
}

impl Desk {
    pub(super) fn new(key: &str) -> Self {
        Self { key: key.to_owned(), state: Mutex::default(), changed: Condvar::new() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the queue itself is asked.
    pub(super) fn answer(self: &Arc<Self>, asked: &Asked) -> Answer {
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
        let (is_open, files_at) = (state.is_open, state.files_at.clone());
        let found = state.bought.iter_mut().find(|bought| bought.id == id);
        match (found, asked.method.as_str(), what) {
            (Some(bought), "GET", "status") => {
                let say = bought.script.looks.get(bought.looked).cloned();
                self.instead(say, status(bought, is_open))
            }
            (Some(bought), "GET", "") => {
                let say = bought.script.results.get(bought.answered).cloned();
                let usual = billed(result(bought, &files_at, is_open), bought.units(is_open));
                self.instead(say, usual)
            }
            _ => {
                state.offences.push(format!("nothing there: {} {}", asked.method, asked.path));
                Reply::json(404, &json!({"status": "NOT_FOUND"}))
            }
        }
    }

    pub(super) fn release(&self) {
        self.state().is_open = true;
        self.changed.notify_all();
    }

    fn wait_for_release(&self) {
        drop(self.changed.wait_timeout_while(self.state(), PATIENCE, |state| !state.is_open));
    }

    fn instead(self: &Arc<Self>, say: Option<Say>, usual: Answer) -> Answer {
        match (say, usual) {
            (Some(Say::Raw(pieces)), _) => Answer::Raw(pieces),
            (Some(Say::Nothing), _) => Answer::Nothing,
            (Some(Say::Silence), _) => {
                let desk = Arc::clone(self);
                Answer::Silence(Box::new(move || desk.wait_for_release()))
            }
            (Some(Say::Endless(head, piece)), _) => Answer::Endless(head, piece),
            (Some(Say::Short(missing)), Answer::Reply(mut reply)) => {
                reply.cut = Some(reply.body.len().saturating_sub(missing));
                Answer::Reply(reply)
            }
            (Some(Say::Less(missing)), Answer::Reply(mut reply)) => {
                reply.body.truncate(reply.body.len().saturating_sub(missing));
                Answer::Reply(reply)
            }
            (Some(Say::Unmeasured), Answer::Reply(reply)) => unmeasured(&reply),
            (_, usual) => usual,
        }
    }

    fn submit(self: &Arc<Self>, mut state: MutexGuard<'_, State>, asked: &Asked) -> Answer {
        state.offences.extend(against_the_contract(asked));
        let mut bought = Bought {
            id: format!("{:08x}-1111-4222-8333-444444444444", state.bought.len() + 1),
            at: Timestamp::now(),
            endpoint: asked.path.trim_start_matches('/').to_owned(),
            body: serde_json::from_slice(&asked.body).unwrap_or_default(),
            webhook: webhook(asked),
            script: well(),
            is_released: false,
            looked: 0,
            answered: 0,
            fetched: 0,
        };
        let word = bought.word();
        let scripted = state.scripts.iter_mut().find(|(known, _)| *known == word);
        bought.script = scripted.and_then(|(_, scripts)| scripts.pop_front()).unwrap_or_else(well);
        let script = bought.script.clone();
        if let Some(detail) = state.locked.clone() {
            state.refused.push(bought);
            return Reply::json(403, &json!({ "detail": detail }));
        }
        if let Submit::Refused(status, body) = script.submit {
            state.refused.push(bought);
            return Reply::json(status, &body);
        }
        if let Submit::No(say) = script.submit {
            state.refused.push(bought);
            return self.instead(Some(say), Answer::Nothing);
        }
        let links_at = if script.submit == Submit::Astray { &state.files_at } else { &state.queue_at };
        let receipt = receipt(&bought, links_at);
        state.bought.push(bought);
        match script.submit {
            Submit::Lost => Answer::Nothing,
            Submit::Say(say) => self.instead(Some(say), Reply::json(200, &receipt)),
            Submit::Page(status, page) => Answer::Reply(Reply::new(status, "text/html", page)),
            Submit::Slow(time) => {
                drop(state);
                std::thread::sleep(time);
                Reply::json(200, &receipt)
            }
            Submit::Silent => {
                drop(state);
                self.wait_for_release();
                Answer::Nothing
            }
            _ => Reply::json(200, &receipt),
        }
    }

    /// Files lie on a host of their own, as fal's do.
    pub(super) fn file(self: &Arc<Self>, asked: &Asked) -> Answer {
        let mut state = self.state();
        state.asked.push(asked.clone());
        if asked.header("authorization").is_some() {
            state.offences.push(format!("the key went to the files' host: {asked:?}"));
        }
        let id = asked.path.trim_start_matches("/files/").trim_end_matches(".mp4").to_owned();
        let Some(bought) = state.bought.iter_mut().find(|bought| bought.id == id) else {
            return Reply::json(404, &json!({"detail": "no such file"}));
        };
        let say = bought.script.files.get(bought.fetched).cloned();
        bought.fetched += 1;
        let (file, fetched, bytes) = (bought.script.file, bought.fetched, bought.film());
        let mut reply = Reply::new(200, "video/mp4", bytes);
        match file {
            File::Gone => reply = Reply::new(404, "text/plain", "gone"),
            File::Another => reply.body = video::of("another", 3041),
            File::Forbidden => reply = Reply::new(403, "text/plain", "blocked"),
            File::Page => reply = Reply::new(200, "text/html", "<html>sign in</html>"),
            File::Ranged => ranged(&mut reply, asked, "\"one\""),
            File::Editions => ranged(&mut reply, asked, &format!("\"{fetched}\"")),
            File::Torn if fetched == 1 => reply.cut = Some(reply.body.len() / 2),
            File::Stuck => {
                let desk = Arc::clone(self);
                reply.halfway = Some(Box::new(move || desk.wait_for_release()));
            }
            _ => {}
        }
        self.instead(say, Answer::Reply(reply))
    }
}

/// Ends where the connection does.
fn unmeasured(reply: &Reply) -> Answer {
    let head = format!("HTTP/1.1 {} as scripted\r\nconnection: close\r\n\r\n", reply.status);
    let pieces = reply.body.chunks(reply.body.len().div_ceil(16).max(1)).map(<[u8]>::to_vec);
    Answer::Raw(std::iter::once(head.into_bytes()).chain(pieces).collect())
}

/// The rest, where it is asked for and of the same edition.
fn ranged(reply: &mut Reply, asked: &Asked, etag: &str) {
    reply.headers.push(("etag", etag.to_owned()));
    reply.headers.push(("accept-ranges", "bytes".to_owned()));
    let from =
        asked.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let Some(from) = from.filter(|_: &usize| asked.header("if-range") == Some(etag)) else { return };
    let all = reply.body.len();
    reply.status = 206;
    reply.headers.push(("content-range", format!("bytes {from}-{}/{all}", all - 1)));
    reply.body.drain(..from);
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
    if !asked.query.is_empty() && webhook(asked).is_none() {
        offend("a submit with a query of something else than a webhook");
    }
    offences
}

/// The one thing that a submit's query may hold.
fn webhook(asked: &Asked) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(asked.query.as_bytes()).into_owned();
    let (name, value) = pairs.next().filter(|_| pairs.next().is_none())?;
    (name == "fal_webhook").then_some(value)
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

fn status(bought: &mut Bought, is_open: bool) -> Answer {
    bought.looked += 1;
    if let (Pace::Shaky, Some(answer)) = (bought.script.pace, shaky(bought)) {
        return answer;
    }
    if bought.script.pace == Pace::Denied && !is_open {
        return Reply::json(404, &json!({"status": "NOT_FOUND"}));
    }
    if bought.script.pace == Pace::Held && !bought.is_released && !is_open {
        return Reply::json(202, &json!({"status": "IN_PROGRESS", "request_id": bought.id, "logs": null}));
    }
    if let Pace::After(looks) = bought.script.pace
        && bought.looked <= looks
    {
        return Reply::json(202, &json!({"status": "IN_PROGRESS", "request_id": bought.id, "logs": null}));
    }
    let mut body = json!({"status": "COMPLETED", "request_id": bought.id, "logs": null, "metrics": {"inference_time": 1.0}});
    if let End::Failed(status, error_type, _) = &bought.script.end
        && !error_type.is_empty()
    {
        body["error"] = json!(format!("Invalid status code: {status}"));
        body["error_type"] = json!(error_type);
    }
    Reply::json(200, &body)
}

/// The first looks are met by everything but an answer.
fn shaky(bought: &Bought) -> Option<Answer> {
    let page = |status, text: &str| Answer::Reply(Reply::new(status, "text/html", text));
    match bought.looked {
        1 => Some(page(502, "<html>nginx</html>")),
        2 => Some(Answer::Nothing),
        3 => Some(Reply::json(404, &json!({"status": "NOT_FOUND"}))),
        4 => Some(page(200, "")),
        5 => Some(page(200, "{\"status\": \"IN_PRO")),
        6 => Some(Reply::json(200, &json!({"status": "REHEARSING"}))),
        7 => Some(Reply::json(429, &json!({"detail": "slow down"}))),
        _ => None,
    }
}

fn result(bought: &mut Bought, files_at: &str, is_open: bool) -> Answer {
    bought.answered += 1;
    match &bought.script.end {
        End::Failed(status, _, body) => Reply::json(*status, body),
        End::Late if bought.answered < 3 => {
            Answer::Reply(Reply::new(500, "text/html", "<html>Internal Server Error</html>"))
        }
        End::Once if bought.answered > 1 && !is_open => {
            Answer::Reply(Reply::new(503, "text/html", "<html>Service Unavailable</html>"))
        }
        End::Video | End::Late | End::Once | End::Odd(_) => video_of(bought, files_at),
        End::NoVideo => Reply::json(200, &json!({"video": null})),
    }
}

fn billed(mut answer: Answer, units: Option<String>) -> Answer {
    if let (Answer::Reply(reply), Some(units)) = (&mut answer, units) {
        reply.headers.push(("x-fal-billable-units", units));
    }
    answer
}

fn video_of(bought: &Bought, files_at: &str) -> Answer {
    let (url, size) = (format!("{files_at}/files/{}.mp4", bought.id), bought.film().len());
    let mut video =
        json!({"url": url, "file_name": "output.mp4", "content_type": "video/mp4", "file_size": size});
    if let End::Odd(Value::Object(fields)) = &bought.script.end {
        video.as_object_mut().unwrap().extend(fields.clone());
    }
    Reply::json(200, &json!({ "video": video }))
}
