//! Where the keys of the language stand in a text: for editors, and for tests that ask which keys a contract uses.

use super::{Key, Section};
use crate::IncludeError;
use crate::Limits;
use crate::diagnostic::Sink;
use crate::source::{Source, Span};
use crate::syntax;
use crate::walk;

/// A key of the language in a text.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The section that it is a key of.
    pub section: &'static Section,
    /// What the tables say of it.
    pub key: &'static Key,
    /// Where the key stands.
    pub name: Span,
    /// Where its value stands.
    pub value: Span,
}

/// The keys that a text has, in its order. A text that is no YAML has none; faults are not looked for, and files are not
/// included.
pub fn places(source: &Source, root: &'static Section) -> Vec<Place> {
    let mut places = Vec::new();
    let mut no_files = |_: &str| Err(IncludeError::NoFiles);
    if let Ok(tree) =
        syntax::compose(&mut source.clone(), &Limits::default(), &mut no_files, &mut Sink::default())
    {
        walk::keys(&tree, root, &mut |met| {
            places.push(Place {
                section: met.section,
                key: met.key,
                name: met.name.span,
                value: met.value.span,
            });
            true
        });
    }
    places
}
