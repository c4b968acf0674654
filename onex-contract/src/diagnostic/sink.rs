//! Where every stage leaves the faults it finds.

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::Source;

/// Collects faults; it never stops anybody.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: Vec<Diagnostic>,
    unexecuted: Vec<Diagnostic>,
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

    /// Keeps what is no fault of the contract, and is not executed by this version.
    pub(crate) fn defer(&mut self, unexecuted: Diagnostic) {
        self.unexecuted.push(unexecuted);
    }

    /// What was kept.
    pub(crate) fn take_unexecuted(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.unexecuted)
    }

    /// Whether the contract may be used.
    pub(crate) fn verdict(&self) -> Result<(), Reported> {
        self.verdict_since(0)
    }

    /// How much was reported.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// Whether no more was reported than there was once.
    pub(crate) fn verdict_since(&self, count: usize) -> Result<(), Reported> {
        if self.list.len() == count { Ok(()) } else { Err(Reported(())) }
    }

    /// What was reported, in the order of the source. Faults of one place keep the order of the stages.
    pub(crate) fn into_diagnostics(self, source: Source, _: Reported) -> Diagnostics {
        Diagnostics::new(source, self.list)
    }
}
