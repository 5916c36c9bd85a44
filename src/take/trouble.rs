//! What can go wrong with a purchase, and what may be done again after it: the one place that decides either.
//! Waits for nothing and counts no tries; those who do ask here first.

/// One thing that went wrong, whoever noticed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The connection was never made, so nothing left this machine.
    NotSent,
    /// The request may have reached fal, and no answer tells.
    Ambiguous,
    /// fal will not take the request, or found nothing in it to film.
    Refused,
    /// fal's or the model's content filter.
    Policy,
    /// The key, the balance or the permission.
    Account,
    /// Too many requests just now.
    Throttled,
    /// It ended with an HTTP 5xx, which fal does not bill.
    Server,
    /// A question about a purchase got no usable answer. The clip is paid for all the same.
    Result,
    /// A file did not come, or not whole.
    Download,
    /// The address of a file is dead.
    Expired,
}

/// What may be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The same call, unasked: it certainly bought nothing, or can't.
    Unasked,
    /// The same call, unasked, but not in this run: whatever refused it refuses everything.
    NextRun,
    /// One other question, for a new address.
    Once,
    /// The same purchase, as a new one, for as long as attempts are left over the request's life.
    WithinAttempts,
    /// Nothing until the request changes or a person asks for it by name.
    WhenAsked,
    /// Nothing, ever: it would be bought twice. It is looked for instead.
    Never,
}

impl Trouble {
    #[must_use]
    pub fn again(self) -> Again {
        match self {
            Self::NotSent | Self::Throttled | Self::Result | Self::Download => Again::Unasked,
            Self::Account => Again::NextRun,
            Self::Expired => Again::Once,
            Self::Server => Again::WithinAttempts,
            Self::Refused | Self::Policy => Again::WhenAsked,
            Self::Ambiguous => Again::Never,
        }
    }
}

impl Again {
    /// The same request would probably end so again, so that it is not simply bought once more.
    #[must_use]
    pub fn blames_the_request(self) -> bool {
        matches!(self, Self::WithinAttempts | Self::WhenAsked)
    }
}
