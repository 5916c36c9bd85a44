//! Ctrl-C and its kin as a stream of interrupts: the first stops the buying, the second the waiting.

use std::io;

use futures::stream::{self, Stream};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::report::progress::Progress;

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// One item per interrupt; says what each of them does.
pub(super) fn interrupts(progress: &Progress) -> io::Result<impl Stream<Item = ()>> {
    let signals = Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
        hang_up: signal(SignalKind::hangup())?,
    };
    Ok(stream::unfold((signals, 0_u32), move |(mut signals, count)| async move {
        signals.next().await;
        progress.say(match count {
            0 => "interrupted: nothing more is bought; waiting for what is paid for (again to leave it to the next run)",
            _ => "left to the next run",
        });
        Some(((), (signals, count + 1)))
    }))
}
