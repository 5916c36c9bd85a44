//! The body of a finished request's result, with the address of its video.

use serde_json::Value;

use super::Service;
use crate::sim::answer::answer;
use crate::sim::job::{Job, Outcome};
use crate::sim::lock;

impl Service {
    /// The body of a finished request's result. None while it is not finished.
    pub(in crate::sim) fn output(&self, job: &Job) -> Option<Value> {
        let outcome = &job.ending()?.outcome;
        let Outcome::Filmed { bytes, .. } = outcome else { return outcome.error_body() };
        let pointer = self.pointer(&job.submission.endpoint);
        let id = job.submission.id;
        let edition = if lock(&self.dead).contains(&id) { "?edition=2" } else { "" };
        let url = format!("{}/files/{id}/output.mp4{edition}", self.origins.files);
        Some(answer(pointer, &url, *bytes))
    }

    /// Where the video's address is in the answer.
    pub(in crate::sim) fn pointer(&self, endpoint: &str) -> &str {
        self.catalog.model(endpoint).map_or("/video/url", |model| &model.video)
    }
}
