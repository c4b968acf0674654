//! The part of the language that this version executes.
//!
//! A contract may be valid and say what this version does not do. Where it is checked, that is worth knowing; where it
//! is compiled, it is refused, so that nothing in a contract is ignored.

use std::ops::Deref;

use crate::contract::Contract;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::language::{Runs, Section, Shape, Word};
use crate::source::Span;
use crate::syntax::{Node, Value};
use crate::walk::{self, Met};

/// A contract of which this version executes every word.
#[derive(Debug, Clone)]
pub struct Executable(Contract);

impl Contract {
    /// What the contract says and this version does not execute, as warnings in the order of the file, if it says such.
    pub fn unexecuted(&self) -> Option<Diagnostics> {
        let warnings: Vec<Diagnostic> = self.unexecuted.iter().cloned().map(Diagnostic::warning).collect();
        (!warnings.is_empty()).then(|| Diagnostics::new(self.source.clone(), warnings))
    }

    /// The contract, if this version executes every word of it.
    ///
    /// # Errors
    ///
    /// Each place that says something else.
    pub fn executable(self) -> Result<Executable, Diagnostics> {
        if self.unexecuted.is_empty() {
            return Ok(Executable(self));
        }
        Err(Diagnostics::new(self.source, self.unexecuted))
    }
}

impl Deref for Executable {
    type Target = Contract;

    fn deref(&self) -> &Contract {
        &self.0
    }
}

/// What the tables say is not executed, of a file whose root has these keys. What is below a key that is not is not told
/// again.
pub(crate) fn unexecuted(tree: &Node, root: &'static Section) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    walk::keys(tree, root, &mut |met| {
        let judged = judge(met);
        let executed = judged.is_none();
        found.extend(judged);
        executed
    });
    found
}

/// Something that this version does not execute, for a rule that the tables cannot state.
pub(crate) fn not_in_this_version(what: impl Into<String>, at: Span) -> Diagnostic {
    let message = format!("{} is not supported in this version", what.into());
    Diagnostic::new(Code::NotInThisVersion, message, at, "this version does not execute it")
        .note("what would not be executed is refused, so that nothing in a contract is ignored")
}

fn judge(met: &Met<'_>) -> Option<Diagnostic> {
    let key = met.key;
    match (key.runs, &met.value.value) {
        (Runs::Later, _) => {
            let fault = not_in_this_version(format!("`{}`", key.name), met.name.span);
            Some(fault.help("remove it, or leave it to a version that executes it"))
        }
        (Runs::OnlyOff, Value::Bool(true)) => {
            let fault = not_in_this_version(format!("`{}: true`", key.name), met.value.span);
            Some(fault.help("remove the key, or set it to `false`"))
        }
        (Runs::OnlyOn, Value::Bool(false)) => {
            let fault = not_in_this_version(format!("`{}: false`", key.name), met.value.span);
            Some(fault.help("remove the key, or set it to `true`"))
        }
        (Runs::Yes, Value::Str(text)) => {
            let word = words(&key.shape)?.iter().find(|word| word.is(text)).filter(|word| !word.runs)?;
            Some(not_in_this_version(format!("`{}: {}`", key.name, word.name), met.value.span))
        }
        _ => None,
    }
}

fn words(shape: &'static Shape) -> Option<&'static [Word]> {
    match shape {
        Shape::Word(words) => Some(words),
        Shape::Either(shapes) => shapes.iter().find_map(words),
        _ => None,
    }
}
