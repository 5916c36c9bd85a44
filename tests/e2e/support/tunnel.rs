//! A public address that leads to wherever a run listens, as a tunnel or a reverse proxy does. Until it leads anywhere
//! it answers 502, and whoever calls has to call again.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use super::caller::{Call, ear};
use super::project::{Invocation, Running};
use super::server::{Answer, Asked, Reply, Server};

pub(crate) struct Tunnel {
    server: Server,
    ear: Arc<OnceLock<SocketAddr>>,
}

impl Tunnel {
    pub(crate) fn start() -> Self {
        let ear: Arc<OnceLock<SocketAddr>> = Arc::default();
        let known = Arc::clone(&ear);
        let server = Server::start(0, move |asked| {
            let (status, body) = known.get().map_or((502, String::new()), |ear| pass_on(asked, *ear));
            Answer::Reply(Reply::new(status, "text/plain", body))
        });
        Self { server, ear }
    }

    /// A render that is called back through here.
    pub(crate) fn hooks(&self, invocation: Invocation) -> Invocation {
        let public = format!("{}/shot/list", self.server.origin());
        invocation.env("SHOTLIST_WEBHOOK", &public).env("SHOTLIST_LISTEN", "127.0.0.1:0")
    }

    pub(crate) fn leads_to(&self, run: &Running) {
        self.ear.set(ear(run)).unwrap();
    }
}

fn pass_on(asked: &Asked, ear: SocketAddr) -> (u16, String) {
    assert_eq!(asked.method, "POST");
    // What the listener needs of a call, and the call itself sets the rest.
    let kept = |(name, _): &&(String, String)| name.to_ascii_lowercase().starts_with("x-fal-");
    let headers = asked.headers.iter().filter(kept).cloned().collect();
    Call { method: "POST", target: asked.path.clone(), headers, body: asked.body.clone() }.send(ear)
}
