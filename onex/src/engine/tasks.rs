//! The tasks that an engine has spawned, so that a shutdown can end the last of them.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

/// Spawned tasks.
#[derive(Debug)]
pub(crate) struct Tasks {
    /// `None` once nothing is spawned any more.
    set: Mutex<Option<JoinSet<()>>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Tasks { set: Mutex::new(Some(JoinSet::new())) }
    }
}

impl Tasks {
    /// Spawns on the current tokio runtime. After [`end`](Self::end) the task is dropped instead.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut guard = self.lock();
        let Some(set) = guard.as_mut() else {
            // What is dropped with the task may want to spawn the next one.
            drop(guard);
            return drop(task);
        };
        while set.try_join_next().is_some() {}
        set.spawn(task);
    }

    /// How many have not ended.
    pub(crate) fn count(&self) -> usize {
        self.lock().as_mut().map_or(0, |set| {
            while set.try_join_next().is_some() {}
            set.len()
        })
    }

    /// Spawns nothing any more, drops every task at its next await and waits until the last is dropped.
    pub(crate) async fn end(&self) {
        let set = self.lock().take();
        if let Some(mut set) = set {
            set.shutdown().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
