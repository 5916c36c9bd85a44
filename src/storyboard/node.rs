//! YAML as a tree that remembers where everything is written. Knows no key by name.

use super::source::{Span, Spanned};

/// A value of the file. Anchors, aliases and `<<` are already resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Value,
    /// Where it is used: for an alias, the alias.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the author's order, keys unique.
    Map(Vec<(Spanned<String>, Node)>),
}

/// Text that may mean something else: `5` unquoted is a number where one is wanted, `007` never is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// As YAML 1.2 reads it, never retyped.
    pub text: String,
    /// Written without quotes and not as a block: only then may it be a number or `true`.
    pub plain: bool,
}
