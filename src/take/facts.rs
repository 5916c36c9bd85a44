//! One line of the record: some facts about one purchase. Joining facts is commutative and idempotent,
//! so that any order of lines, and any line twice, tells the same story. Knows no file.

use serde::{Deserialize, Serialize};

use super::{
    Completed, Expired, Failed, Intent, Landed, Nonce, Stored, Submitted, Take, Token, Units, Unknown,
};

/// What one line, or several joined, know of a purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    pub nonce: Nonce,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<Unknown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Submitted>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<Completed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Landed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<Expired>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<Stored>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// Two lines can't both be true of one purchase; holds what they differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("they disagree on its {0}")]
pub struct Contradiction(pub &'static str);

impl Facts {
    /// Nothing known yet but the identity.
    #[must_use]
    pub fn of(nonce: Nonce) -> Self {
        Self {
            nonce,
            intent: None,
            unknown: None,
            submitted: None,
            completed: None,
            failed: None,
            landed: None,
            expired: None,
            stored: None,
            token: None,
        }
    }

    /// Adds what another line knows of the same purchase.
    ///
    /// # Errors
    /// The two disagree on what was bought, on fal's receipt or on the file.
    pub fn join(&mut self, other: Self) -> Result<(), Contradiction> {
        join(&mut self.intent, other.intent, |a, b| a == b, "intent")?;
        join(&mut self.submitted, other.submitted, |a, b| a.request_id == b.request_id, "request id")?;
        join(&mut self.landed, other.landed, |a, b| (a.bytes, &a.hash) == (b.bytes, &b.hash), "file")?;
        self.unknown = earlier(self.unknown.take(), other.unknown);
        self.completed = least(self.completed.take(), other.completed, |completed| {
            (is_silent(completed.billable_units.as_deref()), completed.telling())
        });
        self.failed = evident(self.failed.take(), other.failed);
        self.expired = earlier(self.expired.take(), other.expired);
        self.stored = self.stored.max(other.stored);
        self.token = self.token.take().max(other.token);
        Ok(())
    }

    /// The whole take; none while its intent is not known.
    #[must_use]
    pub fn into_take(self) -> Option<Take> {
        let intent = self.intent?;
        Some(Take {
            nonce: self.nonce,
            fingerprint: intent.request.fingerprint(),
            intent,
            unknown: self.unknown,
            submitted: self.submitted,
            completed: self.completed,
            failed: self.failed,
            landed: self.landed,
            expired: self.expired,
            stored: self.stored,
            token: self.token,
        })
    }
}

fn join<T: Tell>(
    mine: &mut Option<T>,
    theirs: Option<T>,
    same: fn(&T, &T) -> bool,
    name: &'static str,
) -> Result<(), Contradiction> {
    if let (Some(mine), Some(theirs)) = (&mine, &theirs)
        && !same(mine, theirs)
    {
        return Err(Contradiction(name));
    }
    *mine = earlier(mine.take(), theirs);
    Ok(())
}

/// Tellings of one fact may differ in their time or in a re-signed address; the smaller one stands, whichever came first.
fn earlier<T: Tell>(one: Option<T>, other: Option<T>) -> Option<T> {
    least(one, other, Tell::telling)
}

/// Of two failures the one that fal told stands before the one that a person decided, then the one with fal's units.
fn evident(one: Option<Failed>, other: Option<Failed>) -> Option<Failed> {
    least(one, other, |failed| {
        (failed.kind.is_a_decision(), is_silent(failed.billable_units.as_deref()), failed.telling())
    })
}

/// Does it not say what fal bills? That comes late, and a telling without it must not hide the one that has it.
fn is_silent(units: Option<&str>) -> bool {
    units.and_then(Units::told).is_none()
}

fn least<T, R: Ord>(one: Option<T>, other: Option<T>, rank: impl Fn(&T) -> R) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if rank(&one) <= rank(&other) { one } else { other }),
        (one, other) => one.or(other),
    }
}

