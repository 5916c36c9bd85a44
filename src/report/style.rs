//! Colours with a meaning, for terminals that want them; the words say the same without.

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Strong,
    Dim,
    Good,
    Info,
    Warn,
    Bad,
}

/// Whether this terminal wants colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Colored,
}

impl Paint {
    #[must_use]
    pub fn style(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colored => format!("\u{1b}[{}m{text}\u{1b}[0m", code(style)),
        }
    }
}

/// SGR codes of ECMA-48, the sixteen colours that every terminal theme sets for itself.
fn code(style: Style) -> u8 {
    match style {
        Style::Strong => 1,
        Style::Dim => 2,
        Style::Good => 32,
        Style::Info => 36,
        Style::Warn => 33,
        Style::Bad => 31,
    }
}
