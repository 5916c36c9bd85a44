//! What an expression is by its form alone: a number, a path of names.

use minijinja::machinery::ast::{BinOpKind, Expr, UnaryOpKind};

use super::bytes;

/// The sign of an operator that makes texts and lists longer where it is given them.
pub(super) fn growing(op: BinOpKind) -> Option<&'static str> {
    match op {
        BinOpKind::Add => Some("+"),
        BinOpKind::Mul => Some("*"),
        BinOpKind::Pow => Some("**"),
        _ => None,
    }
}

/// A number by its form, whatever the data holds.
pub(super) fn is_number(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(constant) => constant.value.is_number(),
        Expr::Filter(filter) => ["int", "float", "length", "count", "round", "abs"].contains(&filter.name),
        Expr::GetAttr(_) => matches!(
            path(expression).unwrap_or_default().as_slice(),
            ["loop", "index" | "index0" | "revindex" | "revindex0" | "length"]
        ),
        Expr::UnaryOp(unary) => matches!(unary.op, UnaryOpKind::Neg) && is_number(&unary.expr),
        Expr::BinOp(binary) => {
            let arithmetic =
                matches!(binary.op, BinOpKind::Sub | BinOpKind::Div | BinOpKind::FloorDiv | BinOpKind::Rem);
            arithmetic
                || (growing(binary.op).is_some() && is_number(&binary.left) && is_number(&binary.right))
        }
        _ => false,
    }
}

/// Where `a.b` begins; the engine's own span begins at the dot.
pub(super) fn start(expression: &Expr<'_>) -> usize {
    match expression {
        Expr::GetAttr(attr) => start(&attr.expr),
        other => bytes(other.span()).start,
    }
}

/// `a.b.c` as its names, where it is nothing but names.
pub(super) fn path<'a>(expression: &Expr<'a>) -> Option<Vec<&'a str>> {
    match expression {
        Expr::Var(var) => Some(vec![var.id]),
        Expr::GetAttr(attr) => {
            let mut path = path(&attr.expr)?;
            path.push(attr.name);
            Some(path)
        }
        _ => None,
    }
}
