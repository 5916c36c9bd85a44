//! Whether a callback was signed by one of the queue's keys, and lately. Pure: takes the keys and the clock as they come.

use hyper::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::fal::SigningKey;

/// How far a callback's time may be from this machine's (webhooks page of fal's documentation).
const LEEWAY: SignedDuration = SignedDuration::from_secs(300);
/// An ED25519 signature in hex.
const SIGNATURE: usize = 128;

/// What the headers of a callback claim.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) request_id: &'a str,
    user_id: &'a str,
    timestamp: &'a str,
    signature: [u8; SIGNATURE / 2],
}

impl<'a> Signed<'a> {
    /// None where a header is missing or can't be what it should be.
    pub(super) fn read(headers: &'a HeaderMap) -> Option<Self> {
        let header = |name: &str| {
            let mut all = headers.get_all(name).iter();
            let one = all.next()?.to_str().ok()?;
            all.next().is_none().then_some(one)
        };
        Some(Self {
            request_id: header("x-fal-webhook-request-id")?,
            user_id: header("x-fal-webhook-user-id")?,
            timestamp: header("x-fal-webhook-timestamp")?,
            signature: unhex(header("x-fal-webhook-signature")?)?,
        })
    }

    /// Is it of now, by its own word? What it says is only true once the signature is.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let digits = self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let at = self.timestamp.parse().ok().filter(|_| digits).map(Timestamp::from_second);
        at.and_then(Result::ok).is_some_and(|at| now.duration_since(at).abs() <= LEEWAY)
    }

    /// Is the signature one of these keys', over this body?
    pub(super) fn is_by(&self, keys: &[SigningKey], body: &[u8]) -> bool {
        let message = self.message(body);
        keys.iter().any(|key| {
            UnparsedPublicKey::new(&ED25519, &key.0).verify(message.as_bytes(), &self.signature).is_ok()
        })
    }

    /// What is signed: three lines of the headers, and the body's hash.
    fn message(&self, body: &[u8]) -> String {
        let hash = hex(digest(&SHA256, body).as_ref());
        [self.request_id, self.user_id, self.timestamp, &hash].join("\n")
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn unhex(text: &str) -> Option<[u8; SIGNATURE / 2]> {
    let text = text.as_bytes();
    if text.len() != SIGNATURE {
        return None;
    }
    let mut bytes = [0; SIGNATURE / 2];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};
    use ring::signature::{Ed25519KeyPair, KeyPair};

    const NOW: i64 = 1_790_000_000;
    const BODY: &[u8] = br#"{"request_id":"r-1","status":"OK","payload":{}}"#;

    fn pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn public(seed: u8) -> SigningKey {
        SigningKey(pair(seed).public_key().as_ref().try_into().unwrap())
    }

    /// Written out by its own rule, not by the code under test.
    fn headers(seed: u8, at: &str, body: &[u8]) -> HeaderMap {
        let hash = hex(digest(&SHA256, body).as_ref());
        let signature = hex(pair(seed).sign(format!("r-1\nu-1\n{at}\n{hash}").as_bytes()).as_ref());
        let all =
            [("request-id", "r-1"), ("user-id", "u-1"), ("timestamp", at), ("signature", signature.as_str())];
        all.into_iter().map(|(name, value)| header(name, value)).collect()
    }

    fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
        (format!("x-fal-webhook-{name}").parse().unwrap(), value.parse().unwrap())
    }

    fn set(headers: &mut HeaderMap, name: &str, value: &str) {
        let (name, value) = header(name, value);
        headers.insert(name, value);
    }

    fn is_genuine(headers: &HeaderMap, body: &[u8]) -> bool {
        Signed::read(headers).is_some_and(|signed| signed.is_by(&[public(1), public(2)], body))
    }

    #[test]
    fn a_signature_of_any_of_the_keys_holds_for_its_own_body_alone() {
        for seed in [1, 2] {
            assert!(is_genuine(&headers(seed, "1790000000", BODY), BODY));
        }
        assert!(!is_genuine(&headers(3, "1790000000", BODY), BODY), "a key that is not published");
        assert!(!is_genuine(&headers(1, "1790000000", BODY), b"{}"), "another body");
        assert!(!is_genuine(&headers(1, "1790000000", b"{}"), BODY), "a signature of another body");
    }

    #[test]
    fn a_signature_that_was_made_elsewhere_is_understood() {
        // Seed of RFC 8032's first test vector; the signature was computed with OpenSSL 3.
        let key = SigningKey([
            0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
            0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
        ]);
        let mut headers = headers(1, "1790000000", BODY);
        set(&mut headers, "signature", OPENSSL);
        assert!(Signed::read(&headers).unwrap().is_by(&[key], BODY));
    }

    /// Over `r-1`, `u-1`, `1790000000` and the hash of [`BODY`].
    const OPENSSL: &str = "c7e8cc01c422b4eb86e790ceeb4875689c3d1aba3955dd30d0b402dc95dac21b9dd2cbeec6b44c2ed94e285615269ef5c1cff751a563730549164c733c014308";

    #[test]
    fn every_signed_part_counts() {
        for name in ["request-id", "user-id", "timestamp"] {
            let mut changed = headers(1, "1790000000", BODY);
            set(&mut changed, name, "1790000001");
            assert!(!is_genuine(&changed, BODY), "{name}");
        }
        let mut flipped = headers(1, "1790000000", BODY);
        let signature = flipped["x-fal-webhook-signature"].to_str().unwrap().to_owned();
        for at in [0, 63, 64, 127] {
            let mut other = signature.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            set(&mut flipped, "signature", std::str::from_utf8(&other).unwrap());
            assert!(!is_genuine(&flipped, BODY), "{at}");
        }
        set(&mut flipped, "signature", &signature.to_uppercase());
        assert!(is_genuine(&flipped, BODY), "hex is hex in either case");
    }

    #[test]
    fn a_header_that_is_missing_doubled_or_no_signature_is_no_claim() {
        for name in ["request-id", "user-id", "timestamp", "signature"] {
            let (name, value) = header(name, "1790000000");
            let mut without = headers(1, "1790000000", BODY);
            without.remove(&name);
            assert!(Signed::read(&without).is_none(), "{name}");
            let mut twice = headers(1, "1790000000", BODY);
            twice.append(&name, value);
            assert!(Signed::read(&twice).is_none(), "{name}");
        }
        for signature in ["", "00", &"0".repeat(127), &"0".repeat(129), &"g".repeat(128), &"+0".repeat(64)] {
            let mut bad = headers(1, "1790000000", BODY);
            set(&mut bad, "signature", signature);
            assert!(Signed::read(&bad).is_none(), "{signature}");
        }
    }

    #[test]
    fn a_callback_is_of_now_within_five_minutes_either_way() {
        let now = Timestamp::from_second(NOW).unwrap();
        let is_fresh = |at: &str| Signed::read(&headers(1, at, BODY)).unwrap().is_fresh(now);
        for at in ["1790000000", "1789999700", "1790000300"] {
            assert!(is_fresh(at), "{at}");
        }
        for at in
            ["1789999699", "1790000301", "0", "", "-1", "+1790000000", "1790000000.0", "1e9", &"9".repeat(40)]
        {
            assert!(!is_fresh(at), "{at}");
        }
    }
}
