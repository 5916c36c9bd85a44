//! Which faults a soak meets, and how often, in parts of ten thousand.

use shotlist::sim::{Kind, Mix};

/// Faults that take a person, or one run more than a mix allows: the account's, requests that fal won't take, answers
/// that are a proxy's to requests that never arrived, which no history will ever show, and a file that is moved to plain
/// http, which is left for the next run.
const FOR_A_PERSON: [Kind; 7] = [
    Kind::RefusedInput,
    Kind::RefusedAccount,
    Kind::RefusedByPage,
    Kind::NeverArrived,
    Kind::StatusAccount,
    Kind::EndsEmpty,
    Kind::FileMovedAway,
];

/// 5 % lost answers, 3 % late 504s, and a spread of everything else that a program can get over by itself.
pub(crate) fn weather() -> Mix {
    let mix = Mix::every(150).with(Kind::AnswerLost, 500).with(Kind::AnswerLate504, 300);
    let answers = Kind::ALL.into_iter().filter(|kind| format!("{kind:?}").starts_with("Answer"));
    let rare = answers.filter(|kind| !matches!(kind, Kind::AnswerLost | Kind::AnswerLate504));
    let mix = rare.fold(mix, |mix, kind| mix.with(kind, 20));
    FOR_A_PERSON.into_iter().fold(mix, |mix, kind| mix.with(kind, 0))
}

/// Nearly every look, answer and file goes wrong at first; every submit goes well.
pub(crate) fn fog() -> Mix {
    let calls =
        [("Status", 1_000), ("Result", 1_500), ("File", 750), ("Units", 500), ("Odd", 500), ("Evil", 500)];
    let rate = |kind: Kind| {
        calls.iter().find(|(call, _)| format!("{kind:?}").starts_with(call)).map(|(_, rate)| *rate)
    };
    let all = Kind::ALL.into_iter().filter(|kind| !FOR_A_PERSON.contains(kind));
    all.fold(Mix::default(), |mix, kind| mix.with(kind, rate(kind).unwrap_or(0)))
        .with(Kind::FileOtherEdition, 2_000)
}

/// Every fault there is, at 2 %.
pub(crate) fn storm() -> Mix {
    Mix::every(200)
}
