//! At the door: the place that a call means, who may come in, and what a browser is told.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::address::{Meant, PRIVATE, meant};
use super::refusal::Refusal;
use super::{admin, platform_error, refuse, reply};
use crate::sim::service::Service;

mod private_calls;

const TARGET: &str = "x-fal-target-url";
/// Where a client puts a temporary token instead of the key (`@fal-ai/client`, `streaming.ts`).
const TOKEN: &str = "fal_jwt_token";
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
/// A browser need not ask again for a day.
const A_DAY: HeaderValue = HeaderValue::from_static("86400");
/// Chrome asks this before a page of the web may call this machine.
const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The key that every call but a file's must bring, if there is one.
pub(super) type Key = Option<Arc<SecretString>>;

/// Came by a client that takes the simulator for its proxy: a proxy of fal's adds the key itself.
#[derive(Clone, Copy, Debug)]
struct Proxied;

/// Sends the call to the place that it means. fal's own clients can be pointed at a proxy, and then name the address
/// they mean in a header.
pub(super) async fn lead(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let (path, is_proxied) = match where_to(&service, &request) {
        Meant::Here => return next.run(request).await,
        Meant::There(path) => (path, None),
        Meant::Through(path) => (path, Some(Proxied)),
        // As the official proxies answer (`@fal-ai/server-proxy`).
        Meant::Nowhere => return reply(StatusCode::BAD_REQUEST, &json!("Invalid request")),
    };
    let Ok(uri) = path.parse::<Uri>() else {
        return reply(StatusCode::BAD_REQUEST, &json!("Invalid request"));
    };
    *request.uri_mut() = uri;
    is_proxied.map(|mark| request.extensions_mut().insert(mark));
    next.run(request).await
}

fn where_to(service: &Service, request: &Request) -> Meant {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let (host, target) = (text(HOST), text(HeaderName::from_static(TARGET)));
    meant(host, path, target, &[service.origins.queue.as_str(), service.origins.files.as_str()])
}

/// Lets in who brings the key, or need not.
pub(super) async fn authorize(
    State((key, service)): State<(Key, Arc<Service>)>,
    request: Request,
    next: Next,
) -> Response {
    let is_proxied = request.extensions().get::<Proxied>().is_some();
    if is_proxied
        || key.is_none_or(|key| brings(request.headers(), &key))
        || has_token(&service, request.uri())
    {
        return next.run(request).await;
    }
    let path = request.uri().path().trim_start_matches('/').to_owned();
    if path.starts_with("_sim/") {
        let problem = "this simulator was given a key; bring it as `Authorization: Key …`";
        return admin::wrong(StatusCode::UNAUTHORIZED, &[problem.to_owned()]);
    }
    if path.starts_with("v1/") {
        return platform_error(StatusCode::UNAUTHORIZED, "authorization_error", "Invalid key credentials");
    }
    refuse(&service, &path, Refusal::bad_key()).await
}

fn brings(headers: &HeaderMap, key: &SecretString) -> bool {
    let sent = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    sent.and_then(|value| value.strip_prefix("Key ")) == Some(key.expose_secret())
}

fn has_token(service: &Service, uri: &Uri) -> bool {
    let params = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let mut tokens = params.filter(|(name, _)| *name == TOKEN).map(|(_, token)| token);
    tokens.any(|token| service.tokens.opens(token, uri.path()))
}

/// Lets pages of any origin make a model's calls, and read what fal says in headers.
pub(super) async fn open_to_browsers(request: Request, next: Next) -> Response {
    let is_private = PRIVATE.iter().any(|start| request.uri().path().starts_with(start));
    if is_private && !private_calls::are_open_to(request.headers()) {
        let problem =
            "only programs and pages of this machine may ask this, and by its own name, such as localhost";
        return admin::wrong(StatusCode::FORBIDDEN, &[problem.to_owned()]);
    }
    let is_question =
        *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_question { permission(request.headers()) } else { next.run(request).await };
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    response
}

fn permission(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, A_DAY);
    headers.insert(PRIVATE_NETWORK, HeaderValue::from_static("true"));
    // By name: `*` would not cover `Authorization`.
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}
