//! What can go wrong, by the call that it befalls: the one list behind the grammar, its help and the answers.
//! Does not decide how often, and makes no answer.

use std::fmt;
use std::time::Duration;

macro_rules! kinds {
    ($(#[doc = $call_doc:literal] $call:ident = $call_name:literal {
        $(#[doc = $doc:literal] $kind:ident = $name:literal $([$($code:literal),+])? $(for $millis:literal)?,)+
    })+) => {
        /// What is asked of the simulator, as far as it can go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Call { $(#[doc = $call_doc] $call,)+ }

        impl Call {
            /// All of them.
            pub const ALL: [Self; [$($call_name),+].len()] = [$(Self::$call),+];

            /// As a rule names it: `submit`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$call => $call_name,)+ }
            }
        }

        /// A kind of fault. As text: `submit.lost`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[doc = $doc] $kind,)+)+ }

        impl Kind {
            /// All of them.
            pub const ALL: [Self; [$($($name),+),+].len()] = [$($(Self::$kind),+),+];

            /// The call that it befalls.
            #[must_use]
            pub fn call(self) -> Call {
                match self { $($(Self::$kind)|+ => Call::$call,)+ }
            }

            /// Its name among those of its call: `lost`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$kind => $name,)+)+ }
            }

            /// What happens, in one line.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self { $($(Self::$kind => $doc.trim_ascii(),)+)+ }
            }

            /// The status codes that it comes with, one at a time; none where it has no choice of them.
            #[must_use]
            pub fn codes(self) -> &'static [u16] {
                match self { $($(Self::$kind => &[$($($code),+)?],)+)+ }
            }

            /// How long it lasts unless its rule says otherwise; none where it takes no time.
            #[must_use]
            pub fn lasts(self) -> Option<Duration> {
                let millis: &[u64] = match self { $($(Self::$kind => &[$($millis)?],)+)+ };
                millis.first().map(|millis| Duration::from_millis(*millis))
            }
        }
    };
}

