//! Stands before another queue, passes everything on as it came, and keeps what was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use super::server::{Answer, Asked, Server};

pub(crate) struct Meter {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Meter {
    pub(crate) fn before(queue: SocketAddr) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&asked);
        let server = Server::start(0, move |one| {
            all.lock().unwrap().push(one.clone());
            Answer::Raw(vec![pass_on(one, queue)])
        });
        Self { server, asked }
    }

    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// How often somebody looked how far a request was.
    pub(crate) fn looks(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path.ends_with("/status")).count()
    }
}

fn pass_on(asked: &Asked, queue: SocketAddr) -> Vec<u8> {
    let Asked { method, path, query, headers, body } = asked;
    let kept = headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("connection"));
    let lines = kept.fold(String::new(), |lines, (name, value)| lines + &format!("{name}: {value}\r\n"));
    let head = format!("{method} {path}?{query} HTTP/1.1\r\nconnection: close\r\n{lines}\r\n");
    let mut stream = TcpStream::connect(queue).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}
