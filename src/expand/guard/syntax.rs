//! The walk over a template's syntax: what may stand where, so that no value grows by being fed back.

use std::collections::BTreeSet;
use std::ops::Range;

use minijinja::machinery::Span;
use minijinja::machinery::ast::{BinOpKind, Call, CallArg, Expr, Macro, Stmt, UnaryOpKind};

use super::super::filters::{FILTERS, TESTS};
use super::super::nearest::nearest;
use super::forms::{growing, is_number, path, start};
use super::{Facts, Reference, Refusal, bytes, refuse};

pub(super) fn inspect(tree: &Stmt<'_>) -> Result<Facts, Refusal> {
    let mut inspector = Inspector { facts: Facts::default(), scopes: vec![BTreeSet::new()] };
    inspector.statement(tree)?;
    Ok(inspector.facts)
}

/// What becomes of a value, which decides how it may be made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Printed at once: texts may be joined.
    Printed,
    /// Looked through at once: a list may be written out.
    Searched,
    /// Named, passed on or compared.
    Kept,
}

struct Inspector<'a> {
    facts: Facts,
    scopes: Vec<BTreeSet<&'a str>>,
}

type Checked = Result<(), Refusal>;

impl<'a> Inspector<'a> {
    fn body(&mut self, statements: &[Stmt<'a>]) -> Checked {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self) -> Checked) -> Checked {
        self.scopes.push(BTreeSet::new());
        let checked = inside(self);
        self.scopes.pop();
        checked
    }

    fn bind(&mut self, name: &'a str) {
        self.scopes.iter_mut().last().into_iter().for_each(|scope| {
            scope.insert(name);
        });
    }

    fn statement(&mut self, statement: &Stmt<'a>) -> Checked {
        match statement {
            Stmt::Template(all) => self.body(&all.children),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr, Place::Printed),
            Stmt::IfCond(cond) => {
                self.expression(&cond.expr, Place::Kept)?;
                self.scoped(|inner| inner.body(&cond.true_body))?;
                self.scoped(|inner| inner.body(&cond.false_body))
            }
            Stmt::ForLoop(each) if each.recursive => {
                refuse(bytes(each.span()), "`recursive` loops are not available", "")
            }
            Stmt::ForLoop(each) => {
                self.expression(&each.iter, Place::Searched)?;
                self.scoped(|inner| {
                    inner.bind("loop");
                    inner.target(&each.target)?;
                    each.filter_expr.iter().try_for_each(|cond| inner.expression(cond, Place::Kept))?;
                    inner.body(&each.body)
                })?;
                self.body(&each.else_body)
            }
            Stmt::WithBlock(with) => self.scoped(|inner| {
                for (target, value) in &with.assignments {
                    inner.expression(value, Place::Kept)?;
                    inner.target(target)?;
                }
                inner.body(&with.body)
            }),
            Stmt::Set(set) => {
                self.expression(&set.expr, Place::Kept)?;
                self.target(&set.target)
            }
            Stmt::SetBlock(set) if set.filter.is_none() => {
                self.scoped(|inner| inner.body(&set.body))?;
                self.target(&set.target)
            }
            Stmt::Block(block) => self.scoped(|inner| inner.body(&block.body)),
            Stmt::Macro(decl) => self.macro_declaration(decl),
            Stmt::Extends(extends) => self.file(&extends.name),
            Stmt::Include(include) => self.file(&include.name),
            Stmt::Import(import) => {
                self.file(&import.expr)?;
                self.target(&import.name)
            }
            Stmt::FromImport(import) => {
                self.file(&import.expr)?;
                import.names.iter().try_for_each(|(name, alias)| self.target(alias.as_ref().unwrap_or(name)))
            }
            Stmt::SetBlock(set) => refuse_tag(set.span(), "set … | filter"),
            Stmt::AutoEscape(tag) => refuse_tag(tag.span(), "autoescape"),
            Stmt::FilterBlock(tag) => refuse_tag(tag.span(), "filter"),
            Stmt::CallBlock(tag) => refuse_tag(tag.span(), "call"),
            Stmt::Do(tag) => refuse_tag(tag.span(), "do"),
        }
    }

    fn macro_declaration(&mut self, decl: &Macro<'a>) -> Checked {
        self.bind(decl.name);
        self.scoped(|inner| {
            decl.args.iter().try_for_each(|arg| inner.target(arg))?;
            decl.defaults.iter().try_for_each(|value| inner.expression(value, Place::Kept))?;
            inner.body(&decl.body)
        })
    }

    fn target(&mut self, target: &Expr<'a>) -> Checked {
        match target {
            Expr::Var(var) => {
                self.bind(var.id);
                Ok(())
            }
            Expr::List(list) => list.items.iter().try_for_each(|item| self.target(item)),
            Expr::Tuple(tuple) => tuple.items.iter().try_for_each(|item| self.target(item)),
            other => refuse(bytes(other.span()), "only a plain name can be set", ""),
        }
    }

