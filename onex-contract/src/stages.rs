//! The way of a node's contract through the stages: tree, declarations, checks.

use crate::contract::Contract;
use crate::diagnostic::{Reported, Sink};
use crate::include::ReadFile;
use crate::language::{self, Section};
use crate::limits::Limits;
use crate::source::Source;
use crate::syntax::{self, Node};
use crate::{check, executable, read};

/// The contract of a node, and of nothing else.
pub(crate) fn contract(
    source: &mut Source,
    limits: &Limits,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Result<Contract, Reported> {
    let tree = syntax::compose(source, limits, read, sink)?;
    match read::other_than_a_node(&tree) {
        Some(fault) => Err(sink.report(fault)),
        None => node(source, &tree, sink),
    }
}

/// Declarations and checks of a tree.
pub(crate) fn node(source: &Source, tree: &Node, sink: &mut Sink) -> Result<Contract, Reported> {
    let declarations = read::read(tree, sink)?;
    defer(tree, language::contract(), sink);
    check::check(source, &declarations, sink)
}

/// What the file says and this version does not execute is kept for those who ask.
pub(crate) fn defer(tree: &Node, root: &'static Section, sink: &mut Sink) {
    executable::unexecuted(tree, root).into_iter().for_each(|unexecuted| sink.defer(unexecuted));
}
