//! What is known of calls and faults beyond their names: what a rule can say of them, and when they heal.

use super::{Call, Kind};

impl Call {
    /// What can go wrong with it.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| kind.call() == self)
    }

    /// Can a rule wait for the N-th submit? Only a submit has a number, and through it what it ends as.
    pub(super) fn has_a_number(self) -> bool {
        matches!(self, Self::Submit | Self::End)
    }

    /// Is it made again and again? When a request is listed is decided once.
    pub(super) fn has_attempts(self) -> bool {
        self != Self::Listing
    }

    /// Is it about one request, and so about one endpoint?
    pub(super) fn has_an_endpoint(self) -> bool {
        !matches!(self, Self::History | Self::Prices)
    }
}

impl Kind {
    /// Is the address of the file what is wrong with it?
    pub(in crate::sim) fn is_a_dead_address(self) -> bool {
        matches!(self, Self::FileGone | Self::FileForbidden)
    }

    /// Is it decided by the request's input alone? What a filter or a validator finds wrong with it remains wrong.
    pub(super) fn is_lasting(self) -> bool {
        self == Self::ListingLate || (self.call() == Call::End && self != Self::EndServer)
    }

    /// After how many attempts a client that does everything right is let through by [`Faults::every`].
    ///
    /// [`Faults::every`]: super::Faults::every
    pub(super) fn heals_after(self) -> Option<u32> {
        match self.call() {
            Call::Submit | Call::Cancel | Call::Webhook => Some(2),
            Call::Status => Some(6),
            Call::Stream | Call::Result | Call::File => Some(3),
            Call::End => (!self.is_lasting()).then_some(1),
            Call::Listing | Call::History | Call::Prices => None,
        }
    }
}
