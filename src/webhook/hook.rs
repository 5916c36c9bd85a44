//! What the run knows of callbacks: where to ask for them, and who was called about. Speaks to nobody.

use std::collections::BTreeMap;

use tokio::sync::watch;

use super::PublicUrl;
use super::tally::Heard;
use crate::fal::ReturnAddress;
use crate::take::{Nonce, Token};

/// The calls of a run. One that came stays, so that whoever asks later has it too.
#[derive(Debug)]
pub struct Hook {
    public: PublicUrl,
    /// By purchase: fal's id of it, as signed.
    calls: watch::Sender<BTreeMap<Nonce, String>>,
}

impl Hook {
    pub(super) fn new(public: PublicUrl) -> Self {
        Self { public, calls: watch::Sender::default() }
    }

    #[must_use]
    pub fn public(&self) -> &PublicUrl {
        &self.public
    }

    #[must_use]
    pub fn return_address(&self, token: &Token) -> ReturnAddress {
        self.public.return_address(token)
    }

    /// The first call about a purchase counts; whoever waits for it goes on.
    pub(super) fn call(&self, nonce: Nonce, request_id: &str) -> Heard {
        let is_news = self.calls.send_if_modified(|calls| match calls.get(&nonce) {
            Some(_) => false,
            None => calls.insert(nonce, request_id.to_owned()).is_none(),
        });
        if is_news { Heard::Taken } else { self.again(nonce, request_id) }
    }

    /// Before the receipt is on record only the first call can say that a second one is about something else.
    fn again(&self, nonce: Nonce, request_id: &str) -> Heard {
        let is_same = self.calls.borrow().get(&nonce).is_some_and(|known| known == request_id);
        if is_same { Heard::Repeated } else { Heard::Contradicting }
    }

    /// Waits until fal has called about the purchase, for ever if need be, and tells its id.
    pub async fn called(&self, nonce: Nonce) -> String {
        self.called_about(|called, _| called == nonce).await.1
    }

    /// The same for any call that is meant, by its purchase and its id.
    pub async fn called_about(&self, is_meant: impl Fn(Nonce, &str) -> bool) -> (Nonce, String) {
        let found = |calls: &BTreeMap<Nonce, String>| {
            calls.iter().find(|(nonce, id)| is_meant(**nonce, id)).map(|(nonce, id)| (*nonce, id.clone()))
        };
        let mut calls = self.calls.subscribe();
        loop {
            if let Some(call) = found(&calls.borrow_and_update()) {
                return call;
            }
            if calls.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn a_call_is_heard_once_by_everybody_who_waits_for_it_now_or_later() {
        let hook = Hook::new("https://hooks.example".parse().unwrap());
        let (one, other) = (Nonce::mint(), Nonce::mint());
        assert_eq!(hook.called(one).now_or_never(), None);
        let mut waiting = Box::pin(hook.called(one));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        assert_eq!(hook.call(other, "r-2"), Heard::Taken);
        assert_eq!(waiting.as_mut().now_or_never(), None);
        assert_eq!(hook.call(one, "r-1"), Heard::Taken);
        assert_eq!(waiting.now_or_never().as_deref(), Some("r-1"));
        assert_eq!(hook.called(one).now_or_never().as_deref(), Some("r-1"));
        let meant =
            |id| hook.called_about(move |called, meant| called == other && meant == id).now_or_never();
        assert_eq!((meant("r-2"), meant("r-1")), (Some((other, "r-2".to_owned())), None));
    }

    #[test]
    fn a_second_call_has_no_effect_and_one_about_something_else_is_a_lie() {
        let (hook, nonce) = (Hook::new("https://hooks.example".parse().unwrap()), Nonce::mint());
        assert_eq!(hook.call(nonce, "r-1"), Heard::Taken);
        assert_eq!(hook.call(nonce, "r-1"), Heard::Repeated);
        assert_eq!(hook.call(nonce, "r-2"), Heard::Contradicting);
        assert_eq!(hook.called(nonce).now_or_never().as_deref(), Some("r-1"));
    }
}
