//! Dependencies: what handlers ask for by type, and the container that provides it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A dependency of a handler: `bank: Dep<Bank>`, `clock: Dep<dyn Clock>`. Cheap to clone.
///
/// Only effects may take one: what a compute step or an orchestrator does must follow from its input.
pub struct Dep<T: ?Sized> {
    // Named, so that `dep.0` is the dependency's own first field.
    shared: Arc<T>,
}

impl<T: ?Sized> Dep<T> {
    /// What a container provides, and a unit test of a handler passes.
    #[must_use]
    pub fn new(shared: Arc<T>) -> Self {
        Dep { shared }
    }
}

impl<T: ?Sized> Deref for Dep<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.shared
    }
}

impl<T: ?Sized> Clone for Dep<T> {
    fn clone(&self) -> Self {
        Dep::new(Arc::clone(&self.shared))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Dep<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

/// A container that has a `T` for whoever asks. Derive [`Container`](macro@crate::Container) to implement it for
/// each field.
#[diagnostic::on_unimplemented(
    message = "the container `{Self}` does not provide `{T}`",
    label = "a handler of this node takes `Dep<{T}>`",
    note = "add a field of type `Arc<{T}>` to `{Self}`, which derives `onex::Container`"
)]
pub trait Provides<T: ?Sized> {
    /// The dependency.
    fn provide(&self) -> Dep<T>;
}

/// A tuple of dependencies that the container `C` can fill.
pub trait FromContainer<C>: Sized {
    /// Takes each from the container.
    fn from_container(container: &C) -> Self;
}

impl<C: Provides<T>, T: ?Sized> FromContainer<C> for Dep<T> {
    fn from_container(container: &C) -> Self {
        container.provide()
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => { $(
        impl<C, $($name: FromContainer<C>),*> FromContainer<C> for ($($name,)*) {
            #[allow(unused_variables, clippy::unused_unit)]
            fn from_container(container: &C) -> Self {
                ($($name::from_container(container),)*)
            }
        }
    )* };
}

// More than eight are nested by the macro.
tuples! { ; A; A B; A B D; A B D E; A B D E F; A B D E F G; A B D E F G H; A B D E F G H I; }
