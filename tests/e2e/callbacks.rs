//! The simulator's callbacks and a run's listener, held against each other: what the one signs the other believes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use shotlist::catalog::Catalog;
use shotlist::sim::{Config, Latency, Running, Simulator, Size, Speed};

use crate::support::meter::Meter;
use crate::support::project::{Invocation, Project, board};
use crate::support::tunnel::Tunnel;
use crate::support::until;

/// So quick that a retry of a callback comes at once.
fn simulator(dir: &Path) -> Running {
    let catalog = Arc::new(Catalog::builtin().unwrap());
    Simulator::start(Config {
        speed: Speed::try_from(1_000.0).unwrap(),
        latency: Latency::running(Duration::from_mins(30)),
        size: Size::Small,
        audit: Some(dir.join("audit.jsonl")),
        ..Config::new(dir.join("sim"), catalog)
    })
    .unwrap()
}

/// A render of fal's, which is the simulator behind this.
fn render(project: &Project, queue: &Meter) -> Invocation {
    let keys = format!("{}/.well-known/jwks.json", queue.origin());
    let render = project.shotlist("render --yes --out r -j 3").env("SHOTLIST_QUEUE_URL", &queue.origin());
    render.env("SHOTLIST_JWKS_URL", &keys).env("FAL_KEY", "id:secret")
}

fn audited(dir: &Path, event: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join("audit.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["event"] == event).collect()
}

#[test]
fn a_run_believes_what_the_simulator_signs_and_looks_at_nothing_before_it_calls() {
    let (dir, tunnel) = (tempfile::tempdir().unwrap(), Tunnel::start());
    let simulator = simulator(dir.path());
    let queue = Meter::before(simulator.address());
    let project = Project::new(&board(&["one", "two", "three"]));
    let run = tunnel.hooks(render(&project, &queue)).start();
    tunnel.leads_to(&run);
    run.ends(0).says("webhooks: 3 taken\n");
    assert_eq!((project.takes().len(), audited(dir.path(), "submitted").len()), (3, 3));
    assert_eq!(queue.looks(), 3);
    until("every callback is on record", || {
        let taken = audited(dir.path(), "called_back").into_iter().filter(|line| line["status_code"] == 200);
        taken.count() == 3
    });
}

#[test]
fn a_run_with_the_simulator_of_its_own_is_called_back_by_it() {
    let (project, tunnel) = (Project::new(&board(&["one", "two"])), Tunnel::start());
    let run = tunnel.hooks(project.shotlist("render --sim --yes --out r --sim-pace 1000 -j 2")).start();
    tunnel.leads_to(&run);
    run.ends(0).says("webhooks: 2 taken\n");
    assert_eq!(project.takes().len(), 2);
}
