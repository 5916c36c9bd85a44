//! Colours with a meaning, for terminals that want them, and the room that text has; the words say the same without.

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Strong,
    Dim,
    Good,
    Info,
    Warn,
    Bad,
    /// Of a text that changed: what is no longer in it, and what is new.
    Removed,
    Added,
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
fn code(style: Style) -> &'static str {
    match style {
        Style::Strong => "1",
        Style::Dim => "2",
        Style::Good | Style::Added => "32",
        Style::Info => "36",
        Style::Warn => "33",
        Style::Bad => "31",
        Style::Removed => "31;9",
    }
}

/// How much fits beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A terminal of so many columns, which no line may exceed.
    Terminal(usize),
    /// A file or a pipe: lines are broken between words as at 80 columns, and no word is cut, so that it can be found.
    Endless,
}

/// Narrower than this nothing can be laid out; wider, lines are hard to read.
const COLUMNS: std::ops::RangeInclusive<usize> = 20..=120;

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub paint: Paint,
    pub room: Room,
}

impl Look {
    /// Without a terminal.
    pub const PLAIN: Self = Self { paint: Paint::Plain, room: Room::Endless };

    #[must_use]
    pub fn style(self, style: Style, text: &str) -> String {
        self.paint.style(style, text)
    }

    #[must_use]
    pub fn columns(self) -> usize {
        match self.room {
            Room::Terminal(columns) => columns.clamp(*COLUMNS.start(), *COLUMNS.end()),
            Room::Endless => 80,
        }
    }
}
