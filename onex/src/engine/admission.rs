//! How many runs are driven at once: further ones wait for their turn before they start, first come first served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places for runs.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    capacity: usize,
    waiting: AtomicUsize,
}

/// Counts one who waits, also if it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl Admission {
    pub(crate) fn new(capacity: usize) -> Self {
        Admission { places: Arc::new(Semaphore::new(capacity)), capacity, waiting: AtomicUsize::new(0) }
    }

    /// Waits for a place. `None`: no run starts any more.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let _waiting = Waiting::new(&self.waiting);
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Nothing starts any more; who waits learns it. Gives back how many do.
    pub(crate) fn close(&self) -> usize {
        let waiting = self.waiting();
        self.places.close();
        waiting
    }

    pub(crate) fn taken(&self) -> usize {
        self.capacity - self.places.available_permits()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
