//! What a contract gives of its numbers, and what it leaves to its defaults.

/// Which numbers of a [`WorkflowRow`](super::WorkflowRow) its contract gives, in whichever place. All others are defaults of the
/// language, which a program may [replace](crate::engine::Defaults).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// How long a run may take: a timeout, or a `workflow_type`, which has one.
    pub timeout: bool,
    /// `max_retries`, or a bound on actions that they must keep.
    pub retries: bool,
    /// `max_parallel_steps`.
    pub parallel_steps: bool,
    /// `batch_size`.
    pub batch_size: bool,
    /// Anything about the delays between attempts.
    pub pace: bool,
    /// `max_actions_per_workflow`.
    pub actions: bool,
}

impl Said {
    /// All of them.
    pub const ALL: Said = Said::all(true);
    /// None.
    pub const NOTHING: Said = Said::all(false);

    const fn all(said: bool) -> Self {
        Said {
            timeout: said,
            retries: said,
            parallel_steps: said,
            batch_size: said,
            pace: said,
            actions: said,
        }
    }
}
