//! Connections over which hands have been shaken. A client that is slow with it, or speaks plain http, holds up nobody.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// From the connection to the end of the handshake, which takes two round trips.
const PATIENCE: Duration = Duration::from_secs(10);
/// What every TLS client says first begins so (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;
const PLAIN_HTTP: &str = "This was plain http; the simulator is reached over https.\n";
/// More of a plain call is not read.
const MAX_PLAIN: u64 = 1 << 16;

/// A listener's connections, once they are secure.
pub(in crate::sim) struct Secured<L> {
    listener: L,
    acceptor: TlsAcceptor,
    shaking: JoinSet<Option<Ready>>,
}

type Ready = (TlsStream<TcpStream>, SocketAddr);

impl<L> Secured<L> {
    pub(in crate::sim) fn new(listener: L, config: Arc<ServerConfig>) -> Self {
        Self { listener, acceptor: config.into(), shaking: JoinSet::new() }
    }
}

impl<L: Listener<Io = TcpStream, Addr = SocketAddr>> Listener for Secured<L> {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Ready {
        loop {
            tokio::select! {
                (tcp, from) = self.listener.accept() => {
                    let acceptor = self.acceptor.clone();
                    self.shaking.spawn(async move { Some((shake(tcp, acceptor).await?, from)) });
                }
                Some(done) = self.shaking.join_next() => {
                    if let Ok(Some(ready)) = done {
                        return ready;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// None where it came to nothing, which only the client needs to know.
async fn shake(tcp: TcpStream, acceptor: TlsAcceptor) -> Option<TlsStream<TcpStream>> {
    tokio::time::timeout(PATIENCE, secure(tcp, acceptor)).await.ok()?.ok()
}

async fn secure(tcp: TcpStream, acceptor: TlsAcceptor) -> io::Result<TlsStream<TcpStream>> {
    let mut first = [HANDSHAKE];
    tcp.peek(&mut first).await?;
    if first != [HANDSHAKE] {
        turn_away(tcp).await?;
        return Err(io::ErrorKind::InvalidData.into());
    }
    acceptor.accept(tcp).await
}

async fn turn_away(mut tcp: TcpStream) -> io::Result<()> {
    let length = PLAIN_HTTP.len();
    let head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n";
    let answer = format!("{head}Content-Length: {length}\r\n\r\n{PLAIN_HTTP}");
    tcp.write_all(answer.as_bytes()).await?;
    tcp.shutdown().await?;
    // Whoever is hung up on with words unread may never read the answer.
    tokio::io::copy(&mut tcp.take(MAX_PLAIN), &mut tokio::io::sink()).await.map(drop)
}
