//! Where every stage leaves the faults it finds.

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::Source;

/// Collects faults; it never stops anybody.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<Diagnostic>,
}

/// The proof that a fault was reported. Only [`Sink`] makes one, so that nothing can fail in silence, and what
/// failed once is not reported again by those who needed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reported(());

impl Sink {
    pub(crate) fn report(&mut self, fault: Diagnostic) -> Reported {
        debug_assert_eq!(fault.severity, Severity::Error, "a warning is no reason to fail");
        self.list.push(fault);
        Reported(())
    }

    /// Whether the contract may be used.
    pub(crate) fn verdict(&self) -> Result<(), Reported> {
        if self.list.is_empty() { Ok(()) } else { Err(Reported(())) }
    }

    /// What was reported, in the order of the file. Faults of one place keep the order of the stages.
    pub(crate) fn into_diagnostics(mut self, source: Source, _: Reported) -> Diagnostics {
        self.list.sort_by_key(|fault| fault.primary.span.start);
        Diagnostics { source, list: self.list }
    }
}
