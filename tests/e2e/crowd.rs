//! Many clients at once: the simulator serves them all, and gives back what it took for them.

#[path = "../../benches/simulator/crowd.rs"]
mod load;

use std::path::Path;

use load::{Server, bring};

/// More than one request can leave behind, with what the allocator keeps for later.
const BYTES_A_REQUEST: u64 = 4_000;

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_crowd_is_served_and_leaves_neither_memory_nor_descriptors_behind() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let footage = load::footage(folder.path());
    let server = Server::start(Path::new(env!("CARGO_BIN_EXE_shotlist")), &footage, 200);
    bring(&server.origin, 0..400, 200).await;
    let before = server.taken();
    bring(&server.origin, 400..1_400, 200).await;
    let after = server.taken();
    let grown = after.resident_bytes.saturating_sub(before.resident_bytes);
    assert!(grown < 1_000 * BYTES_A_REQUEST, "{grown} bytes for 1,000 requests");
    assert!(after.descriptors <= before.descriptors + 200, "{before:?}, {after:?}");
}
