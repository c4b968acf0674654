//! What waits to be served, in one line, and whether a worker is called for it. Knows nothing of tasks and of what is served.
//!
//! As long as something waits in the line a worker is called, that is: it is on its way and has not begun.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::sync::{Arc, PoisonError};

use super::sync::{Mutex, MutexGuard};

/// A line that was longer gives its room back when it is empty.
const KEPT: usize = 64;

/// A line, first come first served.
#[derive(Debug)]
pub(crate) struct Line<T>(Mutex<Standing<T>>);

#[derive(Debug)]
struct Standing<T> {
    waiting: VecDeque<T>,
    /// Workers that have been called and have not begun.
    here: usize,
    anywhere: usize,
}

/// How a worker is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// By who may be about to look into the line: begun by this thread, if the caller lets go of it.
    Here,
    /// By who turns to something else: begun by any thread.
    Anywhere,
}

/// A worker that has been called. Dropped before it begins, its tokio runtime or its engine has ended: what waits is dropped,
/// as by a crash.
#[must_use = "dropping it drops what waits"]
pub(crate) struct Called<T> {
    /// `None` once it has begun.
    line: Option<Arc<Line<T>>>,
    by: Call,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Line(Mutex::new(Standing { waiting: VecDeque::new(), here: 0, anywhere: 0 }))
    }
}

impl<T> Line<T> {
    /// Gives back the worker that is to be sent on its way, if one is.
    pub(crate) fn join(self: &Arc<Self>, item: T) -> Option<Called<T>> {
        let mut standing = self.lock();
        standing.waiting.push_back(item);
        (standing.here + standing.anywhere == 0).then(|| self.call(&mut standing, Call::Here))
    }

    /// What a worker serves next, and another one that is to be sent on its way before. `alone`: there is no other thread.
    pub(crate) fn next(self: &Arc<Self>, alone: bool) -> Option<(T, Option<Called<T>>)> {
        let mut standing = self.lock();
        let left = standing.waiting.len().checked_sub(1)?;
        let called = standing.anywhere + if alone { standing.here } else { 0 };
        let is_needed = called == 0 && left > 0;
        let by = if alone { Call::Here } else { Call::Anywhere };
        let called = is_needed.then(|| self.call(&mut standing, by));
        // Last, so that it is moved once.
        let next = standing.waiting.pop_front().map(|item| (item, called));
        if left == 0 && standing.waiting.capacity() > KEPT {
            standing.waiting = VecDeque::new();
        }
        next
    }

    fn call(self: &Arc<Self>, standing: &mut Standing<T>, by: Call) -> Called<T> {
        *standing.called(by) += 1;
        Called { line: Some(Arc::clone(self)), by }
    }

    fn lock(&self) -> MutexGuard<'_, Standing<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Standing<T> {
    fn called(&mut self, by: Call) -> &mut usize {
        match by {
            Call::Here => &mut self.here,
            Call::Anywhere => &mut self.anywhere,
        }
    }
}

impl<T> Called<T> {
    pub(crate) fn by(&self) -> Call {
        self.by
    }

    /// It looks into the line now.
    pub(crate) fn begin(mut self) {
        if let Some(line) = self.line.take() {
            *line.lock().called(self.by) -= 1;
        }
    }
}

impl<T> Drop for Called<T> {
    fn drop(&mut self) {
        let Some(line) = self.line.take() else { return };
        let waited = {
            let mut standing = line.lock();
            *standing.called(self.by) -= 1;
            mem::take(&mut standing.waiting)
        };
        // Not under the lock: what is dropped may let something else join.
        drop(waited);
    }
}

impl<T> fmt::Debug for Called<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Called").field(&self.by).finish()
    }
}

#[cfg(test)]
mod tests;
