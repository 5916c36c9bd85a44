//! The fenced blocks of a document: which are files, which are commands with what they print.

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    /// The language, and what else stands behind the opening fence.
    info: &'a str,
    /// Where its text lies in the document, in bytes.
    pub(crate) start: usize,
    pub(crate) text: &'a str,
}

/// What a block is for the reader, and so for its test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// ```` ```yaml storyboards/spot.yaml ````: a file of the project, as it stands.
    File(&'a str),
    /// ```` ```console run ````: commands, each with what it prints.
    Run,
    /// To look at.
    Other,
}

impl Block<'_> {
    pub(crate) fn kind(&self) -> Kind<'_> {
        match self.info.split_once(' ') {
            Some(("console", "run")) => Kind::Run,
            Some((_, path)) => Kind::File(path),
            None => Kind::Other,
        }
    }

    /// The commands, without what they printed.
    pub(crate) fn commands(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix("$ ")).collect()
    }
}

/// All blocks, in order.
pub(crate) fn blocks(document: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut open, mut at) = (Vec::new(), None, 0);
    for line in document.split_inclusive('\n') {
        let (before, after) = (at, at + line.len());
        at = after;
        let Some(info) = line.trim_end().strip_prefix("```") else { continue };
        open = match open {
            None => Some((info, after)),
            Some((info, start)) => {
                blocks.push(Block { info, start, text: &document[start..before] });
                None
            }
        };
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn a_block_is_a_file_a_run_or_to_look_at() {
    let document = "a\n```yaml s/x.yaml\nk: 1\n```\n```console run\n$ one\nout\n$ two\n```\n```sh\nls\n```\n";
    let blocks = blocks(document);
    let kinds: Vec<Kind> = blocks.iter().map(Block::kind).collect();
    assert_eq!(kinds, [Kind::File("s/x.yaml"), Kind::Run, Kind::Other]);
    assert_eq!(blocks[0].text, "k: 1\n");
    assert_eq!(&document[blocks[0].start..][..4], "k: 1");
    assert_eq!(blocks[1].commands(), ["one", "two"]);
}
