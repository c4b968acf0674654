//! What a journal remembers of the plan of a run: enough to tell whether the facts can still be read, and to name the
//! steps that they number; and how to let the run go on where the program has another plan by now.

use std::borrow::Cow;

use uuid::Uuid;

use crate::run::Shape;

/// The plan that a run is pinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct PinnedPlan {
    /// The same for two plans if every journal of the one can be replayed with the other.
    pub fingerprint: Uuid,
    /// The names of the steps, in the order in which facts number them.
    pub steps: Vec<Cow<'static, str>>,
    /// What a program that has another plan needs to let the run go on on this one. `None`: of a batch, whose plan is made of
    /// its input, and of a journal that was written before plans were kept.
    pub shape: Option<Shape>,
}
