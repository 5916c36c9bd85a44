//! As much of HTTP/1.1 as a server of tests needs, on threads: one exchange a connection, so that an answer
//! can be kept back, cut short or left out. Knows nothing of what is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// Its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let same = |header: &&(String, String)| header.0.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }
}

/// What a server does with a request.
pub(crate) enum Answer {
    Reply(Reply),
    /// Closes the connection without a word.
    Nothing,
    /// Waits for this, then closes the connection without a word.
    Silence(Box<dyn Fn() + Send>),
    /// These bytes as they are, one piece after the other, then the end of the connection.
    Raw(Vec<Vec<u8>>),
    /// These bytes, then the piece again and again for as long as somebody reads.
    Endless(Vec<u8>, Vec<u8>),
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Closes after so many bytes of the body, though more were announced.
    pub(crate) cut: Option<usize>,
    /// Called, and waited for, when half of the body is out.
    pub(crate) halfway: Option<Box<dyn Fn() + Send>>,
}

impl Reply {
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type", kind.to_owned())],
            body: body.into(),
            cut: None,
            halfway: None,
        }
    }

    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Answer {
        Answer::Reply(Self::new(status, "application/json", body.to_string()))
    }
}

/// Listens until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Port 0 is any free one.
    pub(crate) fn start(port: u16, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let address = listener.local_addr().unwrap();
        let closed = Arc::new(AtomicBool::new(false));
        let (stop, answer) = (Arc::clone(&closed), Arc::new(answer));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let answer = Arc::clone(&answer);
                thread::spawn(move || exchange(stream, &*answer));
            }
        });
        Self { address, closed, thread: Some(thread) }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        drop(self.thread.take().map(JoinHandle::join));
    }
}

/// A client that is gone is no matter here.
fn exchange(stream: TcpStream, answer: &dyn Fn(&Asked) -> Answer) {
    let Some(asked) = read(&stream) else { return };
    let _ = match answer(&asked) {
        Answer::Reply(reply) => write(stream, &reply),
        Answer::Nothing => Ok(()),
        Answer::Silence(wait) => {
            wait();
            Ok(())
        }
        Answer::Raw(pieces) => slowly(stream, &pieces),
        Answer::Endless(head, piece) => endlessly(stream, &head, &piece),
    };
}

/// Far enough apart to arrive one by one.
const PAUSE: Duration = Duration::from_millis(5);

fn slowly(mut stream: TcpStream, pieces: &[Vec<u8>]) -> std::io::Result<()> {
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            thread::sleep(PAUSE);
        }
        stream.write_all(piece)?;
    }
    Ok(())
}

fn endlessly(mut stream: TcpStream, head: &[u8], piece: &[u8]) -> std::io::Result<()> {
    stream.write_all(head)?;
    loop {
        stream.write_all(piece)?;
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let first = line(&mut reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut headers = Vec::new();
    while let Some((name, value)) = line(&mut reader)?.split_once(':') {
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut asked = Asked { method, path, query, headers, body: Vec::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.body.resize(length, 0);
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let bytes = reader.read_line(&mut line).ok()?;
    (bytes > 0).then(|| line.trim_end().to_owned())
}

fn write(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    let Reply { status, headers, body, cut, halfway } = reply;
    let lines: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} as scripted\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    let sent = &body[..cut.unwrap_or(length)];
    let (first, second) = sent.split_at(sent.len().min(length / 2));
    stream.write_all(first)?;
    if let Some(wait) = halfway {
        wait();
    }
    stream.write_all(second)
}
