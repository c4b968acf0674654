//! What a handler of a node gave back, on its way to becoming an [`Emit`].
//!
//! Which answers a route accepts is [`Answers`](super::route::Answers)' to say, in the words of the node's kind.

use super::{Emit, Fault};

/// An answer on its way to becoming an [`Emit`]. An answer that no kind accepts is a compile error elsewhere and
/// settles to a fault here, so that it is reported once.
#[derive(Debug)]
pub struct Answer<R, T>(std::marker::PhantomData<fn() -> R>, T);

impl<R, T> Answer<R, T> {
    /// Wraps what a handler returned.
    pub fn new(answer: T) -> Self {
        Answer(std::marker::PhantomData, answer)
    }
}

impl<R> Answer<R, Emit<R>> {
    /// The answer itself.
    #[allow(clippy::missing_errors_doc)] // infallible; the signature is that of the fallback
    pub fn settle(self) -> Result<Emit<R>, Fault> {
        Ok(self.1)
    }
}

impl<R: super::route::Route> Answer<R, ()> {
    /// Nothing emitted.
    #[allow(clippy::missing_errors_doc)] // infallible; the signature is that of the fallback
    pub fn settle(self) -> Result<Emit<R>, Fault> {
        Ok(Emit::nothing())
    }
}

/// The fallback for answers that do not compile.
pub trait NoAnswer<R>: Sized {
    /// A fault.
    #[allow(clippy::missing_errors_doc)]
    fn settle(self) -> Result<Emit<R>, Fault> {
        Err(Fault::permanent("the handler's return type is no answer"))
    }
}
impl<R, T> NoAnswer<R> for Answer<R, T> {}
