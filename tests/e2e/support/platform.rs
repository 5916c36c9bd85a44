//! fal's platform as far as prices and the history of requests go, and an account of what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::queue::{Bought, Queue};
use super::server::{Answer, Asked, Reply, Server};

pub(crate) struct Platform {
    server: Server,
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    /// What the question for prices is answered.
    prices: (u16, String),
    listed: Vec<Value>,
    /// Of a queue that the history follows.
    account: Option<Box<dyn Fn() -> Vec<Bought> + Send>>,
    /// Requests a page.
    page: usize,
    /// What every page of the history after so many is answered.
    broken: Option<(usize, u16, String)>,
    /// Is the history kept waiting for its answer?
    is_held: bool,
    asked: Vec<Asked>,
}

impl Platform {
    /// Knows these prices a second, by endpoint.
    pub(crate) fn start(prices: &[(&str, f64)]) -> Self {
        let price = |(endpoint, usd): &(&str, f64)| json!({"endpoint_id": endpoint, "unit_price": usd, "unit": "second", "currency": "USD"});
        let prices: Vec<Value> = prices.iter().map(price).collect();
        Self::answering(200, &json!({"prices": prices, "next_cursor": null, "has_more": false}).to_string())
    }

    /// Answers the question for prices so.
    pub(crate) fn answering(status: u16, body: &str) -> Self {
        let prices = (status, body.to_owned());
        let desk = Desk {
            prices,
            listed: Vec::new(),
            account: None,
            page: 1,
            broken: None,
            is_held: false,
            asked: Vec::new(),
        };
        let desk = Arc::new(Mutex::new(desk));
        let all = Arc::clone(&desk);
        let server = Server::start(0, move |one| {
            all.lock().unwrap().asked.push(one.clone());
            while one.path == HISTORY && all.lock().unwrap().is_held {
                std::thread::sleep(Duration::from_millis(5));
            }
            all.lock().unwrap().answer(one)
        });
        Self { server, desk }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.desk.lock().unwrap().asked.clone()
    }

    /// The questions for the history.
    pub(crate) fn asked_back(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == HISTORY).collect()
    }

    /// From now on the history lists this purchase, as sent just now.
    pub(crate) fn list(&self, bought: &Bought) {
        self.list_with(bought, 0, |_| {});
    }

    /// From now on it lists this one as a success, sent just now.
    pub(crate) fn list_done(&self, bought: &Bought) {
        self.list_with(bought, 0, |item| item["status_code"] = json!(200));
    }

    /// From now on the history lists whatever the queue has accepted, twenty a page as fal's does.
    pub(crate) fn follow(&self, queue: &Queue) {
        let mut desk = self.desk.lock().unwrap();
        desk.account = Some(Box::new(queue.account()));
        desk.page = 20;
    }

    /// The same, sent so many minutes later, and with a change.
    pub(crate) fn list_with(&self, bought: &Bought, minutes: i64, change: impl FnOnce(&mut Value)) {
        let at = Timestamp::now() + SignedDuration::from_mins(minutes);
        let mut item = item(bought, at);
        change(&mut item);
        self.desk.lock().unwrap().listed.push(item);
    }

    /// From now on every page of the history after the first so many is this.
    pub(crate) fn break_history(&self, after: usize, status: u16, body: &str) {
        self.desk.lock().unwrap().broken = Some((after, status, body.to_owned()));
    }

    /// From now on a question for the history waits for its answer.
    pub(crate) fn hold_history(&self) {
        self.desk.lock().unwrap().is_held = true;
    }

    pub(crate) fn release_history(&self) {
        self.desk.lock().unwrap().is_held = false;
    }

    pub(crate) fn mend_history(&self) {
        self.desk.lock().unwrap().broken = None;
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.release_history();
    }
}

fn item(bought: &Bought, at: Timestamp) -> Value {
    json!({
        "request_id": bought.id, "endpoint_id": bought.endpoint, "sent_at": at, "started_at": at,
        "ended_at": null, "status_code": null, "duration": null, "json_input": bought.body, "json_output": null,
    })
}

const HISTORY: &str = "/v1/models/requests/by-endpoint";

impl Desk {
    fn answer(&self, asked: &Asked) -> Answer {
        match asked.path.as_str() {
            "/v1/models/pricing" => {
                Answer::Reply(Reply::new(self.prices.0, "application/json", self.prices.1.as_str()))
            }
            HISTORY => self.history(&asked.query),
            _ => Reply::json(404, &json!({"error": {"type": "not_found", "message": "no such call"}})),
        }
    }

    /// The newest first, by default one a page, so that whoever reads one page only misses most of it.
    fn history(&self, query: &str) -> Answer {
        let query: BTreeMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let time = |name: &str| query.get(name).map(|time| time.parse::<Timestamp>().unwrap());
        let (now, by_id) = (Timestamp::now(), query.get("request_id"));
        let hours = if by_id.is_some() { 90 * 24 } else { 24 };
        let window =
            time("start").unwrap_or(now - SignedDuration::from_hours(hours))..=time("end").unwrap_or(now);
        let at = |item: &Value| item["sent_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
        let within = |item: &&Value| {
            item["endpoint_id"] == query["endpoint_id"]
                && window.contains(&at(item))
                && by_id.is_none_or(|id| item["request_id"] == **id)
        };
        let account = self.account.iter().flat_map(|account| account());
        let account: Vec<Value> = account.map(|bought| item(&bought, bought.at)).collect();
        let mut found: Vec<Value> = self.listed.iter().chain(&account).filter(within).cloned().collect();
        found.sort_by_key(|item| std::cmp::Reverse(at(item)));
        if query.get("expand").is_none_or(|expand| expand != "payloads") {
            for item in &mut found {
                item["json_input"] = Value::Null;
            }
        }
        let page: usize = query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
        if let Some((after, status, body)) = &self.broken
            && page >= *after
        {
            return Answer::Reply(Reply::new(*status, "application/json", body.as_str()));
        }
        let (has_more, items) =
            ((page + 1) * self.page < found.len(), found.into_iter().skip(page * self.page).take(self.page));
        let next = has_more.then(|| (page + 1).to_string());
        Reply::json(
            200,
            &json!({"items": items.collect::<Vec<_>>(), "has_more": has_more, "next_cursor": next}),
        )
    }
}
