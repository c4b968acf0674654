//! What is ready to be served, in one line, and who serves it: few workers, each many in a row, instead of a task for each.
//!
//! As long as something waits in the line a worker is called, that is: it has a task that has not begun. And before a worker
//! turns to one delivery while others wait, it calls one that any thread may begin. So whatever it is busy with, and however
//! long, what stands behind goes on as if it had a task of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::core::Engine;
use super::delivery::{Delivery, Serving};
use super::mailboxes::Turn;
use crate::journal::Journal;

/// How many a worker serves before it leaves the rest to another, so that other tasks have their turn.
const IN_A_ROW: usize = 32;
/// And for how long.
const TIME_IN_A_ROW: Duration = Duration::from_micros(100);

/// A delivery that nothing holds back, with its turn if it has a key.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) turn: Option<Turn<Delivery>>,
    /// On the heap: it is handed on several times.
    pub(crate) delivery: Box<Delivery>,
}

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
enum Call {
    /// By who may be about to look into the line: begun by this thread, if the caller lets go of it.
    Here,
    /// By who turns to something else: begun by any thread.
    Anywhere,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Line(Mutex::new(Standing { waiting: VecDeque::new(), here: 0, anywhere: 0 }))
    }
}

impl<T> Line<T> {
    /// Gives back whether a worker is to be called, and how.
    fn join(&self, item: T) -> Option<Call> {
        let mut standing = self.lock();
        standing.waiting.push_back(item);
        (standing.here + standing.anywhere == 0).then(|| standing.call(Call::Here))
    }

    /// What a worker serves next, and how another one is to be called before. `alone`: there is no other thread.
    fn next(&self, alone: bool) -> Option<(T, Option<Call>)> {
        let mut standing = self.lock();
        let item = standing.waiting.pop_front()?;
        let called = standing.anywhere + if alone { standing.here } else { 0 };
        let is_needed = called == 0 && !standing.waiting.is_empty();
        let call = is_needed.then(|| standing.call(if alone { Call::Here } else { Call::Anywhere }));
        Some((item, call))
    }

    /// Whoever was called has begun.
    fn begin(&self, call: Call) {
        *self.lock().called(call) -= 1;
    }

    /// Whoever was called never begins. Gives back what waits, to be dropped without the lock.
    fn end(&self, call: Call) -> VecDeque<T> {
        let mut standing = self.lock();
        *standing.called(call) -= 1;
        std::mem::take(&mut standing.waiting)
    }

    fn lock(&self) -> MutexGuard<'_, Standing<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Standing<T> {
    fn call(&mut self, call: Call) -> Call {
        *self.called(call) += 1;
        call
    }

    fn called(&mut self, call: Call) -> &mut usize {
        match call {
            Call::Here => &mut self.here,
            Call::Anywhere => &mut self.anywhere,
        }
    }
}

/// A worker that has been called. Dropped before it begins, its tokio runtime or its engine has ended: what waits is dropped,
/// as by a crash.
struct Called<C, J> {
    engine: Option<Arc<Engine<C, J>>>,
    call: Call,
}

impl<C, J> Called<C, J> {
    fn begin(mut self) -> Option<Arc<Engine<C, J>>> {
        let engine = self.engine.take()?;
        engine.ready.begin(self.call);
        Some(engine)
    }
}

impl<C, J> Drop for Called<C, J> {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            drop(engine.ready.end(self.call));
        }
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// It is served when those before it are, or at the same time.
    pub(crate) fn serve_when_ready(self: &Arc<Self>, ready: Ready) {
        if let Some(call) = self.ready.join(ready) {
            self.call_worker(call);
        }
    }

    fn call_worker(self: &Arc<Self>, call: Call) {
        let called = Called { engine: Some(Arc::clone(self)), call };
        // On the heap: tokio would copy a future of this size several times on its way into a task.
        self.tasks.spawn(Box::pin(async move {
            if let Some(engine) = called.begin() {
                engine.serve_in_a_row().await;
            }
        }));
        if call == Call::Anywhere {
            // Tokio keeps the task that was spawned last for the thread that spawned it, whatever that is busy with. This one
            // takes its place, so that the worker can be begun by others.
            self.tasks.spawn(async {});
        }
    }

    async fn serve_in_a_row(self: Arc<Self>) {
        let alone = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
        let began = Instant::now();
        for _ in 0..IN_A_ROW {
            let Some((ready, call)) = self.ready.next(alone) else { return };
            if let Some(call) = call {
                self.call_worker(call);
            }
            Serving::new(&self, ready).serve().await;
            if began.elapsed() >= TIME_IN_A_ROW {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_called_exactly_while_something_waits() {
        for alone in [false, true] {
            let line = Line::default();
            let other = if alone { Call::Here } else { Call::Anywhere };
            assert_eq!(line.join('a'), Some(Call::Here));
            assert_eq!(line.join('b'), None);
            line.begin(Call::Here);
            assert_eq!(
                line.next(alone),
                Some(('a', Some(other))),
                "`b` does not wait for what becomes of `a`"
            );
            assert_eq!(line.join('c'), None);
            assert_eq!(line.next(alone), Some(('b', None)));
            assert_eq!(line.next(alone), Some(('c', None)));
            assert_eq!(line.next(alone), None);
            line.begin(other);
            assert_eq!(line.join('d'), Some(Call::Here));
            assert_eq!(line.end(Call::Here), ['d']);
            assert_eq!(line.join('e'), Some(Call::Here));
        }
    }

    #[test]
    fn who_was_called_for_this_thread_is_not_enough_for_who_keeps_it() {
        let line = Line::default();
        let _ = line.join('a');
        line.begin(Call::Here);
        let _ = line.next(false);
        // What `a` sends: first for this thread, and for any as soon as it turns to `b`.
        assert_eq!((line.join('b'), line.join('c')), (Some(Call::Here), None));
        assert_eq!(line.next(false), Some(('b', Some(Call::Anywhere))));
    }
}
