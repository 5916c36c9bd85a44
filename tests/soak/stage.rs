//! A project folder, a simulator in this process, and the built program run in the one against the other.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use shotlist::catalog::Catalog;
use shotlist::sim::{Config, Faults, Files, Latency, Running, Simulator, Size};
use tempfile::TempDir;

use super::audit::Audit;
use super::boards::Boards;
use super::judge::{self, Complaints, Rules};

/// The canary: it must turn up nowhere but at the queue and the platform.
pub(crate) const KEY: &str = "canary-3f9a5c71:d41d8cd98f00b204e9800998ecf8427e";
/// Longer than any run here takes.
const PATIENCE: Duration = Duration::from_mins(20);

/// Seeds 1 to so many, or the one that the environment asks for.
pub(crate) fn seeds(number: u64) -> Vec<u64> {
    let asked = std::env::var("SOAK_SEED").ok().map(|seed| seed.parse().expect("SOAK_SEED is a number"));
    asked.map_or_else(|| (1..=number).collect(), |seed| vec![seed])
}

/// How a soak is set up.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) takes: usize,
    /// Takes beyond those that every storyboard's budget has room for: what was blocked may have been billed.
    pub(crate) spare: usize,
    pub(crate) jobs: usize,
    /// Seconds that a run with nothing else to do looks for lost answers.
    pub(crate) patience: u32,
    pub(crate) seed: u64,
    pub(crate) mix: Faults,
}

pub(crate) struct Stage {
    pub(crate) plot: Plot,
    pub(crate) boards: Boards,
    dir: TempDir,
    simulator: Running,
    elsewhere: Elsewhere,
    runs: Mutex<usize>,
}

impl Stage {
    pub(crate) fn new(plot: Plot) -> Self {
        let dir = tempfile::Builder::new().prefix("soak").tempdir().unwrap();
        let boards = Boards::write(&dir.path().join("project/storyboards"), plot.takes, plot.spare);
        fs::create_dir_all(dir.path().join("prints")).unwrap();
        let elsewhere = Elsewhere::listen();
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let config = Config {
            concurrency: 12,
            latency: Latency::running(Duration::from_millis(50)),
            key: Some(KEY.to_owned().into()),
            audit: Some(dir.path().join("audit.jsonl")),
            seed: plot.seed,
            faults: plot.mix.clone(),
            elsewhere: elsewhere.origin.clone(),
            size: Size::Small,
            files: Files::Apart(None),
            ..Config::new(dir.path().join("sim"), catalog)
        };
        let simulator = Simulator::start(config).unwrap();
        Self { plot, boards, dir, simulator, elsewhere, runs: Mutex::new(0) }
    }

