//! Around every call that fal has: lets it take its time. The simulator's own calls are answered at once.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::sim::service::Service;

pub(super) async fn witness(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/_sim/") {
        service.hear().await;
    }
    next.run(request).await
}
