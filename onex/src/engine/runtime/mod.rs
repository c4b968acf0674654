//! What a program holds of an engine: its life, and in a file each what is done with it.

mod publishing;
mod reading;
mod running;
mod steering;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::builder::RuntimeBuilder;
use super::core::Engine;
use super::shutdown::Shutdown;
use super::weak::WeakRuntime;
use crate::journal::{Journal, Lease, Memory, StorageError};

/// A running engine: nodes that are mounted, a container that serves them, a journal that remembers. Cheap to clone;
/// all clones are one engine. It lives until the last clone is dropped and nothing is in flight.
///
/// # Panics
/// Whatever publishes, delivers or starts spawns tasks and panics outside a tokio runtime with its timer enabled.
pub struct Runtime<C, J = Memory> {
    engine: Arc<Engine<C, J>>,
}

impl<C> Runtime<C>
where
    C: Send + Sync + 'static,
{
    /// Begins a runtime over this container, for a program that chooses its nodes when it starts: whether their contracts
    /// fit together is found by [`build`](RuntimeBuilder::build). Where the nodes are known while the program is compiled,
    /// [`#[application]`](macro@crate::application) finds it then.
    pub fn builder(container: C) -> RuntimeBuilder<C> {
        RuntimeBuilder::new(container)
    }
}

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) fn of(engine: Arc<Engine<C, J>>) -> Self {
        Runtime { engine }
    }

    pub(super) async fn recover(&self) -> Result<(), StorageError> {
        self.engine.recover().await
    }

    /// Waits until nothing is in flight: no envelope, no run, no retry. What a handler emits is in flight before the
    /// handler is not.
    pub async fn settled(&self) {
        self.engine.in_flight.settled().await;
    }

    /// The same, without keeping it alive.
    pub fn downgrade(&self) -> WeakRuntime<C, J> {
        WeakRuntime::of(Arc::downgrade(&self.engine))
    }

    /// The journal.
    pub fn journal(&self) -> &J {
        &self.engine.journal
    }

    /// By what right this runtime commits.
    pub fn lease(&self) -> &Lease {
        &self.engine.lease
    }

    /// Accepts nothing any more and waits up to `timeout` for what is in flight. Runs that wait for an event, for a time that
    /// does not come until then, or to be resumed are left as they are, for the next owner of the journal. After `timeout` every
    /// other run is cancelled and gets twice the grace period, to stop and to undo; what is not over then is dropped as by a
    /// crash. What a program drives itself, with [`run`](Self::run), is the program's to drop.
    pub async fn shutdown(&self, timeout: Duration) -> Shutdown {
        self.engine.shut_down(timeout).await
    }

    /// [Shuts down](Self::shutdown), and returns when the journal has let go of its file, so that whoever opens it next, here or in
    /// another process, is not refused. A journal in memory has nothing to let go of.
    ///
    /// It is closed for every clone of this runtime: nothing can be read from a journal in a file any more, and a run that a program
    /// drives itself is lost as by a crash. A journal that the program shares ([`Arc`]) is not closed; it is the program's to drop.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let runtime = onex::Runtime::builder(()).build()?;
    /// let shutdown = runtime.close(Duration::from_secs(30)).await;
    /// assert!(shutdown.settled, "nothing was cut short");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(self, timeout: Duration) -> Shutdown {
        self.engine.close(timeout).await
    }
}

impl<C, J> Clone for Runtime<C, J> {
    fn clone(&self) -> Self {
        Runtime { engine: Arc::clone(&self.engine) }
    }
}

impl<C, J> fmt::Debug for Runtime<C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("lease", &self.engine.lease).finish_non_exhaustive()
    }
}