/// A fact as text, which puts any two tellings of it in an order: its time is its first field.
trait Tell: Serialize {
    fn telling(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl<T: Serialize> Tell for T {}

impl From<Take> for Facts {
    fn from(take: Take) -> Self {
        Self {
            nonce: take.nonce,
            intent: Some(take.intent),
            unknown: take.unknown,
            submitted: take.submitted,
            completed: take.completed,
            failed: take.failed,
            landed: take.landed,
            expired: take.expired,
            stored: take.stored,
            token: take.token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;
    use crate::take::{Charge, FailureKind, State};
    use crate::usd::Usd;
    use jiff::Timestamp;
    use proptest::prelude::*;

    const NONCE: &str = "01939f7e-0000-7000-8000-0000000000aa";

    fn facts() -> Facts {
        Facts::of(NONCE.parse().unwrap())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn intent() -> Intent {
        let request = Request { endpoint: "fal-ai/x".to_owned(), body: serde_json::Map::new() };
        let address: crate::address::Address = "neon/rooftop/skyline".parse().unwrap();
        let usd: Usd = "4.62".parse().unwrap();
        Intent {
            at: at(1),
            origin: "sim".to_owned(),
            shots: vec![address.shot_name().clone()],
            address,
            request,
            video: "/video/url".to_owned(),
            seconds: 11,
            usd,
        }
    }

    fn submitted(second: i64, id: &str) -> Submitted {
        Submitted::by_id(at(second), id)
    }

    fn landed(second: i64, hash: &str) -> Landed {
        Landed { at: at(second), bytes: 9, hash: hash.to_owned(), width: 16, height: 9, millis: 11_000 }
    }

    fn failed(second: i64) -> Failed {
        let failed = Failed::new(at(second), FailureKind::Server, "down".to_owned());
        Failed { http_status: Some(503), ..failed }
    }

    fn released(second: i64) -> Failed {
        Failed { kind: FailureKind::Released, ..failed(second) }
    }

    fn completed(second: i64, units: Option<&str>) -> Completed {
        let billable_units = units.map(str::to_owned);
        Completed { at: at(second), video_url: "/v".to_owned(), file_size: None, billable_units }
    }

    fn any_line() -> impl Strategy<Value = Facts> {
        (0..12_u8, 2..9_i64).prop_map(|(kind, second)| match kind {
            0 => Facts { intent: Some(intent()), ..facts() },
            1 => Facts { unknown: Some(Unknown { at: at(second), why: "no answer".to_owned() }), ..facts() },
            2 => Facts { submitted: Some(submitted(second, "r1")), ..facts() },
            3 => Facts { failed: Some(failed(second)), ..facts() },
            4 => Facts { landed: Some(landed(second, "aa")), ..facts() },
            5 => Facts { failed: Some(released(second)), ..facts() },
            6 => Facts { stored: Some(Stored { at: at(second), modified: second }), ..facts() },
            7 => Facts { completed: Some(completed(second, Some("5"))), ..facts() },
            8 => Facts { completed: Some(completed(second, Some("?"))), ..facts() },
            9 => Facts { token: Some(format!("{second:032}").parse().unwrap()), ..facts() },
            10 => Facts {
                failed: Some(Failed { billable_units: Some("0".to_owned()), ..failed(second) }),
                ..facts()
            },
            _ => Facts { completed: Some(completed(second, None)), ..facts() },
        })
    }

    fn joined(lines: &[Facts]) -> Facts {
        lines.iter().cloned().fold(facts(), |mut all, line| {
            all.join(line).unwrap();
            all
        })
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_tells_the_same_story(
            lines in prop::collection::vec(any_line(), 0..12),
            order in Just((0..24_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let twice: Vec<_> = lines.iter().chain(&lines).cloned().collect();
            let shuffled: Vec<_> = order.iter().filter_map(|&i| twice.get(i)).cloned().collect();
            prop_assert_eq!(joined(&lines), joined(&shuffled));
        }
    }

    #[test]
    fn the_state_of_higher_rank_wins() {
        let all = [
            Facts { landed: Some(landed(9, "aa")), ..facts() },
            Facts { failed: Some(failed(3)), ..facts() },
            Facts { intent: Some(intent()), ..facts() },
        ];
        assert_eq!(joined(&all).into_take().unwrap().state(), State::Landed);
        assert_eq!(joined(&all[1..]).into_take().unwrap().state(), State::Failed);
        assert_eq!(joined(&all[2..]).into_take().unwrap().state(), State::Intended);
    }

    #[test]
    fn evidence_is_stronger_than_a_persons_word_that_nothing_was_bought() {
        let all = [
            Facts { intent: Some(intent()), ..facts() },
            Facts { failed: Some(released(3)), ..facts() },
            Facts { submitted: Some(submitted(2, "r1")), ..facts() },
            Facts { failed: Some(failed(9)), ..facts() },
        ];
        let take = |lines: &[Facts]| joined(lines).into_take().unwrap();
        assert_eq!((take(&all[..2]).state(), take(&all[..2]).charge()), (State::Failed, Charge::Free));
        assert_eq!(take(&all[..3]).state(), State::Submitted);
        assert_eq!(take(&all[..3]).charge(), Charge::Reserved(intent().usd));
        assert_eq!(take(&all).failure().unwrap().kind, FailureKind::Server);
    }

    #[test]
    fn units_that_came_late_stand_whatever_the_order() {
        let silent = Facts { completed: Some(completed(3, None)), ..facts() };
        let garbled = Facts { completed: Some(completed(2, Some("?"))), ..facts() };
        let told = Facts { completed: Some(completed(9, Some("5"))), ..facts() };
        for lines in [[&silent, &garbled, &told], [&told, &silent, &garbled], [&garbled, &told, &silent]] {
            let lines = lines.map(Clone::clone);
            assert_eq!(joined(&lines).completed.unwrap().billable_units.as_deref(), Some("5"));
        }
    }

    #[test]
    fn a_refusal_that_fal_bills_nothing_for_is_free_though_it_said_so_late() {
        let refused = Failed { kind: FailureKind::Policy, ..failed(3) };
        let late = Failed { billable_units: Some("0.0".to_owned()), ..refused.clone() };
        let of = |failed| Facts { intent: Some(intent()), failed: Some(failed), ..facts() };
        let (before, after) = (of(refused), of(late));
        assert_eq!(before.clone().into_take().unwrap().charge(), Charge::MaybeBilled(intent().usd));
        for lines in [[before.clone(), after.clone()], [after, before]] {
            assert_eq!(joined(&lines).into_take().unwrap().charge(), Charge::Free);
        }
    }

    #[test]
    fn lines_that_cannot_both_be_true_are_refused() {
        let mut one = Facts { submitted: Some(submitted(2, "r1")), landed: Some(landed(3, "aa")), ..facts() };
        let id = one.join(Facts { submitted: Some(submitted(2, "r2")), ..facts() });
        assert_eq!(id, Err(Contradiction("request id")));
        assert_eq!(one.join(Facts { landed: Some(landed(3, "bb")), ..facts() }), Err(Contradiction("file")));
    }

    #[test]
    fn a_line_keeps_all_its_facts() {
        let line = Facts {
            intent: Some(intent()),
            submitted: Some(submitted(2, "r1")),
            failed: Some(failed(3)),
            ..facts()
        };
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), line);
    }
}
