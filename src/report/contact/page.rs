//! The page as one text: its styles, its script and its data in one file, of which a browser runs nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};

const PAGE: &str = include_str!("page/contact.html");

const STYLES: [&str; 5] = [
    include_str!("page/base.css"),
    include_str!("page/film.css"),
    include_str!("page/card.css"),
    include_str!("page/player.css"),
    include_str!("page/print.css"),
];

/// One module, in this order.
const SCRIPTS: [&str; 14] = [
    include_str!("page/dom.js"),
    include_str!("page/data.js"),
    include_str!("page/icons.js"),
    include_str!("page/view.js"),
    include_str!("page/frames.js"),
    include_str!("page/filter.js"),
    include_str!("page/film.js"),
    include_str!("page/cards.js"),
    include_str!("page/board.js"),
    include_str!("page/details.js"),
    include_str!("page/player.js"),
    include_str!("page/print.js"),
    include_str!("page/keys.js"),
    include_str!("page/main.js"),
];

/// `data` is JSON.
pub(super) fn html(title: &str, data: &str) -> String {
    let (style, script) = (STYLES.concat(), SCRIPTS.concat());
    let filled = |mark: &str| match mark {
        "title" => escaped(title),
        "policy" => policy(&style, &script),
        "style" => style.clone(),
        "script" => script.clone(),
        "data" => harmless(data),
        _ => String::new(),
    };
    fill(PAGE, filled)
}

/// Puts text in the place of each `<!--mark-->`; what is put in is not looked at again.
fn fill(page: &str, text: impl Fn(&str) -> String) -> String {
    let mut pieces = page.split("<!--");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (mark, rest) = piece.split_once("-->").unwrap_or((piece, ""));
        out += &text(mark);
        out += rest;
    }
    out
}

/// Nothing runs and nothing styles but what is in the page itself, and nothing is fetched but clips beside it.
fn policy(style: &str, script: &str) -> String {
    let (style, script) = (hash(style), hash(script));
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; media-src 'self' file:; \
         base-uri 'none'; form-action 'none'"
    )
}

/// As CSP spells it: <https://www.w3.org/TR/CSP3/#grammardef-hash-source>.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// JSON that no text in it can end, whatever reads it: HTML sees no tag and no comment, a script no end of line.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => out += "\\u003c",
            '>' => out += "\\u003e",
            '&' => out += "\\u0026",
            '\u{2028}' => out += "\\u2028",
            '\u{2029}' => out += "\\u2029",
            c => out.push(c),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_data() {
        let hostile = "</script><!--<script>&amp;\u{2028}\u{2029}";
        let json = serde_json::to_string(hostile).unwrap_or_default();
        let text = harmless(&json);
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap_or_default(), hostile);
    }

    #[test]
    fn a_title_is_text_and_a_mark_in_the_data_is_none() {
        let page = html("<b>&", "\"<!--title-->\"");
        assert!(page.contains("<title>&lt;b&gt;&amp;"), "{page}");
        assert!(page.contains("\"\\u003c!--title--\\u003e\""));
    }

    #[test]
    fn the_policy_allows_the_pages_own_script_and_style_alone() {
        let page = html("", "{}");
        for (open, close, directive) in
            [("<style>", "</style>", "style"), ("<script type=\"module\">", "</script>", "script")]
        {
            let inside =
                page.split_once(open).and_then(|(_, rest)| rest.split_once(close)).unwrap_or_default().0;
            assert!(page.contains(&format!("{directive}-src '{}'", hash(inside))), "{directive}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn no_script_writes_markup() {
        for word in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
        {
            assert!(!SCRIPTS.concat().contains(word), "{word}");
        }
    }
}