kinds! {
    /// A request is handed in, to the queue or to be run while its client waits.
    Submit = "submit" {
        /// Accepted; the connection breaks before the answer is through.
        SubmitLost = "lost",
        /// Accepted; nothing comes for a while, and then the connection breaks.
        SubmitHang = "hang" for 2_000,
        /// Accepted; a gateway answers with a page of its own.
        SubmitGateway = "gateway" [500, 502, 503],
        /// Accepted; a gateway answers 504 with a page of its own, after a while.
        SubmitGatewayTimeout = "gateway-timeout" for 1_000,
        /// Accepted; the answer's `request_id` is null.
        SubmitNoRequestId = "no-request-id",
        /// Accepted; the answer is cut-off JSON.
        SubmitBrokenJson = "broken-json",
        /// Accepted; 200 with an empty body.
        SubmitEmpty = "empty",
        /// Accepted; 200 with a page.
        SubmitPage = "page",
        /// Accepted; JSON nested a hundred thousand deep.
        SubmitDeepJson = "deep-json",
        /// Accepted; JSON that goes on for as long as anybody reads it, up to 64 MiB.
        SubmitEndless = "endless",
        /// Accepted; 307 to another host.
        SubmitRedirect = "redirect",
        /// Accepted; a `request_id` that would mean something in an address, a file name or a header, or of 900 kB.
        SubmitHostileId = "hostile-id",
        /// Accepted, and answered well but for addresses on another host.
        SubmitOtherHost = "other-host",
        /// Not accepted: 429 in fal's shape, with `Retry-After` in every form but a long one.
        SubmitThrottled = "throttled" [429],
        /// Not accepted, in fal's shape: something is wrong with the request, the key or the account.
        SubmitRefused = "refused" [400, 401, 402, 403, 404, 422],
        /// Not accepted: a proxy says so with a page.
        SubmitRefusedByPage = "refused-by-page" [400, 401, 402, 403, 404, 422, 429],
        /// Not accepted: a gateway never passed it on, and says 502.
        SubmitNeverArrived = "never-arrived" [502],
    }
    /// A request that was accepted ends.
    End = "end" {
        /// 422 `content_policy_violation`; nobody says what it cost.
        EndPolicy = "policy",
        /// 422 with a list of what is wrong with the input; not billed.
        EndInvalid = "invalid",
        /// 422 with one sentence in place of the list; not billed.
        EndWords = "words",
        /// 500 in fal's shape; not billed.
        EndServer = "server",
        /// 200 without a video; not billed.
        EndNoVideo = "no-video",
    }
    /// The status is asked for.
    Status = "status" {
        /// An error that passes, in fal's shape or as a page.
        StatusBusy = "busy" [408, 425, 429, 500, 502, 503, 504],
        /// The request or the call is said not to exist.
        StatusNotFound = "not-found" [404, 405],
        /// The key is said to be wrong, or the account locked.
        StatusUnauthorized = "unauthorized" [401, 403],
        /// The connection breaks.
        StatusReset = "reset",
        /// Nothing comes for a while, and then the connection breaks.
        StatusHang = "hang" for 2_000,
        /// 200 with broken, empty, deep or endless JSON, or a page.
        StatusGarbage = "garbage",
        /// A step back to `IN_QUEUE`, or `COMPLETED` too early.
        StatusFlap = "flap",
        /// A state that nobody knows: `PAUSED`.
        StatusUnknownState = "unknown-state",
        /// Logs that are null, a text, or a list of something else.
        StatusOddLogs = "odd-logs",
        /// Addresses on another host.
        StatusOtherHost = "other-host",
    }
    /// The status is asked for as a stream.
    Stream = "stream" {
        /// An error in place of the stream, in fal's shape or as a page.
        StreamRefused = "refused" [429, 500, 502, 503, 504],
        /// The connection breaks after the first event.
        StreamCut = "cut",
        /// It opens, says nothing for a while, not even a comment, and then the connection breaks.
        StreamSilent = "silent" for 2_000,
    }
    /// A request is to be cancelled.
    Cancel = "cancel" {
        /// An error, in fal's shape or as a page; nothing is cancelled.
        CancelRefused = "refused" [429, 500, 502, 503, 504],
    }
    /// The result of a finished request is asked for.
    Result = "result" {
        /// An error that is not the outcome, in fal's shape or as a page.
        ResultBusy = "busy" [429, 500, 502, 503, 504],
        /// The connection breaks.
        ResultReset = "reset",
        /// Nothing comes for a while, and then the connection breaks.
        ResultHang = "hang" for 2_000,
        /// 200 with broken, empty, deep or endless JSON, or a page.
        ResultGarbage = "garbage",
        /// 400 `Request is still in progress`, though it is not.
        ResultNotReady = "not-ready",
        /// Without `X-Fal-Billable-Units`, which come with a later answer.
        ResultLateUnits = "late-units",
        /// A `file_size` that is negative, huge, a text, a fraction or null.
        ResultOddSize = "odd-size",
        /// A `file_name` with slashes, control characters or 64 KiB.
        ResultHostileName = "hostile-name",
    }
    /// A video is fetched.
    File = "file" {
        /// The address is dead; the result, asked again, gives one that works.
        FileGone = "gone" [404, 410],
        /// The same with 403.
        FileForbidden = "forbidden" [403],
        /// An error that passes, in fal's shape or as a page.
        FileBusy = "busy" [408, 429, 500, 502, 503, 504],
        /// The connection breaks before the first byte of the file.
        FileReset = "reset",
        /// Breaks off half-way; the rest can be had.
        FileTruncate = "truncate",
        /// Breaks off half-way, and the server knows no ranges.
        FileTruncateNoRanges = "truncate-no-ranges",
        /// Half of another edition under another `ETag`, and then it breaks off.
        FileOtherEdition = "other-edition",
        /// One byte too few, and the length says so too.
        FileShort = "short",
        /// One byte too few, without a length.
        FileShortNoLength = "short-no-length",
        /// Whole, in eight drops.
        FileSlow = "slow" for 320,
        /// 200 with a page.
        FilePage = "page",
        /// Whole, without a length.
        FileNoLength = "no-length",
        /// A redirect to the file.
        FileMoved = "moved",
        /// A redirect to plain http on a host that is not there.
        FileMovedAway = "moved-away",
    }
    /// A request that has ended is called back about.
    Webhook = "webhook" {
        /// Not sent; it is tried again as if nobody had answered.
        WebhookLost = "lost",
        /// Sent twice.
        WebhookDuplicate = "duplicate",
        /// Sent after a while.
        WebhookLate = "late" for 5_000,
        /// The signature is none of a published key.
        WebhookBadSignature = "bad-signature",
        /// Signed well, an hour ago.
        WebhookStale = "stale",
        /// `payload` is null, with a `payload_error`.
        WebhookPayloadError = "payload-error",
    }
    /// The history begins to list a request.
    Listing = "listing" {
        /// The history lists the request only a while after it has begun.
        ListingLate = "late" for 1_000,
    }
    /// The history is asked for.
    History = "history" {
        /// An error that passes, in fal's shape or as a page.
        HistoryBusy = "busy" [429, 500, 502, 503, 504],
        /// 200 with broken, empty, deep or endless JSON, or a page.
        HistoryGarbage = "garbage",
    }
    /// The prices are asked for.
    Prices = "prices" {
        /// An error that passes, in fal's shape or as a page.
        PricesBusy = "busy" [429, 500, 502, 503, 504],
        /// 200 with broken, empty, deep or endless JSON, or a page.
        PricesGarbage = "garbage",
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.call(), self.name())
    }
}
