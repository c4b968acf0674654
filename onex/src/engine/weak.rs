//! A runtime that is not kept alive.

use std::fmt;
use std::sync::Weak;

use super::core::Engine;
use super::runtime::Runtime;
use crate::journal::Journal;

/// A runtime for whoever serves it and must not keep it: see [`Runtime::downgrade`].
pub struct WeakRuntime<C, J> {
    engine: Weak<Engine<C, J>>,
}

impl<C, J> WeakRuntime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) fn of(engine: Weak<Engine<C, J>>) -> Self {
        WeakRuntime { engine }
    }

    /// The runtime, while somebody else has it or something is in flight.
    #[must_use]
    pub fn upgrade(&self) -> Option<Runtime<C, J>> {
        self.engine.upgrade().map(Runtime::of)
    }
}

impl<C, J> fmt::Debug for WeakRuntime<C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakRuntime").finish_non_exhaustive()
    }
}
