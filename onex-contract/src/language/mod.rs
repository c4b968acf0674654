//! The language as data: every section, its keys, and what each key takes.
//!
//! The reader, the reference in `docs/contract.md`, the schema for editors and the list of what this version does not
//! execute are all made from these tables, so that they cannot disagree. The tables stand beside the functions that
//! read them; here is what they are made of. It must not know trees, diagnostics or what a contract means.

mod key;
#[cfg(feature = "tools")]
mod places;
#[cfg(feature = "tools")]
mod reference;
mod shape;
mod words;

#[cfg(feature = "tools")]
use crate::document::DocumentKind;

pub use key::{Foreign, Key, Misplaced, Need, Runs, Section};
#[cfg(feature = "tools")]
pub use places::{Place, places};
#[cfg(feature = "tools")]
pub use reference::{reference, takes};
pub use shape::{Shape, Text, text};
pub(crate) use words::words;
pub use words::{Word, Words};

/// The root of a node's contract.
pub fn contract() -> &'static Section {
    &crate::read::CONTRACT
}

/// The root of a file of a kind that is not the contract of a node.
#[cfg(feature = "tools")]
pub fn document(kind: DocumentKind) -> &'static Section {
    crate::read::root_of(kind)
}

/// The roots of all files: of a contract, and of each file beside one.
#[cfg(feature = "tools")]
pub fn roots() -> Vec<&'static Section> {
    let mut roots = vec![contract()];
    for root in DocumentKind::ALL.iter().map(|kind| document(*kind)) {
        if !roots.iter().any(|known| std::ptr::eq(*known, root)) {
            roots.push(root);
        }
    }
    roots
}

/// Every section that can be reached from some, themselves first, each once.
#[cfg(feature = "tools")]
pub fn sections(roots: &[&'static Section]) -> Vec<&'static Section> {
    fn enter(section: &'static Section, found: &mut Vec<&'static Section>) {
        if !found.iter().any(|known| std::ptr::eq(*known, section)) {
            found.push(section);
            section.keys.iter().for_each(|key| visit(&key.shape, found));
        }
    }
    fn visit(shape: &'static Shape, found: &mut Vec<&'static Section>) {
        match shape {
            Shape::Section(section) => enter(section, found),
            Shape::List(shape) | Shape::Table { values: shape, .. } => visit(shape, found),
            Shape::Either(shapes) => shapes.iter().for_each(|shape| visit(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    roots.iter().for_each(|root| enter(root, &mut found));
    found
}

#[cfg(test)]
mod tests;
