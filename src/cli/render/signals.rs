//! Ctrl-C and its kin as a stream of interrupts: the first stops the buying, the second the waiting.
//! A machine that asks has no second hand: after its TERM the second comes by itself.

use std::io;
use std::time::Duration;

use futures::stream::{self, Stream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};

use crate::report::progress::Progress;

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// None where whoever started the run has it ignored, as `nohup` does: it is to outlive its terminal.
    hang_up: Option<Signal>,
    grace: Duration,
    /// When the patience of whoever sent a TERM or HUP is used up.
    until: Option<Instant>,
}

/// Who asks the run to end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Hand,
    Machine,
    /// Nobody asked again, and the time is up.
    Time,
}

impl Signals {
    async fn next(&mut self) -> Asked {
        let up = self.until;
        let time_is_up = async {
            match up {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let hung_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        let asked = tokio::select! {
            _ = self.interrupt.recv() => Asked::Hand,
            _ = self.terminate.recv() => Asked::Machine,
            _ = hung_up => Asked::Machine,
            () = time_is_up => Asked::Time,
        };
        self.until = Instant::now().checked_add(self.grace).filter(|_| asked == Asked::Machine);
        asked
    }
}

/// Asked before a handler takes its place. Only Linux tells; elsewhere it is taken for not ignored.
fn ignores_hang_up() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let bit = SignalKind::hangup().as_raw_value() - 1;
    mask >> bit & 1 == 1
}

/// One item per interrupt; says what each of them does.
pub(super) fn interrupts(progress: &Progress, grace: Duration) -> io::Result<impl Stream<Item = ()>> {
    let signals = Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
        hang_up: if ignores_hang_up() { None } else { Some(signal(SignalKind::hangup())?) },
        grace,
        until: None,
    };
    Ok(stream::unfold((signals, 0_u32), move |(mut signals, count)| async move {
        let asked = signals.next().await;
        progress.say(&match (count, asked) {
            (0, Asked::Hand) => {
                "interrupted: nothing more is bought; waiting for what is paid for (again to leave \
                it to the next run)"
                    .to_owned()
            }
            (0, _) => format!(
                "told to end: nothing more is bought; waiting {} s for what is paid for",
                grace.as_secs()
            ),
            _ => "left to the next run".to_owned(),
        });
        Some(((), (signals, count + 1)))
    }))
}
