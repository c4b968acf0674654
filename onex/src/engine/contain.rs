//! A handler that panics fails alone: neither its run nor its neighbours notice more than an error.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::node::mount::BoxFuture;

/// A handler that panicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Panicked {
    /// The panic's message.
    pub(crate) message: String,
}

/// Calls a handler's function.
///
/// What it may have left half done is its own: the engine shares no state with handlers.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Panicked { message: message(&*payload) })
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "the handler panicked with a value that is no text".to_owned()
    }
}

/// A handler's future whose panics are values. Dropping it drops the handler's, whose panics are contained too.
pub(crate) struct CatchPanic<T>(Option<BoxFuture<T>>);

impl<T> CatchPanic<T> {
    pub(crate) fn new(future: BoxFuture<T>) -> Self {
        CatchPanic(Some(future))
    }

    fn release(&mut self) {
        if let Some(future) = self.0.take() {
            // A panic while it is dropped tells nothing about the outcome, which is known.
            let _ = contained(|| drop(future));
        }
    }
}

impl<T> Future for CatchPanic<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut output = None;
        let polled = contained(|| {
            if let Some(future) = &mut self.0
                && let Poll::Ready(ready) = future.as_mut().poll(cx)
            {
                output = Some(ready);
                drop(self.0.take());
            }
        });
        match (output, polled) {
            // A panic while it was dropped tells nothing about the outcome, which is known.
            (Some(output), _) => Poll::Ready(Ok(output)),
            (None, Ok(())) => Poll::Pending,
            (None, Err(panicked)) => {
                self.release();
                Poll::Ready(Err(panicked))
            }
        }
    }
}

impl<T> Drop for CatchPanic<T> {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct PanicsOnDrop;
    impl Drop for PanicsOnDrop {
        fn drop(&mut self) {
            panic!("in drop");
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_value_with_its_message() {
        let text = CatchPanic::<()>::new(Box::pin(async { panic!("plain") }));
        assert_eq!(text.await, Err(Panicked { message: "plain".into() }));
        let formatted = CatchPanic::<()>::new(Box::pin(async { panic!("with {}", 1) }));
        assert_eq!(formatted.await, Err(Panicked { message: "with 1".into() }));
        let other = contained(|| std::panic::panic_any(7_u8));
        assert!(other.is_err_and(|panicked| panicked.message.contains("no text")));
    }

    #[tokio::test]
    async fn a_panic_on_drop_does_not_hide_the_outcome() {
        let future = CatchPanic::new(Box::pin(async {
            let _guard = PanicsOnDrop;
            std::future::pending::<()>().await;
        }));
        drop(future);
    }
}
