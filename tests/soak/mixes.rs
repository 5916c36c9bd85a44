//! Which faults a soak meets, and how often. All of them heal, and none lasts long.

use std::time::Duration;

use shotlist::sim::{Call, Faults, Kind, Rule, What};

/// Faults that take a person, or one run more than a mix allows: the account's, requests that fal won't take, answers
/// that are a proxy's to requests that never arrived, which no history will ever show, and a file that is moved to plain
/// http, which is left for the next run.
const FOR_A_PERSON: [Kind; 6] = [
    Kind::SubmitRefused,
    Kind::SubmitRefusedByPage,
    Kind::SubmitNeverArrived,
    Kind::StatusUnauthorized,
    Kind::EndNoVideo,
    Kind::FileMovedAway,
];
/// Submits that are not accepted.
const REFUSALS: [Kind; 4] =
    [Kind::SubmitThrottled, Kind::SubmitRefused, Kind::SubmitRefusedByPage, Kind::SubmitNeverArrived];

/// 5 % lost answers, 3 % late 504s, and a spread of everything else that a program can get over by itself.
pub(crate) fn weather() -> Faults {
    let answers = Call::Submit.kinds().filter(|kind| !REFUSALS.contains(kind));
    let rules = answers.fold(Faults::every(0.015), |rules, kind| rules.with(kind, 0.002));
    let rules = rules.with(Kind::SubmitLost, 0.05).with(Kind::SubmitGatewayTimeout, 0.03);
    brief(FOR_A_PERSON.into_iter().fold(rules, |rules, kind| rules.with(kind, 0.0)))
}

/// Nearly every look, answer and file goes wrong at first; every submit goes well.
pub(crate) fn fog() -> Faults {
    let p = |kind: Kind| match (kind.call(), kind) {
        _ if FOR_A_PERSON.contains(&kind) => 0.0,
        (Call::Result, Kind::ResultLateUnits | Kind::ResultOddSize | Kind::ResultHostileName) => 0.05,
        (Call::File, Kind::FileOtherEdition) => 0.2,
        (Call::Status, _) => 0.1,
        (Call::Result, _) => 0.15,
        (Call::File, _) => 0.075,
        _ => 0.0,
    };
    brief(Kind::ALL.into_iter().fold(Faults::every(0.0), |rules, kind| rules.with(kind, p(kind))))
}

/// Every fault there is, at 2 %.
pub(crate) fn storm() -> Faults {
    brief(Faults::every(0.02))
}

/// So that a soak of thousands ends.
fn brief(rules: Faults) -> Faults {
    let millis = |what| match what {
        What::One(Kind::FileSlow) => 320,
        What::One(Kind::SubmitGatewayTimeout) => 400,
        What::One(Kind::ListingLate) => 500,
        _ => 800,
    };
    let brief = |rule: Rule| {
        let time = Duration::from_millis(millis(rule.what()));
        rule.lasting(time)
    };
    rules.into_iter().map(brief).collect()
}
