//! The status as a stream of server-sent events: one whenever it changes, with what was logged since, the last when the
//! request is finished.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream};
use serde_json::Value;
use tokio::sync::watch::Receiver;
use uuid::Uuid;

use super::super::spoilt;
use super::status::{Logs, log_lines, status_body, told};
use crate::sim::faults::Call;
use crate::sim::job::Job;
use crate::sim::service::Service;

/// How often fal sends a comment to keep a silent stream open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often one who waits hears of its place: a thousand who all heard of every step would keep the machine busy.
const POSITIONS: Duration = Duration::from_millis(500);

struct Watcher {
    service: Arc<Service>,
    /// None where the request had ended already.
    changes: Option<Receiver<()>>,
    id: Uuid,
    logs: Logs,
    /// How many lines of the log were told.
    told: usize,
    /// The last status, without logs.
    last: Value,
}

pub(super) fn stream(service: &Arc<Service>, job: &Job, logs: Logs) -> Response {
    match service.meet(Call::Stream, job) {
        Some(met) => {
            let first = status_body(service, job, &told(job, logs));
            spoilt::under(met, spoilt::stream(service, met, &first))
        }
        None => statuses(Arc::clone(service), job.submission.id, logs),
    }
}

fn statuses(service: Arc<Service>, id: Uuid, logs: Logs) -> Response {
    let changes = service.changes(id);
    let watcher = Watcher { service, changes, id, logs, told: 0, last: Value::Null };
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
            let bare = status_body(&self.service, &job, &Value::Null);
            if bare != self.last {
                self.last = bare;
                let news = self.news(&job);
                return Some(status_body(&self.service, &job, &news));
            }
            self.change().await;
        }
        None
    }

    /// What was logged since the last time.
    fn news(&mut self, job: &Job) -> Value {
        if self.logs == Logs::Hidden {
            return Value::Null;
        }
        let lines = log_lines(job);
        let told = std::mem::replace(&mut self.told, lines.len());
        lines.into_iter().skip(told).collect()
    }

    async fn change(&mut self) {
        let Some(changes) = &mut self.changes else { return };
        if self.last["status"] == "IN_QUEUE" {
            // Its place changes with others', which nobody tells it.
            let _ = tokio::time::timeout(POSITIONS, changes.changed()).await;
        } else {
            let _ = changes.changed().await;
        }
    }
}