    pub(crate) fn calm(&self) {
        self.simulator.calm();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn takes(&self) -> PathBuf {
        self.path("project/r/takes")
    }

    pub(crate) fn audit(&self) -> Audit {
        Audit::read(&self.path("audit.jsonl"))
    }

    pub(crate) fn audit_bytes(&self) -> u64 {
        fs::metadata(self.path("audit.jsonl")).unwrap().len()
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        let (wanted, budgets) = (&self.boards.wanted, self.boards.budgets());
        Rules { wanted, jobs: self.plot.jobs, budgets, cap: None }
    }

    /// Fails with what is wrong, what the last run said, and where everything is kept.
    #[track_caller]
    pub(crate) fn expect(&self, complaints: &Complaints, when: &str) {
        let some = complaints[..complaints.len().min(12)].join("\n  ");
        let (seed, place) = (self.plot.seed, self.dir.path().display());
        assert!(
            complaints.is_empty(),
            "seed {seed}, {when}: {} complaints:\n  {some}\n{place} has it all; the last run said:\n{}",
            complaints.len(),
            self.said()
        );
    }

    /// Everything that is wrong now, whatever was done to the program.
    pub(crate) fn complaints(&self) -> Complaints {
        let mut complaints = judge::safety(&self.audit(), &self.takes(), &self.rules());
        complaints.extend(self.leaks());
        complaints
    }

    /// Everything that is wrong at the end.
    pub(crate) fn complaints_at_the_end(&self) -> Complaints {
        let mut complaints = self.complaints();
        complaints.extend(judge::liveness(&self.audit(), &self.takes(), &self.rules()));
        complaints
    }

    /// Starts the program with the environment of a user who has a queue of his own.
    pub(crate) fn start(&self, args: &str) -> Child {
        let print = self.print();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shotlist"));
        command.args(args.split_whitespace()).args(["--out", "r"]).current_dir(self.path("project"));
        command
            .env_clear()
            .env("FAL_KEY", KEY)
            .env("SHOTLIST_UNKNOWN_TIMEOUT", self.plot.patience.to_string());
        command.env("SHOTLIST_QUEUE_URL", self.simulator.origin());
        command.env("SHOTLIST_API_URL", self.simulator.origin());
        let (out, err) = (print.try_clone().unwrap(), print);
        command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap()
    }

    fn print(&self) -> File {
        let mut runs = self.runs.lock().unwrap();
        *runs += 1;
        File::create(self.path(&format!("prints/{:04}", *runs))).unwrap()
    }

    /// Runs it to its end; its exit code.
    pub(crate) fn run(&self, args: &str) -> i32 {
        let (started, mut child) = (Instant::now(), self.start(args));
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            if started.elapsed() > PATIENCE {
                let _ = child.kill();
                panic!("{args} does not end; it said:\n{}", self.said());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `render` with leave to spend.
    pub(crate) fn render(&self, more: &str) -> i32 {
        self.run(&self.render_args(more))
    }

    pub(crate) fn render_args(&self, more: &str) -> String {
        format!("render --yes -j {} {more}", self.plot.jobs)
    }

    /// What the last run said.
    pub(crate) fn said(&self) -> String {
        let text = fs::read(self.path(&format!("prints/{:04}", self.runs.lock().unwrap()))).unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        let start = text.char_indices().rev().nth(3000).map_or(0, |(at, _)| at);
        text[start..].to_owned()
    }

    /// Waits until the simulator has ended everything that it has accepted.
    pub(crate) fn settle(&self) {
        let started = Instant::now();
        while self.audit().outstanding() > 0 {
            assert!(started.elapsed() < PATIENCE, "the simulator does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs once more, which must send nothing.
    #[track_caller]
    pub(crate) fn submits_nothing_more(&self) {
        let sent = |audit: &Audit| audit.requests.len() + audit.refused;
        let before = sent(&self.audit());
        let exit = self.render("");
        let after = sent(&self.audit());
        assert_eq!(after, before, "a clean rerun submits, exit {exit}; it said:\n{}", self.said());
    }

    /// What happened, in numbers.
    pub(crate) fn told(&self) -> String {
        let audit = self.audit();
        let (sent, refused, most) = (audit.requests.len(), audit.refused, judge::most_outstanding(&audit));
        let (takes, polls) = (self.plot.takes, audit.polls);
        format!(
            "{sent} requests for {takes} takes, {refused} refused, at most {most} outstanding, {polls} polls"
        )
    }

    /// Where the key is though it must not be.
    fn leaks(&self) -> Complaints {
        let (_, secret) = KEY.split_once(':').unwrap();
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        let mut files = Vec::new();
        walk(&self.path("project"), &mut files);
        walk(&self.path("prints"), &mut files);
        let leaky = files.into_iter().filter(|path| holds(&fs::read(path).unwrap_or_default()));
        let mut complaints: Complaints =
            leaky.map(|path| format!("the key is in {}", path.display())).collect();
        if holds(&self.elsewhere.heard.lock().unwrap()) {
            complaints.push("another host was sent the key".to_owned());
        }
        complaints
    }
}

impl Drop for Stage {
    /// What the runs left is kept where somebody has to look at it.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.dir.disable_cleanup(true);
        }
    }
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        // Videos are the judge's.
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => walk(&entry.path(), files),
            _ if entry.path().extension().is_some_and(|extension| extension == "mp4") => {}
            _ => files.push(entry.path()),
        }
    }
}

/// Another host, which hears out whoever comes.
struct Elsewhere {
    origin: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Elsewhere {
    fn listen() -> Self {
        use std::io::Read;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
                let mut some = [0; 16 << 10];
                let read = stream.read(&mut some).unwrap_or(0);
                all.lock().unwrap().extend(&some[..read]);
            }
        });
        Self { origin, heard }
    }
}
