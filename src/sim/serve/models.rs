//! `GET /v1/models`: the catalog as fal's platform lists, finds and searches models.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::params::{MAX_ENDPOINTS, Params, first, invalid, limit, one, values};
use super::reply;
use crate::catalog::Model;
use crate::sim::service::Service;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

#[derive(Debug)]
struct Asked<'a> {
    ids: Vec<&'a str>,
    text: Option<String>,
    category: Option<&'a str>,
    status: Option<&'a str>,
    first: usize,
    limit: usize,
    wants_schema: bool,
}

pub(super) async fn models(State(service): State<Arc<Service>>, Query(params): Query<Params>) -> Response {
    let asked = match Asked::read(&params) {
        Ok(asked) => asked,
        Err(message) => return invalid(&message),
    };
    let found: Vec<&Arc<Model>> =
        service.catalog.models().iter().filter(|model| asked.wants(model)).collect();
    let page: Vec<Value> =
        found.iter().skip(asked.first).take(asked.limit).map(|model| asked.item(model)).collect();
    let end = asked.first + page.len();
    let next = (end < found.len()).then(|| end.to_string());
    let body = json!({ "models": page, "has_more": next.is_some(), "next_cursor": next });
    reply(StatusCode::OK, &body)
}

impl<'a> Asked<'a> {
    fn read(params: &'a Params) -> Result<Self, String> {
        let one = |name| one(params, name);
        let ids = values(params, "endpoint_id");
        if ids.len() > MAX_ENDPOINTS {
            return Err(format!("at most {MAX_ENDPOINTS} endpoint_id may be given, not {}", ids.len()));
        }
        let status = one("status");
        if status.is_some_and(|status| !matches!(status, "active" | "deprecated")) {
            return Err("status is active or deprecated".to_owned());
        }
        Ok(Self {
            ids,
            text: one("q").map(str::to_lowercase),
            category: one("category"),
            status,
            first: first(params)?,
            limit: limit(params, DEFAULT_LIMIT, MAX_LIMIT)?,
            wants_schema: values(params, "expand").contains(&"openapi-3.0"),
        })
    }

    fn wants(&self, model: &Model) -> bool {
        let contains =
            |text: &String| format!("{} {}", model.title, model.endpoint).to_lowercase().contains(text);
        (self.ids.is_empty() || self.ids.contains(&model.endpoint.as_str()))
            && self.text.as_ref().is_none_or(contains)
            && self.category.is_none_or(|category| category == category_of(model))
            && self.status != Some("deprecated")
    }

    fn item(&self, model: &Model) -> Value {
        let mut item = json!({ "endpoint_id": model.endpoint, "metadata": metadata(model) });
        if self.wants_schema {
            let message = "The simulator has no OpenAPI schemas; it validates by its catalog";
            item["openapi"] = json!({ "error": { "code": "expansion_failed", "message": message } });
        }
        item
    }
}

/// fal's categories are what the ids of these models end with.
fn category_of(model: &Model) -> &str {
    model.endpoint.rsplit('/').next().unwrap_or_default()
}

fn metadata(model: &Model) -> Value {
    // The day on which the catalog's numbers were read last.
    let read = model.sources.values().map(|source| source.date).max();
    let at = read.map(|day| format!("{day}T00:00:00Z"));
    json!({
        "display_name": model.title, "category": category_of(model), "description": model.title,
        "status": "active", "tags": [], "updated_at": at, "date": at, "is_favorited": null, "thumbnail_url": "",
        "model_url": format!("https://fal.run/{}", model.endpoint), "highlighted": false, "pinned": false,
        "kind": "inference",
    })
}
