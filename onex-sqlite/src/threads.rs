//! The threads that have the file open, and how whoever closes it waits for their end. Knows nothing of what they do.

use std::io;
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

/// Threads that end by themselves once nobody can ask them for anything any more.
pub(crate) struct Threads {
    handles: Vec<JoinHandle<()>>,
    /// Each of them has a receiver until all that it held is dropped.
    running: watch::Sender<()>,
}

impl Threads {
    pub(crate) fn none() -> Self {
        Threads { handles: Vec::new(), running: watch::Sender::new(()) }
    }

    pub(crate) fn start(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let running = self.running.subscribe();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            work();
            drop(running);
        })?;
        self.handles.push(thread);
        Ok(())
    }

    /// Waits until all have ended; several may wait.
    pub(crate) async fn ended(&self) {
        self.running.closed().await;
    }

    /// The same, for whoever may block.
    pub(crate) fn join(&mut self) {
        for thread in self.handles.drain(..) {
            // A thread that panicked has told so.
            drop(thread.join());
        }
    }
}
