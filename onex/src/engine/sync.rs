//! The locks and counters that hand work from thread to thread: those of `std`, and in this crate's unit tests those of shuttle,
//! which runs a test in every order in which its threads can come to them.
//!
//! What is tokio's is the same in both, and shuttle does not know of it. Where an order of it and the others matters, as for a
//! `Notify` and a `Semaphore`, the tests' ones say so to shuttle.
//!
//! Outside of [`tests`] they cannot be used in a unit test. What tests whole engines is in `tests/` and has those of `std`.

#[cfg(test)]
pub(crate) use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize},
};
#[cfg(not(test))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize},
};
#[cfg(test)]
pub(crate) use tests::{Notify, Semaphore};
#[cfg(not(test))]
pub(crate) use tokio::sync::{Notify, Semaphore};

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, RoundRobinScheduler, Scheduler};
    use shuttle::{Config, FailurePersistence, Runner};
    use tokio::sync::{AcquireError, OwnedSemaphorePermit, SemaphorePermit, TryAcquireError};

    /// That of tokio, before each use of which another thread may have its turn.
    #[derive(Debug, Default)]
    pub(crate) struct Notify(tokio::sync::Notify);

    impl Notify {
        pub(crate) fn notified(&self) -> tokio::sync::futures::Notified<'_> {
            shuttle::thread::yield_now();
            self.0.notified()
        }

        pub(crate) fn notify_one(&self) {
            shuttle::thread::yield_now();
            self.0.notify_one();
        }

        pub(crate) fn notify_waiters(&self) {
            shuttle::thread::yield_now();
            self.0.notify_waiters();
        }
    }

    /// As [`Notify`].
    #[derive(Debug)]
    pub(crate) struct Semaphore(Arc<tokio::sync::Semaphore>);

    impl Semaphore {
        pub(crate) fn new(permits: usize) -> Self {
            Semaphore(Arc::new(tokio::sync::Semaphore::new(permits)))
        }

        pub(crate) async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
            shuttle::thread::yield_now();
            self.0.acquire().await
        }

        pub(crate) async fn acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
            shuttle::thread::yield_now();
            Arc::clone(&self.0).acquire_owned().await
        }

        pub(crate) fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
            shuttle::thread::yield_now();
            Arc::clone(&self.0).try_acquire_owned()
        }

        pub(crate) fn available_permits(&self) -> usize {
            shuttle::thread::yield_now();
            self.0.available_permits()
        }

        pub(crate) fn is_closed(&self) -> bool {
            shuttle::thread::yield_now();
            self.0.is_closed()
        }

        pub(crate) fn close(&self) {
            shuttle::thread::yield_now();
            self.0.close();
        }
    }

    const SEED: u64 = 0x6f6e_6578;
    const ORDERS: usize = 2000;

    /// In every order. For two or three threads that come to few locks: the orders are counted by factorials.
    pub(crate) fn in_every_order(test: impl Fn() + Send + Sync + 'static) {
        run(DfsScheduler::new(None, false), test);
    }

    /// In many orders, drawn by chance, the same each time. One half prefers each thread to others and changes its mind thrice,
    /// which finds what few switches at the wrong places break; the other takes any thread at any time.
    pub(crate) fn in_many_orders(test: impl Fn() + Send + Sync + 'static) {
        let test = Arc::new(test);
        let again = Arc::clone(&test);
        run(PctScheduler::new_from_seed(SEED, 3, ORDERS), move || test());
        run(RandomScheduler::new_from_seed(SEED, ORDERS), move || again());
    }

    /// In one order. For a test that has one thread.
    pub(crate) fn in_order(test: impl Fn() + Send + Sync + 'static) {
        run(RoundRobinScheduler::new(1), test);
    }

    fn run(scheduler: impl Scheduler + 'static, test: impl Fn() + Send + Sync + 'static) {
        let mut config = Config::new();
        config.stack_size = 256 << 10;
        config.failure_persistence = FailurePersistence::Print;
        let _ = Runner::new(scheduler, config).run(test);
    }
}
