//! What a handler of a node gave back, on its way to becoming what is published.
//!
//! Which answers a route accepts is [`Answers`](super::route::Answers)' to say, in the words of the node's kind.

use super::emit::EmittedEvent;
use super::route::Route;
use super::{Emit, Emitted, Fault};
use crate::message::{Payload, StepValue};

/// The sorts of answers: what can be seen of a return type without knowing the node. `Sort::<T>::OF` is that of `T`.
pub mod sort {
    use super::super::Emit;

    /// `()`.
    pub const NOTHING: u8 = 0;
    /// `Emit<_>`, of whichever route.
    pub const EMIT: u8 = 1;
    /// Anything else.
    pub const VALUE: u8 = 2;

    /// Asks for the sort of a type.
    #[derive(Debug)]
    pub struct Sort<T>(std::marker::PhantomData<fn() -> T>);

    impl Sort<()> {
        /// The sort.
        pub const OF: u8 = NOTHING;
    }
    impl<R> Sort<Emit<R>> {
        /// The sort.
        pub const OF: u8 = EMIT;
    }

    /// The sort of every other type.
    pub trait AnyValue {
        /// The sort.
        const OF: u8 = VALUE;
    }
    impl<T> AnyValue for Sort<T> {}
}

/// An answer of the route `R`. One that its kind does not accept is a compile error elsewhere and settles to a fault here, so
/// that it is reported once.
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
    pub fn settle(self) -> Result<Emitted, Fault> {
        Ok(self.1.into_emitted())
    }
}

impl<R> Answer<R, ()> {
    /// Nothing emitted.
    #[allow(clippy::missing_errors_doc)] // infallible; the signature is that of the fallback
    pub fn settle(self) -> Result<Emitted, Fault> {
        Ok(Emitted::default())
    }
}

/// A value: what a compute node gives back.
pub trait Valued: Sized {
    /// The event that the contract publishes the value as, if it does.
    #[allow(clippy::missing_errors_doc)] // infallible; the signature is that of the fallback
    fn settle(self) -> Result<Emitted, Fault>;
}

impl<R: Route, T: StepValue> Valued for Answer<R, T> {
    fn settle(self) -> Result<Emitted, Fault> {
        let event = R::OUTPUT.map(|event| EmittedEvent { event, payload: Payload::new(self.1) });
        Ok(Emitted { events: event.into_iter().collect(), ..Emitted::default() })
    }
}

/// The fallback for answers that do not compile: found only where nothing above is, since it takes a reference.
pub trait NoAnswer: Sized {
    /// A fault.
    #[allow(clippy::missing_errors_doc)]
    fn settle(self) -> Result<Emitted, Fault> {
        Err(Fault::permanent("the handler's return type is no answer"))
    }
}
impl<R, T> NoAnswer for &Answer<R, T> {}
