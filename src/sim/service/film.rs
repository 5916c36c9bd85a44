//! The videos of requests: how a request that runs ends, and the file that one which ended has.

use std::sync::Arc;

use uuid::Uuid;

use super::Service;
use crate::sim::Size;
use crate::sim::animatic;
use crate::sim::clip::clip;
use crate::sim::films::Video;
use crate::sim::input::{self, Film};
use crate::sim::job::{Job, Outcome, Submission};
use crate::usd::Usd;

impl Service {
    pub(super) async fn outcome(&self, id: Uuid) -> Outcome {
        let filed = self.queue().job(id).map(|job| job.submission.clone());
        let Some(submission) = filed.and_then(|filed| self.submission(&filed)) else {
            return Outcome::Failed("the simulator's journal was changed by somebody else".to_owned());
        };
        let Some(model) = self.catalog.model(&submission.endpoint) else {
            return Outcome::Failed(format!("no model {} is simulated", submission.endpoint));
        };
        let film = match input::read(model, &submission.input) {
            Ok(film) => film,
            Err(flaws) => return Outcome::Invalid(flaws),
        };
        if let Some(bad_end) = submission.bad_end {
            return bad_end.outcome();
        }
        let seconds = film.seconds();
        let usd = model.cost(film.audio, seconds).unwrap_or(Usd::ZERO);
        match self.make(&submission, &film).await {
            Ok(video) => {
                let bytes = video.bytes.len() as u64;
                let blake3 = Some(video.blake3.clone());
                self.keep(id, video);
                Outcome::Filmed { bytes, seconds, usd, blake3 }
            }
            Err(why) => Outcome::Failed(why),
        }
    }

    /// The video of a finished request: as made, or made again. None where there is none.
    pub(in crate::sim) async fn video(&self, id: Uuid) -> Option<Result<Video, String>> {
        let filmed = |job: &&Job| job.ending().is_some_and(|e| matches!(e.outcome, Outcome::Filmed { .. }));
        let job = self.queue().job(id).filter(filmed)?.clone();
        if !self.keeps_file(&job) {
            return None;
        }
        match self.stock.footage.clone().or_else(|| self.films.get(id)) {
            Some(video) => Some(Ok(video)),
            None => Some(self.make_again(self.submission(&job.submission)?).await),
        }
    }

    async fn make_again(&self, submission: Submission) -> Result<Video, String> {
        let gone = || format!("no model {} is simulated", submission.endpoint);
        let model = self.catalog.model(&submission.endpoint).ok_or_else(gone)?;
        let film = input::read(model, &submission.input)
            .map_err(|_| format!("{} has other rules than when this was made", submission.endpoint))?;
        let video = self.make(&submission, &film).await?;
        self.keep(submission.id, video.clone());
        Ok(video)
    }

    fn keep(&self, id: Uuid, video: Video) {
        if self.stock.footage.is_none() {
            self.films.keep(id, video);
        }
    }

    /// Encodes on a thread beside, so that no client waits for it. What else waits there, such as for the name of a
    /// receiver, takes no encoder's place.
    async fn make(&self, submission: &Submission, film: &Film) -> Result<Video, String> {
        if let Some(footage) = &self.stock.footage {
            return Ok(footage.clone());
        }
        let _place = self.encoders.acquire().await;
        let (clip, size, number) = (clip(submission, film), self.size, submission.id.as_u128());
        let typefaces = Arc::clone(&self.stock.typefaces);
        let encode = move || match size {
            Size::Full => animatic::encode(&clip, &typefaces),
            Size::Small => animatic::sketch(&clip, number),
        };
        let made = tokio::task::spawn_blocking(move || encode().map(Video::new)).await;
        made.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
    }
}
