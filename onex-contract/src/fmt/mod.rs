//! The canonical form of a contract, comments kept.
//!
//! Two things happen to a file, in this order:
//!
//! 1. **Shape** (`shapes`). What the language can say in several ways is said in the one way of the language. Only what
//!    has exactly one meaning is changed; all else is left as it is, for the checks to judge.
//! 2. **Layout** (`layout`, `print`). Two spaces of indentation. What is written by indentation stays so; what is written
//!    in brackets stays so if it fits on a line of 120 characters, and is written by indentation if it does not, or if
//!    there is a comment in it. Strings are plain where YAML 1.1 and 1.2 agree that they are strings. Block scalars keep
//!    their text. Blank lines are kept, one at most. Comments stay above or behind what they were above or behind.
//!
//! **Sections stay where their author put them**, as functions do under `rustfmt` and `gofmt`. A contract has its own
//! order of telling (events first, or the workflow first), and comments such as `# ---- routing ----` head several
//! sections: moving one would break what they say, and bury what did change in a review. Keys are put in order only
//! inside an entry of `handler_routing.handlers`, which is small, and where the order is half of the canonical shape.
//!
//! The stages, each a module: `build` makes the tree of `cst` from the parser's tokens and the `trivia` between them;
//! `shapes` rewrites it; `layout` decides what goes on one line; `print` writes it. None of them knows a file system.

mod build;
mod cst;
mod cursor;
mod flow;
mod layout;
mod lines;
mod multiline;
mod print;
mod scalar;
mod shapes;
mod trivia;

use crate::diagnostic::{Diagnostics, Reported, Sink};
use crate::source::Source;
use crate::syntax;

/// The contract in its canonical form: the same contract, with the same comments. What is in that form comes back as it
/// is.
///
/// It does not ask whether the contract is valid, only whether it can be read: a fault that is no fault of the YAML is in
/// the result as it is in the source.
///
/// ```
/// use onex_contract::{Source, format};
///
/// let source = Source::new(
///     "contract.yaml",
///     "
/// handler_routing:
///     routing_strategy: 'operation_match' # by name
///     handlers:
///     -   {handler_class: HandlerStore, handler_module: store.handlers, operation: store}
/// ",
/// );
/// assert_eq!(
///     format(&source).expect("it is YAML"),
///     "\
/// handler_routing:
///   routing_strategy: operation_match  # by name
///   handlers:
///     - operation: store
///       handler: { name: HandlerStore, module: store.handlers }
/// "
/// );
/// ```
///
/// # Errors
///
/// The source is not YAML, or is YAML that no contract is: several documents, keys that are no scalars, no mapping and no
/// list, or more than a contract may have. Then there is nothing to be written.
pub fn format(source: &Source) -> Result<String, Diagnostics> {
    formatted(source, Shape::Canonical)
}

/// What happens to the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Canonical,
    /// Layout only, which tests compare with the original.
    #[cfg(test)]
    AsWritten,
}

fn formatted(source: &Source, shape: Shape) -> Result<String, Diagnostics> {
    let source = with_line_feeds(source);
    let mut sink = Sink::default();
    rewrite(&source, shape, &mut sink).map_err(|reported| sink.into_diagnostics(source.clone(), reported))
}

fn rewrite(source: &Source, shape: Shape, sink: &mut Sink) -> Result<String, Reported> {
    let document = syntax::tokens(source, sink)?;
    let mut file = build::build(source.text(), document, sink)?;
    if shape == Shape::Canonical {
        shapes::canonical(&mut file.root.value);
    }
    layout::lay_out(&mut file);
    Ok(print::print(&file))
}

/// The same lines, all ended by line feeds, which every reader takes the other line breaks for.
fn with_line_feeds(source: &Source) -> Source {
    if source.text().contains('\r') {
        Source::new(source.name(), source.text().replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        source.clone()
    }
}

#[cfg(test)]
mod tests;
