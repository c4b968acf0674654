//! Where every stage leaves the faults it finds.

use super::{Diagnostic, Diagnostics, included};
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
        self.list.push(fault);
        Reported(())
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
    pub(crate) fn into_diagnostics(mut self, source: Source, _: Reported) -> Diagnostics {
        self.list.sort_by_cached_key(|fault| source.order(fault.primary.span));
        included::once(&mut self.list, &source);
        self.list.iter_mut().for_each(|fault| included::explain(fault, &source));
        Diagnostics { source, list: self.list }
    }
}
