//! How large a tree may become once aliases are resolved: the bound on what a small hostile file can cost.

use super::super::found::Flaw;
use super::super::source::Span;

const MOST_VALUES: usize = 1_000_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Deeper than any storyboard, shallow enough that every walk over a tree may recurse.
pub(super) const DEEPEST: usize = 64;

/// What a part of the tree costs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weight {
    pub(super) values: usize,
    pub(super) bytes: usize,
    /// Levels below and including this one.
    pub(super) depth: usize,
}

impl Weight {
    pub(super) fn of_text(text: &str) -> Self {
        Self { values: 1, bytes: text.len(), depth: 1 }
    }

    /// A list or map that also holds `inner`.
    pub(super) fn holding(self, inner: Self) -> Self {
        Self {
            values: self.values + inner.values,
            bytes: self.bytes + inner.bytes,
            depth: self.depth.max(inner.depth + 1),
        }
    }
}

/// What was used so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    values: usize,
    bytes: usize,
}

impl Budget {
    pub(super) fn spend(&mut self, weight: Weight, open: usize, span: Span) -> Result<(), Flaw> {
        self.values += weight.values;
        self.bytes += weight.bytes;
        if self.values > MOST_VALUES {
            let message = format!("the file holds more than {MOST_VALUES} values");
            return Err(Flaw::new(span, message, "too many from here on").help(COUNTED));
        }
        if self.bytes > MOST_BYTES {
            return Err(Flaw::new(span, "the file holds more than 32 MB of text", "too much from here on")
                .help(COUNTED));
        }
        if open + weight.depth > DEEPEST {
            return Err(too_deep(span));
        }
        Ok(())
    }
}

const COUNTED: &str = "whatever an anchor (`&name`) marks counts again for each alias (`*name`)";

pub(super) fn too_deep(span: Span) -> Flaw {
    let message = format!("lists and maps inside one another more than {DEEPEST} levels deep");
    Flaw::new(span, message, "too deep from here on")
}
