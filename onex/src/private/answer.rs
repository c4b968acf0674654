//! Whether a return type is a `Result` behind another name.
//!
//! The macros read `Result<T, E>` from the signature. Behind an alias they cannot, and a step would take the whole `Result`
//! for its output: an error would be a success. So the type itself is asked.

/// Asks whether a type is a `Result`: `Returned::<T>::IS_RESULT`.
#[derive(Debug)]
pub struct Returned<T>(std::marker::PhantomData<fn() -> T>);

impl<T, E> Returned<Result<T, E>> {
    /// It is one.
    pub const IS_RESULT: bool = true;
}

/// The answer for every other type.
pub trait NoResult {
    /// It is none.
    const IS_RESULT: bool = false;
}
impl<T> NoResult for Returned<T> {}
