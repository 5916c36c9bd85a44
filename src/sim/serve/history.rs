//! Which requests a page of the history holds. A request appears once it has begun: what still waits is not listed,
//! since fal promises a beginning with every item.

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::params::{Params, endpoints, limit, one, values};
use crate::sim::job::Job;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;
/// fal's window where no start is given, and where one request is asked for.
const DEFAULT_WINDOW: SignedDuration = SignedDuration::from_hours(24);
const WINDOW_BY_ID: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payloads {
    Shown,
    Hidden,
}

#[derive(Clone, Copy, Debug)]
enum Sort {
    EndedAt,
    Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Success,
    Error,
    UserError,
}

#[derive(Clone, Debug)]
pub(super) struct Filter {
    endpoints: Vec<String>,
    start: Timestamp,
    end: Timestamp,
    class: Option<Class>,
    /// None for a text that is no id; any where empty.
    ids: Vec<Option<Uuid>>,
    limit: usize,
    after: Option<Key>,
    sort: Sort,
    pub(super) payloads: Payloads,
}

/// The place of a request in the order of pages; a page goes on after the last one's, whatever has happened since.
type Key = (i64, Uuid);

#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) jobs: Vec<&'a Job>,
    /// The next page's cursor, where there is one.
    pub(super) next: Option<String>,
}

impl Filter {
    pub(super) fn read(params: &Params, now: Timestamp) -> Result<Self, String> {
        let one = |name| one(params, name);
        let ids: Vec<_> = one("request_id").iter().map(|id| id.parse().ok()).collect();
        let window = if ids.is_empty() { DEFAULT_WINDOW } else { WINDOW_BY_ID };
        Ok(Self {
            endpoints: endpoints(params)?.into_iter().map(str::to_owned).collect(),
            start: one("start").map_or(Ok(now - window), instant)?,
            end: one("end").map_or(Ok(now), instant)?,
            class: one("status").map(class).transpose()?,
            limit: limit(params, DEFAULT_LIMIT, MAX_LIMIT)?,
            after: one("cursor").map(key_of).transpose()?,
            sort: one("sort_by").map_or(Ok(Sort::EndedAt), sort)?,
            payloads: if values(params, "expand").contains(&"payloads") {
                Payloads::Shown
            } else {
                Payloads::Hidden
            },
            ids,
        })
    }

    fn holds(&self, job: &Job) -> bool {
        let submission = &job.submission;
        let begun = job.started().is_some_and(|at| self.start <= at && at <= self.end);
        let class = |wanted| job.ending().map(|ending| class_of(ending.outcome.code())) == Some(wanted);
        begun
            && self.endpoints.contains(&submission.endpoint)
            && self.class.is_none_or(class)
            && (self.ids.is_empty() || self.ids.contains(&Some(submission.id)))
    }

    /// What still runs comes before everything that has ended.
    fn key(&self, job: &Job) -> Key {
        let (started, ended) = (job.started(), job.ending().map(|ending| ending.at));
        let rank = match self.sort {
            Sort::EndedAt => ended.map(Timestamp::as_microsecond),
            Sort::Duration => {
                started.zip(ended).map(|(from, to)| to.as_microsecond() - from.as_microsecond())
            }
        };
        (rank.unwrap_or(i64::MAX), job.submission.id)
    }
}

/// Latest or longest first.
pub(super) fn page<'a>(jobs: impl Iterator<Item = &'a Job>, filter: &Filter) -> Page<'a> {
    let mut found: Vec<(Key, &Job)> =
        jobs.filter(|job| filter.holds(job)).map(|job| (filter.key(job), job)).collect();
    found.retain(|(key, _)| filter.after.is_none_or(|after| *key < after));
    let more = found.len() > filter.limit;
    if more {
        // A page of thousands needs no order among those that are not on it.
        found.select_nth_unstable_by_key(filter.limit, |(key, _)| Reverse(*key));
        found.truncate(filter.limit);
    }
    found.sort_unstable_by_key(|(key, _)| Reverse(*key));
    let next = found.last().filter(|_| more).map(|((rank, id), _)| format!("{rank}_{id}"));
    Page { jobs: found.into_iter().map(|(_, job)| job).collect(), next }
}

fn key_of(cursor: &str) -> Result<Key, String> {
    let key = cursor.split_once('_').and_then(|(rank, id)| Some((rank.parse().ok()?, id.parse().ok()?)));
    key.ok_or_else(|| "cursor is not one that was given".to_owned())
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().and_then(|day| day.to_zoned(TimeZone::UTC)).map(|day| day.timestamp());
    text.parse().or_else(|_| day()).map_err(|_| format!("{text} is no date in ISO 8601"))
}

fn sort(text: &str) -> Result<Sort, String> {
    match text {
        "ended_at" => Ok(Sort::EndedAt),
        "duration" => Ok(Sort::Duration),
        _ => Err("sort_by is ended_at or duration".to_owned()),
    }
}

fn class(text: &str) -> Result<Class, String> {
    match text {
        "success" => Ok(Class::Success),
        "error" => Ok(Class::Error),
        "user_error" => Ok(Class::UserError),
        _ => Err("status is success, error or user_error".to_owned()),
    }
}

fn class_of(code: u16) -> Class {
    match code {
        ..400 => Class::Success,
        400..500 => Class::UserError,
        500.. => Class::Error,
    }
}
