//! The status as a stream of server-sent events: one whenever it changes, the last when the request is finished.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::queue_calls::{Logs, status_body};
use crate::sim::service::Service;

/// How often fal sends a comment to keep a silent stream open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Watcher {
    service: Arc<Service>,
    changes: watch::Receiver<()>,
    id: Uuid,
    logs: Logs,
    last: Value,
}

pub(super) fn statuses(service: Arc<Service>, id: Uuid, logs: Logs) -> Response {
    let changes = service.changes();
    let watcher = Watcher { service, changes, id, logs, last: Value::Null };
    Sse::new(events(watcher)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

fn events(watcher: Watcher) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(watcher, |mut watcher| async {
        let body = watcher.next().await?;
        Some((Ok(Event::default().data(body.to_string())), watcher))
    })
}

impl Watcher {
    /// The next status that differs from the last one. None after the end.
    async fn next(&mut self) -> Option<Value> {
        while self.last["status"] != "COMPLETED" {
            let job = self.service.queue().job(self.id).cloned()?;
            let body = status_body(&self.service, &job, self.logs);
            if body != self.last {
                self.last = body.clone();
                return Some(body);
            }
            self.changes.changed().await.ok()?;
        }
        None
    }
}
