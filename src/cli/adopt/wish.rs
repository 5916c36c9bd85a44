//! What was typed after `adopt`, told apart: storyboards and ids of requests. And what is said of ids that are refused.

use std::path::PathBuf;

use crate::cli::args::AdoptArgs;
use crate::cli::exit::Failure;
use crate::render::Unplaced;

/// fal's ids are UUIDs, of so many characters.
const ID: usize = 36;

pub(super) struct Wish {
    pub(super) paths: Vec<PathBuf>,
    /// Where there are any, only these requests are looked for.
    pub(super) ids: Vec<String>,
}

impl Wish {
    /// A word is a path where there is one of that name, else an id where it can be one.
    pub(super) fn of(args: &AdoptArgs) -> Result<Self, Failure> {
        let (mut paths, mut ids) = (Vec::new(), Vec::new());
        for word in &args.what {
            match word.to_str().filter(|text| is_id(text)) {
                _ if word.exists() => paths.push(word.clone()),
                Some(id) => ids.push(id.to_owned()),
                None => {
                    let word = word.display();
                    let message =
                        format!("`{word}` is neither a storyboard or folder nor the id of a request");
                    return Err(Failure::usage(message));
                }
            }
        }
        if !ids.is_empty() && args.since.is_some() {
            let message = "--since looks through a stretch of time, and ids name single requests; give one or the other";
            return Err(Failure::usage(message));
        }
        Ok(Self { paths, ids })
    }
}

fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(plain)
}

pub(super) fn refused(unplaced: &[Unplaced]) -> Failure {
    let why: Vec<String> = unplaced.iter().map(in_words).collect();
    Failure::usage(format!("{}\nnothing was recorded", why.join("\n")))
}

/// A word that looks like no id of fal's may have been meant for a path.
fn in_words(unplaced: &Unplaced) -> String {
    match unplaced {
        Unplaced::NotListed { id, .. } if id.len() != ID => {
            format!("{unplaced}. Nor is there a storyboard or folder `{id}`")
        }
        _ => unplaced.to_string(),
    }
}
