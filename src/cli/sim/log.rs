//! What a simulator's audit tells, in words for a terminal, as the file grows. Does not decide what is told.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// Between two looks at the file.
const LOOK: Duration = Duration::from_millis(100);
/// Of an id, which is a UUID.
const ID: usize = 36;

/// An audit from its end on: what was told before is over.
pub(super) struct Log {
    reader: BufReader<File>,
    /// A line that is not whole yet.
    begun: String,
}

impl Log {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { reader: BufReader::new(file), begun: String::new() })
    }

    /// Says every line that comes, for as long as it is polled. Ends where the file can't be read any more.
    pub(super) async fn follow(mut self, say: impl Fn(&str)) -> io::Result<()> {
        loop {
            while self.reader.read_line(&mut self.begun)? > 0 && self.begun.ends_with('\n') {
                if let Ok(line) = serde_json::from_str(&std::mem::take(&mut self.begun)) {
                    say(&words(&line));
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Time of day (UTC), what happened, with which status, to which request, and what else is worth knowing.
fn words(line: &Value) -> String {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let time = text("at").split_once('T').map_or("", |(_, time)| time);
    let what = if text("event") == "asked" { text("call") } else { text("event") };
    let status = line["status_code"].as_u64().map(|code| code.to_string()).unwrap_or_default();
    let more = match text("event") {
        "submitted" | "refused" => text("endpoint").to_owned(),
        "completed" => format!("{} s, ${}", line["units"], text("usd")),
        "served" => format!("{} bytes", line["bytes"]),
        "called_back" => format!("{} {}", text("to"), text("error")),
        _ => String::new(),
    };
    let fault = line["fault"].as_str().map(|fault| format!(" [{fault}]")).unwrap_or_default();
    let row =
        format!("{:<8.8} {what:<11} {status:>3} {:<ID$} {}{fault}", time, text("request_id"), more.trim());
    row.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const AT: &str = "2026-11-20T16:54:15.123456Z";
    const REQUEST: &str = "01a1f852-c79b-714c-aba3-6f1b5e97e408";

    #[test]
    fn every_event_is_one_row_with_its_fault_at_the_end() {
        let row = |line: Value| words(&line);
        assert_eq!(
            row(
                json!({"at": AT, "event": "asked", "call": "status", "status_code": 503, "request_id": REQUEST,
                       "fault": "status.busy"})
            ),
            format!("16:54:15 status      503 {REQUEST}  [status.busy]")
        );
        assert_eq!(
            row(
                json!({"at": AT, "event": "completed", "status_code": 200, "request_id": REQUEST, "units": 3,
                       "usd": "1.26"})
            ),
            format!("16:54:15 completed   200 {REQUEST} 3 s, $1.26")
        );
        assert_eq!(
            row(json!({"at": AT, "event": "refused", "status_code": 403, "endpoint": "a/b"})),
            format!("16:54:15 refused     403 {:ID$} a/b", "")
        );
        assert_eq!(
            row(json!({"at": AT, "event": "started", "request_id": REQUEST})),
            format!("16:54:15 started         {REQUEST}")
        );
    }
}
