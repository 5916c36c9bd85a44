//! What the scripted queue does with one purchase. Everything goes well unless the script says otherwise.

use std::time::Duration;

use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) submit: Submit,
    pub(crate) pace: Pace,
    pub(crate) end: End,
    pub(crate) file: File,
    pub(crate) units: Units,
    /// How long the film is; else as long as was asked for, and a frame.
    pub(crate) millis: Option<u32>,
    /// What the first looks at its status, the first questions for its result and the first for its file are answered.
    pub(crate) looks: Vec<Say>,
    pub(crate) results: Vec<Say>,
    pub(crate) files: Vec<Say>,
}

/// What the result says is billed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Units {
    /// The seconds that were asked for, with a video; nothing with a failure.
    AsAsked,
    Never,
    Told(&'static str),
    /// Told from the second time on that the result is asked for.
    Late(&'static str),
    /// Told once the queue is released.
    Held(&'static str),
}

/// Something else than the usual answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Say {
    /// These bytes as they are, one piece after the other.
    Raw(Vec<Vec<u8>>),
    /// The end of the connection.
    Nothing,
    /// Nothing until the queue is released, then the end of the connection.
    Silence,
    /// These bytes, then the piece for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// The usual answer, of which so many bytes at the end never come.
    Short(usize),
    /// The usual answer without so many bytes at its end, and with a length that says so.
    Less(usize),
    /// The usual answer in small pieces, and without its length.
    Unmeasured,
}

/// A whole answer; the headers each with its line's end.
pub(crate) fn say(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Say {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} as scripted\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    );
    Say::Raw(vec![[head.as_bytes(), body].concat()])
}

pub(crate) fn say_json(status: u16, body: &Value) -> Say {
    say(status, "content-type: application/json\r\n", body.to_string())
}

/// How the submit is answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Submit {
    /// With a receipt.
    Receipt,
    /// With a receipt that takes so long.
    Slow(Duration),
    /// Accepted, and the connection is closed without an answer.
    Lost,
    /// Accepted, and no answer comes until the queue is released.
    Silent,
    /// Accepted, and something in between answers with a page of its own.
    Page(u16, String),
    /// With a receipt whose addresses are on the files' host.
    Astray,
    /// Accepted, and answered with this.
    Say(Say),
    /// Not accepted.
    Refused(u16, Value),
    /// Not accepted, and answered with this.
    No(Say),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    Quick,
    /// In progress for so many looks.
    After(usize),
    /// In progress until it is released.
    Held,
    /// Seven kinds of trouble before the first answer.
    Shaky,
    /// Not known to the queue until it is released.
    Denied,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    Video,
    /// A video, after a server's error page or two.
    Late,
    /// A video, and nothing but error pages from the second time on until the queue is released.
    Once,
    /// A video, some of whose fields are these.
    Odd(Value),
    /// Status, `error_type` beside the state (nothing there where it is empty), and the result's body.
    Failed(u16, &'static str, Value),
    NoVideo,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum File {
    Whole,
    Gone,
    /// HTTP 403, as a firewall on the way says too.
    Forbidden,
    /// A web page with a good status.
    Page,
    /// The first answer breaks off in the middle, every later one is whole.
    Torn,
    /// The middle is as far as it comes until the queue is released.
    Stuck,
    /// A whole one, that is of another purchase.
    Another,
    /// Whole, or from the byte that is asked for, as long as it is of this edition.
    Ranged,
    /// The same, and another edition each time.
    Editions,
}

impl Script {
    fn well() -> Self {
        let (submit, pace, end, file) = (Submit::Receipt, Pace::Quick, End::Video, File::Whole);
        let (looks, results, files) = (Vec::new(), Vec::new(), Vec::new());
        Self { submit, pace, end, file, units: Units::AsAsked, millis: None, looks, results, files }
    }
}

pub(crate) fn well() -> Script {
    Script::well()
}

/// The first looks are answered so.
pub(crate) fn looks(says: impl Into<Vec<Say>>) -> Script {
    Script { looks: says.into(), ..Script::well() }
}

/// The first questions for the result are answered so.
pub(crate) fn results(says: impl Into<Vec<Say>>) -> Script {
    Script { results: says.into(), ..Script::well() }
}

/// The first questions for the file are answered so.
pub(crate) fn files(says: impl Into<Vec<Say>>) -> Script {
    Script { files: says.into(), ..Script::well() }
}

pub(crate) fn held() -> Script {
    Script { pace: Pace::Held, ..Script::well() }
}

pub(crate) fn lost() -> Script {
    Script { submit: Submit::Lost, ..Script::well() }
}

pub(crate) fn silent() -> Script {
    Script { submit: Submit::Silent, ..Script::well() }
}

/// Accepted, and the answer is this.
pub(crate) fn answered(status: u16, body: &str) -> Script {
    Script { submit: Submit::Page(status, body.to_owned()), ..Script::well() }
}

/// Every step takes its time: the receipt, two looks, and the file, which breaks off in the middle.
pub(crate) fn leisurely() -> Script {
    let submit = Submit::Slow(Duration::from_millis(100));
    Script { submit, pace: Pace::After(2), file: File::Torn, ..Script::well() }
}

/// In the shape of fal's own errors at the submit.
pub(crate) fn refused(status: u16, detail: &str) -> Script {
    Script { submit: Submit::Refused(status, json!({ "detail": detail })), ..Script::well() }
}

/// fal's content filter.
pub(crate) fn policy() -> Script {
    let item = json!({"loc": ["body", "prompt"], "msg": "flagged by a content checker", "type": "content_policy_violation"});
    let end = End::Failed(422, "content_policy_violation", json!({ "detail": [item] }));
    Script { end, ..Script::well() }
}

/// The same ending, which only the result tells.
pub(crate) fn quietly(mut script: Script) -> Script {
    if let End::Failed(_, error_type, _) = &mut script.end {
        *error_type = "";
    }
    script
}

/// Refused by policy, and fal says how much it bills.
pub(crate) fn policy_for(units: &'static str) -> Script {
    Script { units: Units::Told(units), ..policy() }
}

/// A failure that fal does not bill.
pub(crate) fn server_error() -> Script {
    let body = json!({"detail": "the runner went away", "error_type": "runner_disconnected"});
    Script { end: End::Failed(503, "runner_disconnected", body), ..Script::well() }
}

pub(crate) fn no_video() -> Script {
    Script { end: End::NoVideo, ..Script::well() }
}

pub(crate) fn pace(pace: Pace) -> Script {
    Script { pace, ..Script::well() }
}

/// A file that is gone, while the result can't be asked for once more.
pub(crate) fn out_of_reach() -> Script {
    Script { end: End::Once, file: File::Gone, ..Script::well() }
}

/// Well, and billed so.
pub(crate) fn billed(units: Units) -> Script {
    Script { units, ..Script::well() }
}

/// Well, and the film is so long.
pub(crate) fn lasting(millis: u32) -> Script {
    Script { millis: Some(millis), ..Script::well() }
}

pub(crate) fn file(file: File) -> Script {
    Script { file, ..Script::well() }
}
