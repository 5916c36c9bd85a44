//! Waits for as long as things are to take, at the simulator's speed.

use uuid::Uuid;

use super::Service;
use crate::sim::faults::Met;
use crate::sim::latency::Stage;

impl Service {
    /// For as long as this stage takes the request.
    pub(super) async fn pass(&self, stage: Stage, id: Uuid) {
        let payload = self.queue().job(id).map(|job| job.submission.payload);
        if let Some(payload) = payload {
            tokio::time::sleep(self.speed.real(self.draws.of(stage, payload))).await;
        }
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
}
