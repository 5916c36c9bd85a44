//! The videos last made, kept in memory up to a limit. Everything dropped can be made again, byte for byte.

use std::collections::VecDeque;
use std::sync::Mutex;

use axum::body::Bytes;
use uuid::Uuid;

/// Enough for the clips of a run that are waiting to be fetched.
const MAX_BYTES: usize = 64 << 20;

#[derive(Clone, Debug)]
pub(super) struct Video {
    pub(super) bytes: Bytes,
    /// Quoted, as in the header.
    pub(super) etag: String,
    /// In hex.
    pub(super) blake3: String,
}

impl Video {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let blake3 = blake3::hash(&bytes).to_hex().to_string();
        Self { bytes: bytes.into(), etag: format!("\"{}\"", &blake3[..32]), blake3 }
    }
}

#[derive(Debug, Default)]
pub(super) struct Films(Mutex<VecDeque<(Uuid, Video)>>);

impl Films {
    pub(super) fn get(&self, id: Uuid) -> Option<Video> {
        let kept = super::lock(&self.0);
        kept.iter().find(|(known, _)| *known == id).map(|(_, video)| video.clone())
    }

    pub(super) fn keep(&self, id: Uuid, video: Video) {
        let mut kept = super::lock(&self.0);
        kept.retain(|(known, _)| *known != id);
        kept.push_back((id, video));
        while kept.len() > 1 && kept.iter().map(|(_, video)| video.bytes.len()).sum::<usize>() > MAX_BYTES {
            kept.pop_front();
        }
    }

    pub(super) fn forget(&self, id: Uuid) {
        super::lock(&self.0).retain(|(known, _)| *known != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_the_newest_always_stays() {
        let films = Films::default();
        let big = || Video::new(vec![0; MAX_BYTES]);
        films.keep(Uuid::from_u128(1), Video::new(vec![0; 10]));
        films.keep(Uuid::from_u128(2), Video::new(vec![0; 10]));
        films.keep(Uuid::from_u128(1), Video::new(vec![0; 10]));
        films.keep(Uuid::from_u128(3), Video::new(vec![0; MAX_BYTES - 10]));
        assert!(films.get(Uuid::from_u128(2)).is_none());
        assert!(films.get(Uuid::from_u128(1)).is_some());
        films.keep(Uuid::from_u128(4), Video { bytes: vec![0; MAX_BYTES + 1].into(), ..big() });
        assert!(films.get(Uuid::from_u128(3)).is_none());
        assert!(films.get(Uuid::from_u128(4)).is_some());
    }
}
