//! A list of nodes and their container: what is proven of it, and what the runtime is made of.

use std::any::TypeId;

use super::environment::Environment;
use super::said::Said;
use super::{Report, check};
use crate::node::mount::{Mount, Mounted};

/// A node of an application, with all that is known of it.
#[derive(Debug)]
pub struct Part<C> {
    said: Option<&'static Said>,
    mounting: Mounting<C>,
}

/// How a node is mounted. Unlike a [`Part`], it does not refer to what the node's contract says: that stays in constants.
#[derive(Debug)]
pub struct Mounting<C> {
    pub(crate) node: TypeId,
    pub(crate) mounted: fn() -> Mounted<C>,
}

// A derive would ask it of `C` too.
impl<C> Clone for Mounting<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for Mounting<C> {}

/// The one mention of each node: that this compiles proves that each of its handlers exists and finds its dependencies.
#[must_use]
pub const fn part<N: Mount<C>, C>() -> Part<C> {
    Part { said: N::SAID, mounting: Mounting { node: TypeId::of::<N>(), mounted: N::mounted } }
}

/// How each node is mounted.
#[must_use]
pub const fn mountings<C, const N: usize>(parts: &[Part<C>; N]) -> [Mounting<C>; N] {
    let Some(first) = parts.first() else { panic!("an application has at least one node") };
    let mut mountings = [first.mounting; N];
    each!(index, part in parts => {
        mountings[index] = part.mounting;
    });
    mountings
}

/// What the nodes say; that of a node written by hand, nothing.
const fn said<C, const N: usize>(parts: &[Part<C>; N]) -> [&'static Said; N] {
    let mut nodes = [&Said::BROKEN; N];
    each!(index, part in parts => {
        if let Some(said) = part.said {
            nodes[index] = said;
        }
    });
    nodes
}

/// How much room it takes to judge the nodes.
#[must_use]
pub const fn room_of<C, const N: usize>(parts: &[Part<C>; N]) -> usize {
    super::room(&said(parts))
}

/// Reports everything that is wrong with the nodes taken together. `ROOM` is what [`room_of`] says of them.
///
/// # Panics
/// While compiling, if anything is.
#[track_caller]
pub const fn closed<C, const N: usize, const ROOM: usize>(
    application: &str,
    parts: &[Part<C>; N],
    environments: &[Environment],
) {
    each!(_, part in parts => {
        if part.said.is_none() {
            panic!(
                "a node of this application is written by hand, and says nothing that could be checked\n\
                 help: mount it with `Runtime::builder(..).mount::<..>()`, which checks when the program starts"
            )
        }
    });
    let faults = check::<ROOM>(&said(parts), environments);
    if faults.faults() > 0 {
        let mut report = Report::new();
        match faults.faults() {
            1 => report.add(&["there is a fault in the application `"]),
            more => {
                report.add(&["there are "]);
                report.add_number(more);
                report.add(&[" faults in the application `"]);
            }
        }
        report.add(&[application, "`, the set of the contracts of these nodes\n\n", faults.as_str()]);
        panic!("{}", report.as_str())
    }
}
