//! Whether a file is the contract of a node, or one that stands beside it.

use super::field::Field;
use crate::diagnostic::{Code, Diagnostic};
use crate::language::Shape;
use crate::source::Spanned;
use crate::syntax::{Node, Shortened, Value};

/// The fault of a file that is read as the contract of a node and is not one.
pub(crate) fn other_than_a_node(root: &Node) -> Option<Diagnostic> {
    let kind = entry(root, "kind").filter(|_| is_beside_a_contract(root))?;
    let Value::Str(name) = &kind.node.value else { return None };
    let message =
        format!("this file is of the kind `{}`, and the contract of a node is expected", Shortened(name));
    let fault = Diagnostic::new(Code::OtherDocument, message, kind.span(), "what this file is");
    Some(fault.help("name the file that has `node_type` and `contract_version`"))
}

/// Whether a tree has what only other files have, and nothing that only the contract of a node has.
pub(super) fn is_beside_a_contract(root: &Node) -> bool {
    let has = |key| root.entry(key).is_some();
    (has("kind") || has("api_version")) && !has("node_type") && !has("contract_version")
}

/// A key of the root, whatever it holds.
pub(super) fn entry<'a>(root: &'a Node, key: &str) -> Option<Field<'a>> {
    let (key, node) = root.entry(key)?;
    Some(Field::under(Spanned::new(key.value.as_str(), key.span), node, &Shape::Anything))
}
