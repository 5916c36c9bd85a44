//! What was typed after `export`, and which film `export` and `cut` are about.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{EditionArgs, PlaceArgs};
use crate::timecode::Rate;

/// One film, or the films of one storyboard.
#[derive(Debug, Args)]
pub(in crate::cli) struct FilmArgs {
    /// A storyboard: its file, its id such as `neon-harbor`, or one edition of it such as `night-bloom@16x9.window` or
    /// `neon-harbor+draft`
    #[arg(value_name = "STORYBOARD")]
    pub(in crate::cli) storyboard: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) edition: EditionArgs,
    #[command(flatten)]
    pub(in crate::cli) place: PlaceArgs,
    /// Frames a second, such as 25, 23.976 or 30000/1001 [default: those of the first take, 24 where there is none]
    #[arg(long, value_name = "FPS", env = "SHOTLIST_RATE")]
    pub(in crate::cli) rate: Option<Rate>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// What to write
    #[arg(value_name = "FORMAT")]
    pub(in crate::cli) format: Format,
    #[command(flatten)]
    pub(in crate::cli) film: FilmArgs,
    /// Where to write it; a folder, there or with a `/` at its end, takes a file of each edition [default: standard output]
    #[arg(short, long, value_name = "FILE", env = "SHOTLIST_OUTPUT")]
    pub(in crate::cli) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// OpenTimelineIO: a track of clips with every take, shots as markers, prompts and costs as metadata
    Otio,
    /// CMX 3600 edit decision list: the cuts, the files and the shots as locators
    Edl,
    /// SubRip subtitles of the spoken lines
    Srt,
    /// WebVTT subtitles of the spoken lines, with who speaks them
    Vtt,
    /// Shot list for a spreadsheet, one row a shot
    Csv,
}

impl Format {
    /// The end of its files' names.
    pub(in crate::cli) fn extension(self) -> &'static str {
        match self {
            Self::Otio => "otio",
            Self::Edl => "edl",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Csv => "csv",
        }
    }
}
