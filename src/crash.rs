//! The points of a purchase at which a test can end the process, and the gate through which every file operation of
//! the record goes, so that a test can make it fail. Both do nothing unless the program is built with `crash-points`:
//! then the environment decides, and what was passed is written down.

#[cfg(feature = "crash-points")]
mod armed;
#[cfg(feature = "crash-points")]
mod fault;
#[cfg(not(feature = "crash-points"))]
mod idle;

use std::path::Path;

#[cfg(feature = "crash-points")]
pub use armed::{gate, mark, point, unanswered, write};
#[cfg(not(feature = "crash-points"))]
pub use idle::{gate, mark, point, unanswered, write};

/// A moment of a run, in the order in which one purchase meets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "crash-points", derive(clap::ValueEnum))]
pub enum Point {
    LockTaken,
    PlanMade,
    /// The line is in the journal and not yet synced.
    IntentAppended,
    IntentSynced,
    /// The whole request is out, and nothing came back so far.
    RequestSent,
    /// fal's receipt is here, and nowhere else.
    ReceiptRead,
    ReceiptAppended,
    /// Before the first look at the status.
    ReceiptSynced,
    BetweenLooks,
    CompletedSeen,
    /// fal's answer with the file's address is here, and nowhere else.
    ResultRead,
    ResultAppended,
    ResultSynced,
    /// Some of the file is here.
    MidDownload,
    /// All of the file is under its temporary name, and not yet synced.
    FileWritten,
    FileSynced,
    /// The file has its name, and its folder is not yet synced.
    FileRenamed,
    LandedAppended,
    LandedSynced,
    /// A whole file of the record, such as the compacted journal or the manifest, is synced under its temporary name.
    ReplacementWritten,
    /// It has its name, and its folder is not yet synced.
    ReplacementRenamed,
    LockReleased,
}

/// What a run is about to do, or has done, on the strength of what is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "crash-points", derive(clap::ValueEnum))]
pub enum Mark {
    /// The request of this nonce goes out next.
    Sending,
    /// This request's status is asked for next.
    Looking,
    /// The take of this nonce is recorded as landed.
    Landed,
}

/// What is done to a file or folder. Bytes are written by [`write`](write()) alone.
#[derive(Clone, Copy, Debug)]
pub enum Op<'a> {
    /// Looks at it, lists or reads it, or opens what is there: changes nothing.
    Read,
    MakeFolder,
    /// A new, empty file; one that is there already stays as it is.
    Create,
    Empty,
    Sync,
    SyncFolder,
    Protect,
    Remove,
    /// From here to the path of the operation.
    Rename {
        from: &'a Path,
    },
    /// A second name, or a copy, of what is here.
    Link {
        from: &'a Path,
    },
}
