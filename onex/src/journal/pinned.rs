//! What a journal remembers of the plan of a run: enough to tell whether the facts can still be read, and to name the
//! steps that they number.

use std::borrow::Cow;

use uuid::Uuid;

/// The plan that a run is pinned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedPlan {
    /// The same for two plans if every journal of the one can be replayed with the other.
    pub fingerprint: Uuid,
    /// The names of the steps, in the order in which facts number them.
    pub steps: Vec<Cow<'static, str>>,
}
