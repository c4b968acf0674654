//! What is left on a runtime, by tokio's own count.

/// How many tasks there are on this thread's tokio runtime, whoever spawned them. What ends when it is dropped has had its turn.
pub(crate) async fn alive_tasks() -> usize {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}
