//! What is ready to be served, in one line, and who serves it: few workers, each many in a row, instead of a task for each.
//!
//! As long as something waits in the line a worker is called, that is: it has a task that has not begun. So whatever a worker
//! is busy with, and however long it waits for it, what stands behind has a task of tokio's that some thread will begin.
//! Semantics 4 needs nothing of it: what has one key comes here one at a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::core::Engine;
use super::delivery::{Delivery, Serving};
use super::mailboxes::Turn;
use crate::journal::Journal;

/// How many a worker serves before it leaves the rest to another, so that other tasks have their turn.
const IN_A_ROW: usize = 32;

/// A delivery that nothing holds back, with its turn if it has a key.
pub(crate) struct Ready<C, J> {
    pub(crate) turn: Option<Turn<Delivery<C, J>>>,
    pub(crate) delivery: Delivery<C, J>,
}

/// A line, first come first served.
#[derive(Debug)]
pub(crate) struct Line<T>(Mutex<Standing<T>>);

#[derive(Debug)]
struct Standing<T> {
    waiting: VecDeque<T>,
    /// A worker has been called and has not begun.
    called: bool,
}

/// Whether a worker is to be called.
#[must_use = "what waits is served by whoever is called"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Needed,
    Needless,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Line(Mutex::new(Standing { waiting: VecDeque::new(), called: false }))
    }
}

impl<T> Line<T> {
    fn join(&self, item: T) -> Call {
        let mut standing = self.lock();
        standing.waiting.push_back(item);
        standing.call()
    }

    /// Whoever was called has begun.
    fn begin(&self) {
        self.lock().called = false;
    }

    fn next(&self) -> Option<(T, Call)> {
        let mut standing = self.lock();
        let item = standing.waiting.pop_front()?;
        Some((item, standing.call()))
    }

    /// Nobody will be called any more. Gives back what waits, to be dropped without a lock.
    fn close(&self) -> VecDeque<T> {
        let mut standing = self.lock();
        standing.called = false;
        std::mem::take(&mut standing.waiting)
    }

    fn lock(&self) -> MutexGuard<'_, Standing<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Standing<T> {
    fn call(&mut self) -> Call {
        if self.called || self.waiting.is_empty() {
            return Call::Needless;
        }
        self.called = true;
        Call::Needed
    }
}

/// A worker that has been called. Dropped before it begins, its tokio runtime or its engine has ended: what waits is dropped,
/// as by a crash.
struct Called<C, J>(Option<Arc<Engine<C, J>>>);

impl<C, J> Called<C, J> {
    fn begin(mut self) -> Option<Arc<Engine<C, J>>> {
        let engine = self.0.take()?;
        engine.ready.begin();
        Some(engine)
    }
}

impl<C, J> Drop for Called<C, J> {
    fn drop(&mut self) {
        if let Some(engine) = self.0.take() {
            drop(engine.ready.close());
        }
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// It is served when those before it are, or at the same time.
    pub(crate) fn serve_when_ready(self: &Arc<Self>, ready: Ready<C, J>) {
        if self.ready.join(ready) == Call::Needed {
            self.call_worker();
        }
    }

    fn call_worker(self: &Arc<Self>) {
        let called = Called(Some(Arc::clone(self)));
        // On the heap: tokio would copy a future of this size several times on its way into a task.
        self.tasks.spawn(Box::pin(async move {
            let Some(engine) = called.begin() else { return };
            for _ in 0..IN_A_ROW {
                let Some((ready, call)) = engine.ready.next() else { return };
                if call == Call::Needed {
                    engine.call_worker();
                }
                Serving::new(ready).serve().await;
            }
        }));
    }
}
