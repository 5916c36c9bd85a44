//! What fal's platform asks for today, read exactly: no number passes through a float.

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::ask::AskError;
use super::handle::under;
use super::http::Answer;
use super::key::Cleaner;
use crate::usd::Usd;

/// fal takes no more endpoints in one call.
pub(super) const MAX_ENDPOINTS: usize = 50;
/// More pages than fifty endpoints can fill.
pub(super) const MAX_PAGES: usize = 50;

/// fal's price of today, with the account's discounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePrice {
    pub endpoint: String,
    pub usd_per_unit: Usd,
    /// fal's own word for what is counted; which one it uses is not documented.
    pub unit: String,
}

impl LivePrice {
    /// Is it for a second of video, as far as fal's own word tells?
    #[must_use]
    pub fn is_by_the_second(&self) -> bool {
        matches!(
            self.unit.to_lowercase().as_str(),
            "second" | "seconds" | "sec" | "s" | "video second" | "video seconds"
        )
    }
}

/// One page, and the cursor of the next.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) prices: Vec<LivePrice>,
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    prices: Vec<Line<'a>>,
    next_cursor: Option<String>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    endpoint_id: String,
    #[serde(borrow)]
    unit_price: &'a RawValue,
    unit: String,
    currency: String,
}

pub(super) fn address(platform: &Url, endpoints: &[&str], cursor: Option<&str>) -> Url {
    let mut url = under(platform, &["v1", "models", "pricing"]);
    url.query_pairs_mut()
        .extend_pairs(endpoints.iter().map(|endpoint| ("endpoint_id", endpoint)))
        .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
    url
}

pub(super) fn judge(answer: &Answer, cleaner: &Cleaner) -> Result<Page, AskError> {
    if !answer.is_success() {
        return Err(AskError::of(answer, cleaner));
    }
    page(answer, cleaner).map_err(|why| AskError::unreadable(answer, &why, cleaner))
}

fn page(answer: &Answer, cleaner: &Cleaner) -> Result<Page, String> {
    let bytes = answer.body.as_ref().map_err(Clone::clone)?;
    let body: Body<'_> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let prices = body.prices.into_iter().map(|line| price(line, cleaner)).collect::<Result<_, _>>()?;
    let next = body.next_cursor.filter(|cursor| body.has_more && !cursor.is_empty());
    if body.has_more && next.is_none() {
        return Err("the list of prices goes on, and does not say where".to_owned());
    }
    Ok(Page { prices, next })
}

fn price(line: Line<'_>, cleaner: &Cleaner) -> Result<LivePrice, String> {
    if line.currency != "USD" {
        return Err(format!("the price of {} is in {}, not in USD", line.endpoint_id, line.currency));
    }
    let text = line.unit_price.get().trim_matches('"');
    let usd_per_unit = exact(text).ok_or_else(|| format!("the price of {} is {text}", line.endpoint_id))?;
    Ok(LivePrice { endpoint: line.endpoint_id, usd_per_unit, unit: cleaner.clean(&line.unit) })
}

/// A JSON number as dollars, to the nearest millionth: a sender's own float may end in noise such as `…0004`.
fn exact(text: &str) -> Option<Usd> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-30..=9).contains(exponent))?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || digits.len() > 40 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let at = |place: i32| {
        usize::try_from(place).ok().and_then(|place| digits.as_bytes().get(place)).map_or(0, |d| d - b'0')
    };
    let micros = (0..point + 6)
        .try_fold(0_u32, |sum, place| sum.checked_mul(10)?.checked_add(u32::from(at(place))))?;
    let up = u32::from(at(point + 6) >= 5);
    micros.checked_add(up).map(Usd::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn read(body: &str) -> Result<Page, AskError> {
        let (received, headers) = (jiff::Timestamp::UNIX_EPOCH, HeaderMap::new());
        let answer = Answer { status: 200, headers, received, body: Ok(body.as_bytes().to_vec()) };
        judge(&answer, &Cleaner::new(None))
    }

    fn dollars(text: &str) -> Option<String> {
        exact(text).map(Usd::decimal)
    }

    #[test]
    fn numbers_are_read_exactly_however_they_are_written() {
        for (text, decimal) in [
            ("0.42", "0.42"),
            ("0.112", "0.112"),
            ("4.2e-1", "0.42"),
            ("42E-2", "0.42"),
            ("112e-3", "0.112"),
            ("0.00042e3", "0.42"),
            ("3", "3.00"),
            ("0.30000000000000004", "0.30"),
            ("0.29399999999999998", "0.294"),
            ("0", "0.00"),
            ("1e2", "100.00"),
            ("0.0000004", "0.00"),
            ("0.0000005", "0.000001"),
            ("5e-7", "0.000001"),
            ("1e-20", "0.00"),
        ] {
            assert_eq!(dollars(text).as_deref(), Some(decimal), "{text}");
        }
        for text in ["-1", "", ".5", "1e", "1e99", "abc", "99999999999", "null", "1.2.3", "NaN"] {
            assert_eq!(dollars(text), None, "{text}");
        }
    }

    #[test]
    fn a_page_is_read_with_its_unit_and_the_cursor_of_the_next() {
        let line = r#"{"endpoint_id":"a/b","unit_price":0.42,"unit":"seconds","currency":"USD","new":1}"#;
        let page = read(&format!(r#"{{"prices":[{line}],"next_cursor":"c2","has_more":true}}"#)).unwrap();
        assert_eq!(page.prices[0].usd_per_unit.decimal(), "0.42");
        assert_eq!((page.prices[0].unit.as_str(), page.next.as_deref()), ("seconds", Some("c2")));
        let last = read(r#"{"prices":[],"next_cursor":"c2","has_more":false}"#).unwrap();
        assert_eq!(last.next, None);
    }

    #[test]
    fn another_currency_or_half_an_answer_is_no_price() {
        let euro = r#"{"prices":[{"endpoint_id":"a/b","unit_price":0.42,"unit":"s","currency":"EUR"}]}"#;
        assert!(read(euro).unwrap_err().to_string().contains("EUR"));
        for body in
            ["", "{}", "[]", r#"{"prices":[{"endpoint_id":"a/b"}]}"#, "<html>", &euro.replace("0.42", "-1")]
        {
            assert!(matches!(read(body), Err(AskError::Unreadable { .. })), "{body}");
        }
    }
}
