//! Where clients arrive: one port of this machine, under both of its loopback addresses where it has both.
//! Serves whatever it is given, over TLS or without.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use axum::Router;
use axum::serve::ListenerExt as _;

use super::SimError;
use super::tls::{Identity, Secured};

/// A port that is listened on.
#[derive(Debug)]
pub(super) struct Port {
    v4: TcpListener,
    /// `localhost` may well mean this one first. Absent where the machine has no such address, or somebody else has the
    /// port there.
    v6: Option<TcpListener>,
}

impl Port {
    /// Any free one where none is named.
    pub(super) fn open(port: Option<u16>) -> Result<Self, SimError> {
        let port = port.unwrap_or(0);
        let failed = |source| SimError::Listen { port, source };
        let v4 = bind((Ipv4Addr::LOCALHOST, port).into()).map_err(failed)?;
        let port = v4.local_addr().map_err(failed)?.port();
        Ok(Self { v4, v6: bind((Ipv6Addr::LOCALHOST, port).into()).ok() })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.v4.local_addr()
    }

    /// Serves until it is dropped.
    pub(super) async fn serve(self, app: Router, identity: Option<&Identity>) {
        let v6 = async {
            match self.v6 {
                Some(listener) => serve(listener, app.clone(), identity).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = serve(self.v4, app.clone(), identity) => {}
            () = v6 => {}
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(listener: TcpListener, app: Router, identity: Option<&Identity>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    // Without this a file's last packet would wait for the one before to be confirmed.
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    let _ = match identity {
        Some(identity) => axum::serve(Secured::new(listener, identity.config.clone()), app).await,
        None => axum::serve(listener, app).await,
    };
}