    fn file(&mut self, name: &Expr<'a>) -> Checked {
        let range = bytes(name.span());
        let Expr::Const(value) = name else {
            return refuse(range, "a template is named in quotes", "such as {% include \"look.j2\" %}");
        };
        let Some(name) = value.value.as_str() else {
            return refuse(range, "a template is named in quotes", "such as {% include \"look.j2\" %}");
        };
        self.facts.files.push((name.to_owned(), range));
        Ok(())
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr<'a>>) -> Checked
    where
        'a: 'e,
    {
        expressions.into_iter().try_for_each(|one| self.expression(one, Place::Kept))
    }

    fn expression(&mut self, expression: &Expr<'a>, place: Place) -> Checked {
        let range = bytes(expression.span());
        match expression {
            Expr::Const(_) => Ok(()),
            Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_) => self.lookup(expression),
            Expr::UnaryOp(unary) => {
                self.expression(&unary.expr, Place::Kept)?;
                let counts = matches!(unary.op, UnaryOpKind::Neg);
                if counts { numbers("-", &[&unary.expr], range) } else { Ok(()) }
            }
            Expr::BinOp(binary) => match binary.op {
                BinOpKind::Concat if place == Place::Printed => {
                    self.expression(&binary.left, place)?;
                    self.expression(&binary.right, place)
                }
                BinOpKind::Concat => refuse(
                    range,
                    "texts are joined with `~` only where they are printed",
                    "write the texts side by side: {{ first }} {{ second }}",
                ),
                BinOpKind::In => {
                    self.expression(&binary.left, Place::Kept)?;
                    self.expression(&binary.right, Place::Searched)
                }
                op => {
                    self.all([&binary.left, &binary.right])?;
                    let Some(sign) = growing(op) else { return Ok(()) };
                    numbers(sign, &[&binary.left, &binary.right], range)
                }
            },
            Expr::Compare(compare) => {
                self.expression(&compare.expr, Place::Kept)?;
                compare.ops.iter().try_for_each(|op| self.expression(&op.expr, Place::Searched))
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr, Place::Kept)?;
                self.expression(&choice.true_expr, place)?;
                choice.false_expr.iter().try_for_each(|other| self.expression(other, place))
            }
            Expr::Filter(filter) => {
                known("filter", filter.name, FILTERS, range)?;
                filter.expr.iter().try_for_each(|input| self.expression(input, Place::Searched))?;
                self.arguments(&filter.args)
            }
            Expr::Test(test) => {
                known("test", test.name, TESTS, range)?;
                self.expression(&test.expr, Place::Kept)?;
                self.arguments(&test.args)
            }
            Expr::Call(call) => self.call(call, range),
            Expr::List(list) => self.list(&list.items, place, range),
            Expr::Tuple(tuple) => self.list(&tuple.items, place, range),
            Expr::Map(_) => refuse(range, "a map can't be written in a template", "put it under `vars:`"),
            Expr::Slice(_) => refuse(range, "slices are not available in templates", ""),
        }
    }

    /// A list may hold what is written out or looked up, but no list: nothing nests deeper than the data does.
    fn list(&mut self, items: &[Expr<'a>], place: Place, range: Range<usize>) -> Checked {
        let plain = |item: &Expr<'a>| {
            matches!(item, Expr::Const(_) | Expr::Var(_) | Expr::GetAttr(_) | Expr::GetItem(_))
        };
        let constant = items.iter().all(|item| matches!(item, Expr::Const(_)));
        if !items.iter().all(plain) || !(constant || place == Place::Searched) {
            let help = "use a list of names in `for … in [a, b]` or `x in [a, b]`, or put it under `vars:`";
            return refuse(range, "this list can't be kept", help);
        }
        self.all(items)
    }

    fn lookup(&mut self, expression: &Expr<'a>) -> Checked {
        if let Some(path) = path(expression) {
            let first = path[0];
            let local = self.scopes.iter().any(|scope| scope.contains(first));
            if !local {
                self.facts.names.insert(first.to_owned());
            }
            let path = path.into_iter().map(str::to_owned).collect();
            let range = start(expression)..bytes(expression.span()).end;
            self.facts.references.push(Reference { path, range, local });
        }
        match expression {
            Expr::GetAttr(attr) => self.expression(&attr.expr, Place::Kept),
            Expr::GetItem(item) => self.all([&item.expr, &item.subscript_expr]),
            _ => Ok(()),
        }
    }

    /// Macros of this template or of an imported one, and the block that is overridden.
    fn call(&mut self, call: &Call<'a>, range: Range<usize>) -> Checked {
        let called = path(&call.expr).unwrap_or_default();
        let known = |name: &str| self.scopes.iter().any(|scope| scope.contains(name));
        let allowed = match called.as_slice() {
            ["super"] => true,
            [name] | [name, _] => *name != "loop" && known(name),
            _ => false,
        };
        if !allowed {
            let name = called.join(".");
            return refuse(
                range,
                format!("`{name}()` is not available"),
                "a text can use variables and filters, and macros of templates/",
            );
        }
        self.arguments(&call.args)
    }

    fn arguments(&mut self, arguments: &[CallArg<'a>]) -> Checked {
        arguments.iter().try_for_each(|argument| match argument {
            CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.expression(value, Place::Kept),
            CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                refuse(bytes(value.span()), "`*` can't unpack arguments here", "")
            }
        })
    }
}

fn refuse_tag(span: Span, name: &str) -> Checked {
    refuse(bytes(span), format!("the tag `{{% {name} %}}` is not available"), "")
}

fn known(what: &str, name: &str, all: &[&str], range: Range<usize>) -> Checked {
    if all.contains(&name) {
        return Ok(());
    }
    let near = nearest(name, all.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let help = format!("{}available: {}", near.unwrap_or_default(), all.join(", "));
    refuse(range, format!("there is no {what} `{name}`"), &help)
}

fn numbers(sign: &str, sides: &[&Expr<'_>], range: Range<usize>) -> Checked {
    if sides.iter().all(|side| is_number(side)) {
        return Ok(());
    }
    let help = "say which values are numbers, such as `row.seconds|int * 2`; texts are joined by writing them side by side";
    refuse(range, format!("`{sign}` works on numbers only"), help)
}
