//! Waits for as long as things are to take, at the simulator's speed.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::Service;
use crate::sim::faults::Met;
use crate::sim::latency::Stage;

impl Service {
    /// Keeps a request from beginning for as long as it is to wait. What waited at a restart has waited.
    pub(super) fn hold_back(self: &Arc<Self>, id: Uuid) {
        let wait = self.length(Stage::Queue, id);
        if wait.is_zero() {
            return;
        }
        self.queue().hold(id);
        let service = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            service.queue().free(id);
            service.fill();
        });
    }

    /// For as long as the request is to run.
    pub(super) async fn run_out(&self, id: Uuid) {
        tokio::time::sleep(self.length(Stage::Run, id)).await;
    }

    /// Until the call that has just come in is heard.
    pub(in crate::sim) async fn hear(&self) {
        let wait = self.speed.real(self.draws.of_call());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// For as long as the fault lasts.
    pub(in crate::sim) async fn endure(&self, met: Met) {
        tokio::time::sleep(self.speed.real(met.lasts)).await;
    }

    /// How long this stage really takes the request.
    fn length(&self, stage: Stage, id: Uuid) -> Duration {
        let payload = self.queue().job(id).map(|job| job.submission.payload);
        payload.map_or(Duration::ZERO, |payload| self.speed.real(self.draws.of(stage, payload)))
    }
}
