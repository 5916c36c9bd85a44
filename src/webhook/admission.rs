//! Which purchase of the record a callback is about, and whether the two can both be true.
//! Pure: reads the takes, records nothing.

use super::tally::Heard;
use crate::take::{Nonce, State, Take, Takes, Token};

/// A purchase that a callback may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Admitted {
    pub(super) nonce: Nonce,
    pub(super) news: News,
}

/// Does it tell the run anything?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    Yes,
    /// What came of the purchase is on record already.
    No,
}

/// The purchase with this token. Every take is compared, so that the time says nothing about any token.
pub(super) fn find<'a>(takes: &'a Takes, token: &Token) -> Option<&'a Take> {
    let is_its = |take: &Take| take.token.as_ref().is_some_and(|own| own.matches(token));
    takes.iter().fold(None, |found, take| if is_its(take) { Some(take) } else { found })
}

/// # Errors
/// The token is nobody's, or the record has another request for it, or another purchase for the request.
pub(super) fn admit(takes: &Takes, token: &Token, request_id: &str) -> Result<Admitted, Heard> {
    let take = find(takes, token).ok_or(Heard::UnknownToken)?;
    let is_its_own = match take.request_id() {
        Some(own) => own == request_id,
        None => takes.with_request(request_id).is_none(),
    };
    let news = match take.state() {
        _ if !is_its_own => return Err(Heard::Contradicting),
        State::Intended | State::Unknown | State::Submitted => News::Yes,
        // The record says that there was no purchase; a person has to look at that.
        State::Failed if take.submitted.is_none() => return Err(Heard::Contradicting),
        State::Completed | State::Failed | State::Landed => News::No,
    };
    Ok(Admitted { nonce: take.nonce, news })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;
    use crate::take::{Completed, Facts, Failed, FailureKind, Intent, Submitted};
    use jiff::Timestamp;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn begun(token: Option<&Token>) -> Facts {
        let request = Request { endpoint: "fal-ai/x".to_owned(), body: serde_json::Map::new() };
        let address: crate::address::Address = "neon/rooftop/skyline".parse().unwrap();
        let intent = Intent {
            at: AT,
            origin: "sim".to_owned(),
            shots: vec![address.shot_name().clone()],
            address,
            request,
            video: "/video/url".to_owned(),
            seconds: 5,
            usd: "2.10".parse().unwrap(),
        };
        Facts { intent: Some(intent), token: token.cloned(), ..Facts::of(Nonce::mint()) }
    }

    fn submitted(facts: Facts, id: &str) -> Facts {
        let submitted = Submitted::by_id(AT, id);
        Facts { submitted: Some(submitted), ..facts }
    }

    fn failed(facts: Facts, kind: FailureKind) -> Facts {
        let failed = Failed::new(AT, kind, String::new());
        Facts { failed: Some(failed), ..facts }
    }

    fn completed(facts: Facts) -> Facts {
        let completed =
            Completed { at: AT, video_url: "/v".to_owned(), file_size: None, billable_units: None };
        Facts { completed: Some(completed), ..facts }
    }

    fn takes(all: &[Facts]) -> Takes {
        all.iter().map(|facts| facts.clone().into_take().unwrap()).collect()
    }

    fn news(all: &[Facts], token: &Token, id: &str) -> Result<News, Heard> {
        admit(&takes(all), token, id).map(|admitted| admitted.news)
    }

    #[test]
    fn a_token_leads_to_its_own_purchase() {
        let (one, other) = (Token::mint(), Token::mint());
        let all = [begun(None), submitted(begun(Some(&one)), "r-1"), begun(Some(&other))];
        assert_eq!(admit(&takes(&all), &one, "r-1"), Ok(Admitted { nonce: all[1].nonce, news: News::Yes }));
        assert_eq!(admit(&takes(&all), &other, "r-2"), Ok(Admitted { nonce: all[2].nonce, news: News::Yes }));
        assert_eq!(admit(&takes(&all), &Token::mint(), "r-1"), Err(Heard::UnknownToken));
    }

    #[test]
    fn an_id_that_the_record_has_otherwise_is_a_lie() {
        let (one, other) = (Token::mint(), Token::mint());
        let all = [submitted(begun(Some(&one)), "r-1"), begun(Some(&other)), submitted(begun(None), "r-3")];
        for (token, id) in [(&one, "r-2"), (&one, "r-3"), (&other, "r-1"), (&other, "r-3")] {
            assert_eq!(news(&all, token, id), Err(Heard::Contradicting), "{id}");
        }
    }

    #[test]
    fn what_is_finished_is_no_news_and_what_was_not_bought_is_a_contradiction() {
        let token = Token::mint();
        let begun = || begun(Some(&token));
        assert_eq!(news(&[completed(submitted(begun(), "r"))], &token, "r"), Ok(News::No));
        assert_eq!(news(&[failed(submitted(begun(), "r"), FailureKind::Policy)], &token, "r"), Ok(News::No));
        for kind in
            [FailureKind::Refused, FailureKind::NotSent, FailureKind::Released, FailureKind::Throttled]
        {
            assert_eq!(news(&[failed(begun(), kind)], &token, "r"), Err(Heard::Contradicting), "{kind:?}");
        }
    }
}
