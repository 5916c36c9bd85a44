//! What was typed after `explain`: a take of a record, by its file or one of its names, or a pattern of clips.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::address::{Id, Pattern};
use crate::cli::args::{EditionArgs, ExplainArgs, PlaceArgs};
use crate::cli::boards;
use crate::cli::exit::Failure;
use crate::cli::folder::Folder;
use crate::record::{self, view};
use crate::take::{Nonce, Take, Takes};
use crate::timeline::{Clip, Timeline};

/// The fewest characters of a number or fingerprint that name a take.
const SHORTEST: usize = 6;

/// Where it is, and what.
pub(super) struct Found {
    pub(super) folder: Folder,
    pub(super) takes: Takes,
    pub(super) subject: Subject,
}

/// What is to be explained.
pub(super) enum Subject {
    Take(Box<Take>),
    /// A file's place in the view, which may be gone.
    View(PathBuf),
    Clips(Pattern),
}

pub(super) fn find(args: &ExplainArgs) -> Result<Found, Failure> {
    let path = Path::new(&args.what);
    let places = places(&args.place, path);
    let hash = path.is_file().then(|| hash(path)).transpose()?;
    let mut searched = Vec::new();
    for place in &places {
        let folder = Folder::at(place, &boards::root(&[], place)?);
        let takes = folder.read()?;
        let take = takes.iter().rev().find(|take| is_meant(take, &args.what, hash.as_deref()));
        if let Some(subject) = take.map(|take| Subject::Take(Box::new(take.clone()))) {
            return Ok(Found { folder, takes, subject });
        }
        searched.push((folder, takes));
    }
    let names: Vec<String> = searched.iter().map(|(folder, _)| folder.name()).collect();
    let (folder, takes) = searched.swap_remove(0);
    let subject = match args.what.parse() {
        _ if hash.is_some() => return Err(Failure::usage(no_take(path, &names.join(" or ")))),
        _ if path.extension().is_some_and(|ending| ending == "mp4") => Subject::View(path.to_owned()),
        Ok(pattern) => Subject::Clips(pattern),
        Err(error) => return Err(Failure::usage(format!("`{}`: {error}", args.what))),
    };
    Ok(Found { folder, takes, subject })
}

fn no_take(file: &Path, folders: &str) -> String {
    let is_text = file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let hint = if is_text { "; for a storyboard, give its id or the address of a clip" } else { "" };
    format!("{} is no take of {folders}: no take has its bytes{hint}", file.display())
}

/// The output folders to look in: the one that was named, that which the file lies in, or both usual ones.
fn places(asked: &PlaceArgs, path: &Path) -> Vec<PlaceArgs> {
    match record_above(path) {
        _ if asked.out.is_some() || asked.sim => vec![place(asked.out.clone(), asked.sim)],
        Some(dir) => vec![place(Some(dir.clone()), is_simulated(&dir))],
        None => vec![place(None, false), place(None, true)],
    }
}

fn place(out: Option<PathBuf>, sim: bool) -> PlaceArgs {
    PlaceArgs { out, sim }
}

fn record_above(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).take(3).find(|dir| record::is_here(dir)).map(Path::to_owned)
}

fn is_simulated(dir: &Path) -> bool {
    let first = |takes: Takes| takes.iter().next().is_some_and(|take| take.intent.origin == "sim");
    record::read(dir).is_ok_and(first)
}

fn hash(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::usage(format!("{} can't be read: {error}", path.display()));
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(unreadable)?;
    hasher.update_reader(file).map_err(unreadable)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// By its bytes where there is a file, else by its file's name, request id, number or fingerprint.
fn is_meant(take: &Take, what: &str, hash: Option<&str>) -> bool {
    if let Some(hash) = hash {
        return take.landed.as_ref().is_some_and(|landed| landed.hash == hash);
    }
    let name = what.rsplit('/').next().unwrap_or(what);
    let begins = |text: &str| what.len() >= SHORTEST && text.starts_with(what);
    take.file_name() == name
        || take.request_id() == Some(what)
        || take.nonce.short() == what
        || begins(&take.nonce.to_string())
        || begins(&take.fingerprint.to_string())
}

impl Subject {
    /// The profile is part of an address, so nobody has to give it twice.
    pub(super) fn edition(&self, asked: &EditionArgs, takes: &Takes) -> EditionArgs {
        let named = match self {
            Self::Take(take) => {
                takes.get(take.nonce).and_then(|take| take.intent.address.edition.profile.clone())
            }
            Self::View(path) => {
                path.parent().and_then(Path::file_name).and_then(|name| profile(&name.to_string_lossy()))
            }
            Self::Clips(pattern) => profile(pattern.to_string().split('/').next().unwrap_or_default()),
        };
        EditionArgs { profile: asked.profile.clone().or(named), ..asked.clone() }
    }

    pub(super) fn take(&self) -> Option<Nonce> {
        match self {
            Self::Take(take) => Some(take.nonce),
            Self::View(_) | Self::Clips(_) => None,
        }
    }

    /// Is it this clip, the one at `at` of its film?
    pub(super) fn means(&self, film: &Timeline, at: usize, clip: &Clip, takes: &Takes) -> bool {
        match self {
            Self::Take(take) => {
                clip.planned.fingerprint == take.fingerprint && takes.get(take.nonce).is_some()
            }
            Self::Clips(pattern) => clip.planned.matches(pattern),
            Self::View(path) => path.ends_with(shown(film, at, clip)),
        }
    }

    /// Is it this take, although no storyboard asks for it?
    pub(super) fn meant(&self, take: &Take) -> bool {
        match self {
            Self::Take(own) => own.nonce == take.nonce,
            Self::Clips(pattern) => pattern.selects(&take.intent.address),
            Self::View(_) => false,
        }
    }
}

fn profile(edition: &str) -> Option<Id> {
    edition.split_once('+').and_then(|(_, profile)| profile.parse().ok())
}

/// Its place in the view, below the output folder.
fn shown(film: &Timeline, at: usize, clip: &Clip) -> PathBuf {
    let address = &clip.planned.address;
    let last = clip.planned.shots.last().filter(|_| address.shot.is_some()).cloned();
    let last = crate::address::Address { shot: last, ..address.clone() };
    let named = view::Clip { first: address.clone(), last, take: None };
    Path::new(&view::folder_name(film.edition)).join(view::file_name(at, film.clips.len(), &named))
}
