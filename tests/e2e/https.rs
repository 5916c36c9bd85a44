//! The program and a queue that speaks https with a certificate of an authority of its own.

use std::sync::Arc;

use shotlist::catalog::Catalog;
use shotlist::sim::{Config, Running, Simulator, Size, Tls};
use tempfile::TempDir;

use crate::support::project::{Invocation, Project, board};

struct Secure {
    simulator: Running,
    _dir: TempDir,
}

impl Secure {
    fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let config = Config::new(dir.path().to_owned(), catalog);
        let simulator = Simulator::start(Config { tls: Tls::On, size: Size::Small, ..config }).unwrap();
        Self { simulator, _dir: dir }
    }

    fn render(&self, project: &Project) -> Invocation {
        let render = project.shotlist("render --yes --out r").env("FAL_KEY", "id:secret");
        render.env("SHOTLIST_QUEUE_URL", self.simulator.origin())
    }
}

// Elsewhere the system's own store of certificates is asked, which no variable adds to.
#[cfg(target_os = "linux")]
#[test]
fn a_queue_over_https_is_bought_from_where_its_authority_is_trusted() {
    let (secure, project) = (Secure::start(), Project::new(&board(&["one", "two"])));
    let ca = secure.simulator.ca().unwrap().to_str().unwrap();
    secure.render(&project).env("SSL_CERT_FILE", ca).ends(0);
    assert_eq!(project.takes().len(), 2);
}

#[test]
fn a_queue_that_nobody_vouches_for_is_sent_nothing() {
    let (secure, project) = (Secure::start(), Project::new(&board(&["one"])));
    let done = secure.render(&project).ends(1);
    done.says("the connection was never made");
    done.says("nothing was bought");
    assert!(project.takes().is_empty());
}
