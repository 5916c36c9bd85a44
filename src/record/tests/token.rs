//! The secret that fal calls back with: kept on this machine for as long as the record is, and told to nobody.

use super::*;
use crate::take::Token;

fn with_token(facts: Facts, token: &Token) -> Facts {
    Facts { token: Some(token.clone()), ..facts }
}

fn holds(text: &[u8], token: &Token) -> bool {
    String::from_utf8_lossy(text).contains(token.expose())
}

#[test]
fn a_token_survives_every_run_and_is_in_the_journal_alone() {
    let (_temp, dir) = folder();
    let token = Token::mint();
    let record = open(&dir);
    append(&record, [with_token(intent(1), &token), unknown(1)]);
    run(record.finish()).unwrap();
    drop(record);
    assert!(holds(&journal(&dir), &token) && !holds(&manifest(&dir), &token));
    assert!(!manifest(&dir).is_empty());
    let record = open(&dir);
    assert_eq!(record.take(nonce(1)).unwrap().token, Some(token.clone()));
    append(&record, [submitted(1, "r1"), completed(1), landed(1, b"film")]);
    run(record.finish()).unwrap();
    assert!(holds(&journal(&dir), &token) && !holds(&manifest(&dir), &token));
}

#[test]
fn a_token_that_everybody_can_read_is_none() {
    let token = Token::mint();
    let (_temp, dir) = folder_with(b"", &lines(&[with_token(intent(1), &token), unknown(1)]));
    assert_eq!(open(&dir).take(nonce(1)).unwrap().token, None);
}

#[test]
fn no_message_about_a_damaged_record_shows_a_token() {
    let (one, other) = (Token::mint(), Token::mint());
    let both = [with_token(intent(1), &one), with_token(submitted(1, "r1"), &one)];
    let (_temp, dir) =
        folder_with(&lines(&[both.as_slice(), &[with_token(submitted(1, "r2"), &other)]].concat()), b"");
    let error = Record::open(&dir, "sim", &me(), LockWait::No).unwrap_err();
    let message = format!("{error} {error:?}");
    assert!(message.contains("r1") && message.contains("r2"), "{message}");
    assert!(!message.contains(one.expose()) && !message.contains(other.expose()), "{message}");
}
