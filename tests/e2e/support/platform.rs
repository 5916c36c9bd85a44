//! fal's platform as far as prices go, and an account of what it was asked.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::server::{Answer, Asked, Reply, Server};

pub(crate) struct Platform {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
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
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (all, body) = (Arc::clone(&asked), body.to_owned());
        let server = Server::start(0, move |one| {
            all.lock().unwrap().push(one.clone());
            answer(one, status, &body)
        });
        Self { server, asked }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(asked: &Asked, status: u16, body: &str) -> Answer {
    if asked.path != "/v1/models/pricing" {
        return Reply::json(404, &json!({"error": {"type": "not_found", "message": "no such call"}}));
    }
    Answer::Reply(Reply::new(status, "application/json", body))
}
