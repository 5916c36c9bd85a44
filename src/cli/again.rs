//! The command to type next: what was typed once more, or turned into the render that follows from it. Runs nothing.

/// What was typed after the program's name.
#[derive(Clone, Debug)]
pub(super) struct Typed(Vec<String>);

/// Flags of `plan` and `render` that a next render is better without: they only look.
const LOOKS: [&str; 7] =
    ["--json", "--markdown", "--github", "--detailed-exitcode", "--dry-run", "-n", "--no-fetch"];

impl Typed {
    /// On this command line.
    pub(super) fn here() -> Self {
        Self::new(std::env::args().skip(1))
    }

    fn new(arguments: impl IntoIterator<Item = String>) -> Self {
        Self(arguments.into_iter().collect())
    }

    /// The render that does what was planned.
    pub(super) fn render(&self) -> String {
        self.words(Forced::Kept).join(" ")
    }

    /// The render that goes on from this one, with one flag more where it is not there already.
    /// Without `--force`: typed once more it would buy once more.
    pub(super) fn rerun(&self, flag: Option<&str>) -> String {
        let mut words = self.words(Forced::Dropped);
        words.extend(flag.filter(|flag| !self.0.iter().any(|word| word == flag)).map(str::to_owned));
        words.join(" ")
    }

    /// The same once more, with a flag.
    pub(super) fn with(&self, flag: &str) -> String {
        let typed = self.0.iter().map(String::as_str).chain([flag]).map(quoted);
        typed.fold("shotlist".to_owned(), |line, word| line + " " + &word)
    }

    fn words(&self, forced: Forced) -> Vec<String> {
        let is_command = |word: &String| matches!(word.as_str(), "plan" | "render" | "run");
        let at = self.0.iter().position(is_command).unwrap_or_default();
        let mut words = vec!["shotlist".to_owned(), "render".to_owned()];
        let (before, after) = (self.0.iter().take(at), self.0.iter().skip(at + 1));
        let mut typed = before.chain(after);
        while let Some(word) = typed.next() {
            match word.as_str() {
                "--force" if forced == Forced::Dropped => drop(typed.next()),
                word if word.starts_with("--force=") && forced == Forced::Dropped => {}
                word if LOOKS.contains(&word) => {}
                word => words.push(quoted(word)),
            }
        }
        words
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Forced {
    Kept,
    Dropped,
}

/// As a shell reads it back.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(typed: &[&str]) -> Typed {
        Typed::new(typed.iter().map(|word| (*word).to_owned()))
    }

    fn next(words: &[&str], flag: Option<&str>) -> String {
        typed(words).rerun(flag)
    }

    #[test]
    fn what_was_planned_is_rendered_as_planned() {
        let words = ["plan", "--sim", "--force", "a/*", "--json"];
        assert_eq!(typed(&words).render(), "shotlist render --sim --force 'a/*'");
    }

    #[test]
    fn the_same_once_more_has_every_word_and_the_flag() {
        let words = ["adopt", "--since", "7d", "my film.yaml", "--json"];
        assert_eq!(typed(&words).with("--yes"), "shotlist adopt --since 7d 'my film.yaml' --json --yes");
    }

    #[test]
    fn the_next_render_is_of_what_was_typed() {
        assert_eq!(next(&["plan", "--out", "../r", "--json"], None), "shotlist render --out ../r");
        assert_eq!(next(&["-q", "render", "--sim", "a.yaml"], None), "shotlist render -q --sim a.yaml");
        assert_eq!(next(&["render", "plan"], None), "shotlist render plan");
        assert_eq!(next(&["render", "--force", "a/*", "--sim"], None), "shotlist render --sim");
        assert_eq!(next(&["render", "--failed"], Some("--failed")), "shotlist render --failed");
        assert_eq!(
            next(&["plan", "--only", "a/*", "--var", "x=it's"], None),
            r"shotlist render --only 'a/*' --var 'x=it'\''s'"
        );
    }
}
