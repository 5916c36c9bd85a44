//! What came of every call to the listener, counted and in words. No word holds anything that a caller sent.

use std::collections::BTreeMap;

use super::PublicUrl;

/// What came of one call. What is refused has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// A purchase of this record is to be looked at now.
    Taken,
    /// One of which that was known: fal sends again what it thinks was not heard.
    Repeated,
    UnknownToken,
    Unsigned,
    /// Its time is too far from now: it may have been recorded and played back.
    Stale,
    BadSignature,
    /// The queue's keys can't be had, so nobody knows; fal sends it again.
    Unverified,
    TooLong,
    CutOff,
    Unreadable,
    /// Signed, and about another request than the record's.
    Contradicting,
    /// Any other request to the listener.
    Elsewhere,
}

impl Heard {
    /// HTTP status of the answer. Who does not know a token learns nothing.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Taken | Self::Repeated => 200,
            Self::UnknownToken | Self::Elsewhere => 404,
            Self::TooLong => 413,
            Self::Unverified => 503,
            Self::CutOff | Self::Unreadable => 400,
            Self::Unsigned | Self::Stale | Self::BadSignature | Self::Contradicting => 403,
        }
    }

    /// Is it a callback that was not believed?
    fn is_refusal(self) -> bool {
        !matches!(self, Self::Taken | Self::Repeated | Self::Elsewhere)
    }

    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Repeated => "repeated",
            Self::UnknownToken => "unknown token",
            Self::Unsigned => "no signature",
            Self::Stale => "too old or from the future",
            Self::BadSignature => "bad signature",
            Self::Unverified => "not verifiable, since the queue's signing keys can't be had",
            Self::TooLong => "too long",
            Self::CutOff => "cut off",
            Self::Unreadable => "not readable",
            Self::Contradicting => "contradicts the record",
            Self::Elsewhere => "something else was asked for",
        }
    }
}

/// How often each came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Heard, u64>);

impl Tally {
    pub(super) fn note(&mut self, heard: Heard) {
        *self.0.entry(heard).or_default() += 1;
    }

    #[must_use]
    pub fn count(&self, heard: Heard) -> u64 {
        self.0.get(&heard).copied().unwrap_or_default()
    }

    /// One line for the end of a run.
    #[must_use]
    pub fn text(&self, public: &PublicUrl) -> String {
        let (taken, repeated) = (self.count(Heard::Taken), self.count(Heard::Repeated));
        let mut parts = vec![format!("{taken} taken")];
        parts.extend((repeated > 0).then(|| format!("{repeated} repeated")));
        parts.extend(self.refused());
        let elsewhere = self.count(Heard::Elsewhere);
        parts.extend((elsewhere > 0).then(|| format!("{elsewhere} answered with 404")));
        let unheard = if taken + repeated == 0 { unheard(public) } else { String::new() };
        format!("webhooks: {}{unheard}", parts.join(", "))
    }

    fn refused(&self) -> Option<String> {
        let refused = self.0.iter().filter(|(heard, _)| heard.is_refusal());
        let each: Vec<String> =
            refused.clone().map(|(heard, count)| format!("{count} {}", heard.words())).collect();
        let all: u64 = refused.map(|(_, count)| count).sum();
        (all > 0).then(|| format!("{all} refused ({})", each.join(", ")))
    }
}

fn unheard(public: &PublicUrl) -> String {
    format!("; the clips were looked at without them: does {public} lead here from outside?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(all: &[Heard]) -> String {
        let mut tally = Tally::default();
        for heard in all {
            tally.note(*heard);
        }
        tally.text(&"https://hooks.example/in".parse().unwrap())
    }

    #[test]
    fn everything_that_came_is_counted_by_what_came_of_it() {
        use Heard::{BadSignature, Elsewhere, Repeated, Stale, Taken};
        assert_eq!(text(&[Taken, Taken]), "webhooks: 2 taken");
        assert_eq!(
            text(&[Elsewhere, Stale, Taken, BadSignature, Repeated, Stale]),
            "webhooks: 1 taken, 1 repeated, 3 refused (2 too old or from the future, 1 bad signature), \
             1 answered with 404"
        );
    }

    #[test]
    fn silence_names_the_address_that_nobody_called() {
        assert!(text(&[]).contains("does https://hooks.example/in lead here"));
        assert!(text(&[Heard::UnknownToken]).contains("0 taken, 1 refused (1 unknown token); "));
    }
}
