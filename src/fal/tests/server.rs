//! A server that says what its script says, one line of it per request, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of one request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// These bytes, then the end of the connection.
    Say(Vec<u8>),
    /// These bytes, and the connection stays for the next request.
    Keep(Vec<u8>),
    /// These bytes, then silence.
    Hang(Vec<u8>),
    /// These bytes, then more of the same for as long as somebody reads.
    Endless(Vec<u8>),
}

#[derive(Debug)]
pub(super) struct Server {
    pub(super) origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The request's first line and its headers, in lower case.
    pub(super) head: String,
    pub(super) body: String,
    /// Which connection it came on, from 0.
    pub(super) connection: usize,
}

impl Seen {
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }
}

type Script = Arc<Mutex<std::vec::IntoIter<Reply>>>;

impl Server {
    /// After its script it closes every connection unanswered.
    pub(super) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_with(|_| script).await
    }

    /// With a script that depends on the server's own origin.
    pub(super) async fn start_with<S: IntoIterator<Item = Reply>>(script: impl FnOnce(&str) -> S) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Vec<Reply> = script(&origin).into_iter().collect();
        tokio::spawn(accept(listener, Arc::new(Mutex::new(script.into_iter())), Arc::clone(&seen)));
        Self { origin, seen }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn accept(listener: TcpListener, script: Script, seen: Arc<Mutex<Vec<Seen>>>) {
    for connection in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(serve(stream, connection, Arc::clone(&script), Arc::clone(&seen)));
    }
}

async fn serve(mut stream: TcpStream, connection: usize, script: Script, seen: Arc<Mutex<Vec<Seen>>>) {
    while let Some((head, body)) = read(&mut stream).await {
        seen.lock().unwrap().push(Seen { head, body, connection });
        let reply = script.lock().unwrap().next();
        match reply {
            Some(Reply::Keep(bytes)) => stream.write_all(&bytes).await.unwrap(),
            Some(Reply::Say(bytes)) => {
                stream.write_all(&bytes).await.unwrap();
                return;
            }
            Some(Reply::Hang(bytes)) => {
                stream.write_all(&bytes).await.unwrap();
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
            Some(Reply::Endless(bytes)) => while stream.write_all(&bytes).await.is_ok() {},
            None => return,
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some((head, body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// A whole answer.
pub(super) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Words\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

pub(super) fn say(status: u16, headers: &str, body: &str) -> Reply {
    Reply::Say(answer(status, headers, body))
}

pub(super) fn json(status: u16, body: &str) -> Reply {
    say(status, "content-type: application/json\r\n", body)
}
