//! What is ready to be served, in one [line](super::line), and who serves it: few workers, each many in a row, instead of a
//! task for each.
//!
//! As long as something waits in the line a worker is called, that is: it has a task that has not begun. And before a worker
//! turns to one delivery while others wait, it calls one that any thread may begin. So whatever it is busy with, and however
//! long, what stands behind goes on as if it had a task of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

use super::core::Engine;
use super::delivery::{Delivery, Serving};
use super::line::{Call, Called};
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
    pub(crate) delivery: Delivery,
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// It is served when those before it are, or at the same time.
    pub(crate) fn serve_when_ready(self: &Arc<Self>, ready: Ready) {
        if let Some(called) = self.ready.join(ready) {
            self.send_worker(called);
        }
    }

    fn send_worker(self: &Arc<Self>, called: Called<Ready>) {
        let (engine, by) = (Arc::clone(self), called.by());
        // On the heap: tokio would copy a future of this size several times on its way into a task.
        self.tasks.spawn(Box::pin(async move {
            called.begin();
            engine.serve_in_a_row().await;
        }));
        if by == Call::Anywhere {
            // Tokio keeps the task that was spawned last for the thread that spawned it, whatever that is busy with. This one
            // takes its place, so that the worker can be begun by others.
            self.tasks.spawn(async {});
        }
    }

    async fn serve_in_a_row(self: Arc<Self>) {
        let alone = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
        let began = Instant::now();
        for _ in 0..IN_A_ROW {
            let Some((ready, called)) = self.ready.next(alone) else { return };
            if let Some(called) = called {
                self.send_worker(called);
            }
            Serving::new(&self, ready).serve().await;
            if began.elapsed() >= TIME_IN_A_ROW {
                return;
            }
        }
    }
}
