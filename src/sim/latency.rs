//! How long the simulator lets things take: the wait in the queue, the run, and every answer. Lengths are simulated time;
//! who waits divides them by the speed.

mod draws;
mod spread;

use std::fmt;
use std::time::Duration;

use super::nearest::meant;
pub(super) use draws::Draws;
pub use spread::{NotASpread, Spread};

/// How long a request runs beside the making of its video, unless said otherwise.
const RUN: Duration = Duration::from_millis(40);

/// How long things take, each drawn from the seed, the request and how often it was sent. As texts: `queue=10s`,
/// `run=30s..2m`, `http=p50=40ms,p95=200ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// How long a request waits at least before it may begin, free places or not.
    pub queue: Spread,
    /// How long a request runs at least, beside the making of its video.
    pub run: Spread,
    /// How long every call waits before it is heard. Drawn from the seed and the number of the call.
    pub http: Spread,
}

/// What takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Queue,
    Run,
    Http,
}

/// Why texts are no [`Latency`]: everything that is wrong with all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct WrongLatency(Vec<String>);

impl Latency {
    /// The usual one with what the texts say.
    ///
    /// # Errors
    /// Everything that is wrong with any of the texts.
    pub fn parse(texts: impl IntoIterator<Item: AsRef<str>>) -> Result<Self, WrongLatency> {
        let (mut latency, mut given, mut problems) = (Self::default(), Vec::new(), Vec::new());
        for text in texts {
            let text = text.as_ref().trim();
            match read(text) {
                Ok((stage, _)) if given.contains(&stage) => {
                    problems.push(format!("{text}: `{}` is given twice", stage.name()));
                }
                Ok((stage, spread)) => {
                    given.push(stage);
                    *latency.of_mut(stage) = spread;
                }
                Err(problem) => problems.push(format!("{text}: {problem}")),
            }
        }
        if problems.is_empty() { Ok(latency) } else { Err(WrongLatency(problems)) }
    }

    /// The usual one with runs that take always so long, beside the making of the video.
    #[must_use]
    pub fn running(time: Duration) -> Self {
        Self { run: Spread::fixed(time), ..Self::default() }
    }

    fn of(&self, stage: Stage) -> Spread {
        match stage {
            Stage::Queue => self.queue,
            Stage::Run => self.run,
            Stage::Http => self.http,
        }
    }

    fn of_mut(&mut self, stage: Stage) -> &mut Spread {
        match stage {
            Stage::Queue => &mut self.queue,
            Stage::Run => &mut self.run,
            Stage::Http => &mut self.http,
        }
    }
}

impl Default for Latency {
    /// No wait, runs of 40 ms, and answers at once.
    fn default() -> Self {
        let nothing = Spread::fixed(Duration::ZERO);
        Self { queue: nothing, run: Spread::fixed(RUN), http: nothing }
    }
}

impl Stage {
    const ALL: [Self; 3] = [Self::Queue, Self::Run, Self::Http];

    fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Run => "run",
            Self::Http => "http",
        }
    }
}

fn read(text: &str) -> Result<(Stage, Spread), String> {
    let (name, spread) = text.split_once('=').unwrap_or((text, ""));
    let stage = Stage::ALL.into_iter().find(|stage| stage.name() == name);
    let unknown = || {
        let meant = meant(name, Stage::ALL.map(Stage::name));
        format!(
            "nothing called `{name}` takes time;{meant} write queue=10s, run=30s..2m or http=p50=40ms,p95=200ms"
        )
    };
    let stage = stage.ok_or_else(unknown)?;
    Ok((stage, spread.parse().map_err(|error: NotASpread| error.to_string())?))
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = Stage::ALL.map(|stage| format!("{}={}", stage.name(), self.of(stage)));
        f.write_str(&texts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_set_by_its_name_and_the_rest_is_as_usual() {
        let latency = Latency::parse(["run=30s..2m", "http=p50=40ms,p95=200ms"]).unwrap();
        assert_eq!(latency.to_string(), "queue=0s run=30s..2m http=p50=40ms,p95=200ms");
        assert_eq!(Latency::parse(latency.to_string().split(' ')), Ok(latency));
        assert_eq!(Latency::parse([""; 0]), Ok(Latency::default()));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Latency::parse(["rnu=1s", "run=2m..1m", "queue=1s", "queue=2s", "40s"]).unwrap_err();
        let expected = "\
rnu=1s: nothing called `rnu` takes time; did you mean `run`? write queue=10s, run=30s..2m or http=p50=40ms,p95=200ms
run=2m..1m: 2m..1m ends before it begins; write 40s, 30s..2m, or p50=45s,p95=2m
queue=2s: `queue` is given twice
40s: nothing called `40s` takes time; write queue=10s, run=30s..2m or http=p50=40ms,p95=200ms";
        assert_eq!(wrong.to_string(), expected);
    }
}
