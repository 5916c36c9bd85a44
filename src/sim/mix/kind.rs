//! What can go wrong, by the call that it befalls. Does not decide how often, and makes no answer.

use super::super::fault::BadEnd;

/// What is asked of the simulator, as far as it can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sim) enum Call {
    Submit,
    /// How a request that was accepted ends.
    End,
    Status,
    Result,
    File,
    /// When the history begins to list a request.
    Listing,
    History,
    Prices,
}

macro_rules! kinds {
    ($($call:ident { $($(#[$doc:meta])* $kind:ident),+ $(,)? })+) => {
        /// A kind of fault. Calls of the same kind for the same request heal after a few attempts, so that a client
        /// that does everything right gets its video.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($($(#[$doc])* $kind,)+)+ }

        impl Kind {
            /// All of them.
            pub const ALL: [Self; [$($(Self::$kind),+),+].len()] = [$($(Self::$kind),+),+];

            pub(in crate::sim) fn call(self) -> Call {
                match self { $($(Self::$kind)|+ => Call::$call,)+ }
            }
        }
    };
}

kinds! {
    Submit {
        /// Accepted; the connection breaks before the answer is through.
        AnswerLost,
        /// Accepted; nothing comes for a while, and then the connection breaks.
        AnswerHangs,
        /// Accepted; a gateway answers 500, 502 or 503 with a page of its own.
        AnswerGateway,
        /// Accepted; a gateway answers 504 with a page of its own, late.
        AnswerLate504,
        /// Accepted; the answer has no `request_id`.
        AnswerWithoutId,
        /// Accepted; the answer is cut-off JSON.
        AnswerBroken,
        /// Accepted; 200 with an empty body.
        AnswerEmpty,
        /// Accepted; 200 with a page.
        AnswerHtml,
        /// Accepted; JSON nested a hundred thousand deep.
        AnswerDeep,
        /// Accepted; JSON that goes on for as long as anybody reads it.
        AnswerEndless,
        /// Accepted; 307 to another address.
        AnswerRedirect,
        /// Accepted; a `request_id` that would mean something in an address, a file name or a header, or of 1 MB.
        AnswerEvilId,
        /// Accepted, and answered well but for addresses on another host.
        AnswerElsewhere,
        /// Not accepted: 429 in fal's shape, with `Retry-After` in every form but a long one.
        Throttled,
        /// Not accepted: 400, 404 or 422 in fal's shape.
        RefusedInput,
        /// Not accepted: 401, 402 or 403 in fal's shape.
        RefusedAccount,
        /// Not accepted: a proxy says so with a page, under any of these codes.
        RefusedByPage,
        /// Not accepted: a gateway never passed it on, and says 502.
        NeverArrived,
    }
    End {
        /// 422 `content_policy_violation`; nobody says what it cost.
        EndsPolicy,
        /// 422 with a list; not billed.
        EndsInvalid,
        /// 422 with one sentence; not billed.
        EndsInWords,
        /// 500 in fal's shape; not billed, and once in a request's life.
        EndsServer,
        /// 200 without a video; not billed.
        EndsEmpty,
    }
    Status {
        /// 408, 425, 429 or 5xx, in fal's shape or as a page.
        StatusBusy,
        /// 404 or 405.
        StatusUnfound,
        /// 401 or 403.
        StatusAccount,
        StatusReset,
        StatusHangs,
        /// Broken, empty, deep or endless JSON, or a page.
        StatusBroken,
        /// A step back to `IN_QUEUE`, or `COMPLETED` too early.
        StatusFlaps,
        /// A state that nobody knows.
        StatusNovel,
        /// Logs that are missing, null, or no list.
        StatusOddLogs,
        /// Addresses on another host.
        StatusElsewhere,
    }
    Result {
        /// 5xx, or 429, that is not the outcome.
        ResultBusy,
        ResultReset,
        ResultHangs,
        /// Broken, empty, deep or endless JSON, or a page.
        ResultBroken,
        /// 400 `Request is still in progress`.
        ResultNotReady,
        /// Without `X-Fal-Billable-Units`, which come with a later answer.
        UnitsLate,
        /// A `file_size` that is negative, huge, a text or null.
        OddSize,
        /// A `file_name` with slashes, control characters or 64 KB.
        EvilName,
    }
    File {
        /// 404 or 410 for the address first given; the result, asked again, gives one that works.
        FileGone,
        /// The same with 403.
        FileForbidden,
        /// 408, 429 or 5xx.
        FileBusy,
        FileReset,
        /// Breaks off half-way; the rest can be had.
        FileCut,
        /// Breaks off half-way, and the server knows no ranges.
        FileCutUnranged,
        /// Half of another edition under another `ETag`, and then it breaks off.
        FileOtherEdition,
        /// One byte too few, and the length says so too.
        FileShort,
        /// One byte too few, without a length.
        FileShortUnsaid,
        /// In drops.
        FileSlow,
        /// 200 with a page.
        FileHtml,
        /// Whole, without a length.
        FileUnsaid,
        /// A redirect to the file.
        FileMoved,
        /// A redirect to plain http elsewhere.
        FileMovedAway,
    }
    Listing {
        /// The history lists the request only after a while.
        ListedLate,
    }
    History {
        /// 429 or 5xx.
        HistoryBusy,
        /// Broken, empty, deep or endless JSON, or a page.
        HistoryBroken,
    }
    Prices {
        /// 429 or 5xx.
        PricesBusy,
        /// Broken, empty, deep or endless JSON, or a page.
        PricesBroken,
    }
}

impl Call {
    /// How many attempts of a call for one request can go wrong. Those of no request never heal.
    pub(super) fn faulty_attempts(self) -> u32 {
        match self {
            Self::Submit => 2,
            Self::Status => 6,
            Self::Result | Self::File => 3,
            Self::End | Self::Listing | Self::History | Self::Prices => u32::MAX,
        }
    }
}

impl Kind {
    /// Is the address of the file what is wrong with it?
    pub(in crate::sim) fn is_a_dead_address(self) -> bool {
        matches!(self, Self::FileGone | Self::FileForbidden)
    }

    pub(super) fn bad_end(self) -> Option<BadEnd> {
        match self {
            Self::EndsPolicy => Some(BadEnd::Policy),
            Self::EndsInvalid => Some(BadEnd::Invalid),
            Self::EndsInWords => Some(BadEnd::Words),
            Self::EndsServer => Some(BadEnd::Server),
            Self::EndsEmpty => Some(BadEnd::Empty),
            _ => None,
        }
    }
}
