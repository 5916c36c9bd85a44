//! A project folder and the program run in it, as somebody at a shell would.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use super::PATIENCE;
use super::queue::{KEY, Queue};

/// Where the tests' clips go.
const OUT: &str = "r";

pub(crate) struct Project {
    dir: TempDir,
    /// What runs print, outside of the project.
    prints: TempDir,
}

/// A storyboard `x` of scenes that are one clip of 3 s each, $1.26, with the scene's name as last word of its prompt.
pub(crate) fn board(scenes: &[impl AsRef<str>]) -> String {
    let scene = |id: &str| format!("  - {{ id: {id}, prompt: a lantern called {id} }}\n");
    let scenes: String = scenes.iter().map(|id| scene(id.as_ref())).collect();
    format!("storyboard: x\nmodel: kling-o3-4k\naspect_ratio: \"1:1\"\nduration: 3\nscenes:\n{scenes}")
}

/// So many names for scenes.
pub(crate) fn names(number: usize) -> Vec<String> {
    (1..=number).map(|number| format!("s{number}")).collect()
}

impl Project {
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().unwrap(), prints: TempDir::new().unwrap() }
    }

    /// With one storyboard, `storyboards/x.yaml`.
    pub(crate) fn new(storyboard: &str) -> Self {
        let project = Self::empty();
        project.write("storyboards/x.yaml", storyboard);
        project
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    pub(crate) fn storyboard(&self, text: &str) {
        self.write("storyboards/x.yaml", text);
    }

    /// Any command; with nothing of this machine's environment.
    pub(crate) fn shotlist(&self, args: &str) -> Invocation {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shotlist"));
        command.args(args.split_whitespace()).current_dir(self.dir.path());
        command.env_clear().stdin(Stdio::null());
        // A lost answer is looked for once, and a run that finds nothing ends at once.
        command.env("SHOTLIST_UNKNOWN_TIMEOUT", "0");
        Invocation { command, prints: self.prints.path().to_owned() }
    }

    /// `render` of the queue's clips into the usual folder, with leave to spend.
    pub(crate) fn render(&self, queue: &Queue, args: &str) -> Invocation {
        self.shotlist(&format!("render --yes --out {OUT} {args}")).to(queue)
    }

    /// The plan as data.
    pub(crate) fn plan(&self, args: &str) -> Value {
        self.shotlist(&format!("plan --json --out {OUT} {args}")).ends(0).json()
    }

    pub(crate) fn status(&self, exit: i32) -> Value {
        self.shotlist(&format!("status --json --out {OUT}")).ends(exit).json()
    }

    /// Every purchase with its money, as data.
    pub(crate) fn ledger(&self, args: &str) -> Value {
        self.shotlist(&format!("ledger --json --out {OUT} {args}")).ends(0).json()
    }

    /// This machine's record as it is now; empty before there is one.
    pub(crate) fn journal(&self) -> String {
        fs::read_to_string(self.path(OUT).join(".journal.jsonl")).unwrap_or_default()
    }

    /// The bytes of every clip in the vault.
    pub(crate) fn takes(&self) -> BTreeSet<Vec<u8>> {
        clips(&self.path(OUT).join("takes")).iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// The one clip in the vault with these bytes.
    pub(crate) fn take(&self, bytes: &[u8]) -> PathBuf {
        let takes = clips(&self.path(OUT).join("takes"));
        takes.into_iter().find(|path| fs::read(path).unwrap() == bytes).expect("the clip is in the vault")
    }

    /// Is there a file in the vault that is not whole yet?
    pub(crate) fn has_a_part(&self) -> bool {
        let entries = fs::read_dir(self.path(OUT).join("takes")).into_iter().flatten().map(Result::unwrap);
        let parts = entries.filter(|entry| entry.path().extension() != Some(OsStr::new("mp4")));
        parts.into_iter().any(|part| part.metadata().is_ok_and(|meta| meta.len() > 0))
    }

    /// The names in the view of storyboard `x`, in order.
    pub(crate) fn view(&self) -> Vec<String> {
        let paths = clips(&self.path(OUT).join("x"));
        paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// Does every purchase with these words lie in the vault, byte for byte?
    pub(crate) fn has_exactly(&self, queue: &Queue, words: &[&str]) {
        let wanted: BTreeSet<Vec<u8>> = words.iter().map(|word| queue.file_of(word)).collect();
        assert_eq!(wanted.len(), words.len());
        assert!(self.takes() == wanted, "{} files in the vault, wanted {words:?}", self.takes().len());
    }

    /// Every file below the project, and what every run printed.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        walk(self.dir.path(), &mut files);
        walk(self.prints.path(), &mut files);
        files
    }
}

/// The `.mp4` files of a folder, sorted; none where there is no folder.
fn clips(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut clips: Vec<PathBuf> =
        entries.filter(|path| path.extension() == Some(OsStr::new("mp4"))).collect();
    clips.sort();
    clips
}

fn walk(dir: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            walk(&path, files);
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}

/// A command line that can still be added to.
pub(crate) struct Invocation {
    command: Command,
    prints: PathBuf,
}

impl Invocation {
    pub(crate) fn to(self, queue: &Queue) -> Self {
        self.env("SHOTLIST_QUEUE_URL", &queue.origin()).env("FAL_KEY", KEY)
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With so many kilobytes of address space; with more it is killed.
    pub(crate) fn in_memory(self, kilobytes: u32) -> Self {
        self.under(&format!("ulimit -v {kilobytes}"))
    }

    /// On a disk that is full once a file has 32 kilobytes, until [`Running::has_room`].
    #[cfg(target_os = "linux")]
    pub(crate) fn short_of_room(self) -> Self {
        self.under("trap '' XFSZ; ulimit -S -f 64")
    }

    /// Started by a shell that has done this before.
    fn under(mut self, script: &str) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{script} && exec \"$0\" \"$@\"")]);
        shell.arg(self.command.get_program()).args(self.command.get_args());
        shell.env_clear().stdin(Stdio::null());
        shell.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(self.command.get_current_dir().unwrap());
        self.command = shell;
        self
    }

    /// In a folder of the project.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        let dir = self.command.get_current_dir().unwrap().join(folder);
        self.command.current_dir(dir);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Started so that it ignores being hung up on, as `nohup` does.
    pub(crate) fn without_hang_up(self) -> Self {
        self.under("trap '' HUP")
    }

    pub(crate) fn start(mut self) -> Running {
        let (out, out_path) = print(&self.prints);
        let (err, err_path) = print(&self.prints);
        let child = self.command.stdout(out).stderr(err).spawn().unwrap();
        Running { child, out: out_path, err: err_path }
    }

    /// Runs it to its end.
    pub(crate) fn done(self) -> Done {
        self.start().done()
    }

    /// Runs it to its end, which must be this exit code.
    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> Done {
        self.done().ends(exit)
    }
}

