//! `report`: the contact sheet as one page beside the clips. Needs no key, no network and no lock, and buys nothing.

use std::fs;
use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use super::again::quoted;
use super::args::{BoardArgs, EditionArgs, Limits, ReportArgs, SelectArgs};
use super::boards::{self, Boards, Depth};
use super::exit::{Exit, Failure};
use super::folder::Folder;
use super::output;
use super::plan as plan_command;
use super::terminal::{Format, Terminal};
use crate::record::Vault;
use crate::report::contact::{Commands, Scope, Sheet};
use crate::timeline;

pub(super) fn report(args: &ReportArgs, terminal: Terminal) -> Result<Exit, Failure> {
    let boards = boards::load(&args.board, Depth::Asked)?;
    let root = boards::root(&args.board.paths, &args.place)?;
    let folder = Folder::at(&args.place, &root);
    terminal.errors(&boards.problems);
    let path = args.output.clone().unwrap_or_else(|| folder.dir.join("report.html"));
    if boards.has_errors() {
        // A page that lacks half of the film would lie; the one that is there is as old as it says.
        terminal.error(&format!("{} was not written: the storyboards have problems", path.display()));
        return Ok(Exit::Problems);
    }
    Page { path, project: name(&root), folder, board: &args.board }.write(&boards, terminal)?;
    Ok(Exit::Done)
}

/// Where it goes, and what it is about.
struct Page<'a> {
    path: PathBuf,
    project: String,
    folder: Folder,
    board: &'a BoardArgs,
}

impl Page<'_> {
    fn write(&self, boards: &Boards, terminal: Terminal) -> Result<(), Failure> {
        self.admit()?;
        let takes = self.folder.read()?;
        let files = self.folder.files(&takes)?;
        let (select, limits) = (SelectArgs::default(), Limits::default());
        let plan = plan_command::make(boards, &self.folder, &takes, &files, &select, limits)?;
        let timelines = timeline::timelines(&boards.expanded, &plan, &takes);
        let sheet = Sheet {
            timelines: &timelines,
            plan: &plan,
            scope: if self.board.paths.is_empty() { Scope::Project } else { Scope::Part },
            takes: &takes,
            absent: &files.absent,
            spending: self.folder.spending(),
            at: Timestamp::now(),
            project: &self.project,
            folder: &self.folder.name(),
            base: &base(&home(&self.path)?, &self.folder.dir),
            commands: &commands(&self.folder, self.board),
        };
        output::write(&self.path, sheet.page().as_bytes())?;
        tell(&sheet, &self.path, terminal);
        Ok(())
    }

    /// Over an earlier page or nothing: over no storyboard and no take, and through no link.
    fn admit(&self) -> Result<(), Failure> {
        output::admit(&self.path, "html", &Vault::of(&self.folder.dir))?;
        output::is_plain_or_new(&self.path)
    }
}

fn tell(sheet: &Sheet, page: &Path, terminal: Terminal) {
    let file = page.display().to_string();
    if terminal.format == Format::Json {
        terminal.data(&format!("{}\n", sheet.json(&file)));
    }
    terminal.say(&format!("wrote {file}: open it in a browser"));
}

/// For this folder and these storyboards, typed where the page was made.
fn commands(folder: &Folder, board: &BoardArgs) -> Commands {
    let edition = edition(&board.edition);
    let paths: Vec<String> = board.paths.iter().map(|path| quoted(&path.display().to_string())).collect();
    Commands {
        render: joined([folder.command("render"), edition.clone(), paths.join(" ")]),
        reconcile: folder.command("reconcile"),
        explain: joined([folder.command("explain"), edition, String::new()]),
    }
}

fn edition(args: &EditionArgs) -> String {
    let vars = args.vars.iter().map(|(name, value)| format!("--var {}", quoted(&format!("{name}={value}"))));
    let profile = args.profile.iter().map(|profile| format!("--profile {profile}"));
    profile.chain(vars).collect::<Vec<_>>().join(" ")
}

fn joined(words: [String; 3]) -> String {
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

/// That of its folder, which is empty where it is the working directory.
fn name(root: &Path) -> String {
    let whole = Path::new(".").join(root).canonicalize().unwrap_or_else(|_| root.to_owned());
    whole.file_name().map_or_else(|| "Storyboards".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The folder of the page, made where it is not there yet.
fn home(page: &Path) -> Result<PathBuf, Failure> {
    let folder = output::folder_of(page);
    let made = fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
    made.map_err(|error| output::unwritten(page, &error))
}

/// The way from the page's folder to the output folder, for addresses: empty, or ending in `/`.
fn base(home: &Path, dir: &Path) -> String {
    let Ok(dir) = dir.canonicalize() else { return String::new() };
    let (from, to): (Vec<Component>, Vec<Component>) =
        (home.components().collect(), dir.components().collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|step| encoded(&step.as_os_str().to_string_lossy()));
    up.chain(down).map(|step| step + "/").collect()
}

/// As a segment of an address, RFC 3986.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(one).collect()
}