fn print(dir: &Path) -> (File, PathBuf) {
    tempfile::NamedTempFile::new_in(dir).unwrap().keep().unwrap()
}

/// A run that goes on beside the test; killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9` does; the exit code where it had ended by itself.
    pub(crate) fn kill(mut self) -> Option<i32> {
        self.child.kill().unwrap();
        self.child.wait().unwrap().code()
    }

    /// `INT` is what Ctrl-C sends.
    pub(crate) fn signal(&self, name: &str) {
        let (name, pid) = (format!("-{name}"), self.pid().to_string());
        assert!(Command::new("kill").args([name, pid]).status().unwrap().success());
    }

    /// Ends what [`Invocation::short_of_room`] began.
    #[cfg(target_os = "linux")]
    pub(crate) fn has_room(&self) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = Pid::from_raw(self.pid().try_into().unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    }

    /// What it has printed so far as data.
    pub(crate) fn prints(&self) -> String {
        fs::read_to_string(&self.out).unwrap()
    }

    pub(crate) fn says(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    /// Waits for its end however long that takes: for what is much work, on a machine that may be busy.
    pub(crate) fn done_at_leisure(mut self) -> Done {
        self.child.wait().unwrap();
        self.done()
    }

    pub(crate) fn done(mut self) -> Done {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let stdout = fs::read_to_string(&self.out).unwrap();
                return Done { exit: status.code().unwrap_or(-1), stdout, stderr: self.says() };
            }
            assert!(started.elapsed() < PATIENCE, "it does not end; it said:\n{}", self.says());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> Done {
        self.done().ends(exit)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run left on the screen.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output, which must be one object on one line.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{}", self.stdout);
        let value: Value = serde_json::from_str(&self.stdout).unwrap();
        assert!(value.is_object());
        value
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        assert!(self.stderr.contains(words), "{words:?} is not in:\n{}", self.stderr);
    }
}

/// What the JSON says of the clip at an address such as `x/one`.
#[track_caller]
pub(crate) fn clip<'a>(json: &'a Value, address: &str) -> &'a Value {
    let clips = json["clips"].as_array().unwrap();
    clips.iter().find(|clip| clip["address"] == address).unwrap_or_else(|| panic!("no {address} in {json:#}"))
}

/// The addresses of the clips whose `key` is this, in order.
pub(crate) fn addresses(json: &Value, key: &str, value: &str) -> Vec<String> {
    let clips = json["clips"].as_array().unwrap().iter().filter(|clip| clip[key] == value);
    clips.map(|clip| clip["address"].as_str().unwrap().to_owned()).collect()
}
