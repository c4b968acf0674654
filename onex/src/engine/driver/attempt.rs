//! What an attempt is, and what its end means to the kernel.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::contain::Panicked;
use crate::message::Payload;
use crate::node::step::GroupOf;
use crate::node::{Fault, FaultClass};
use crate::run::{Failure, FailureCause, FailureClass, StepId, StepKind};

/// An attempt that the kernel asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dispatch {
    pub(super) step: StepId,
    pub(super) attempt: u32,
    pub(super) compensating: bool,
}

/// An attempt that is over.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) dispatch: Dispatch,
    /// The output; none for a compensation.
    pub(super) outcome: Result<Option<Payload>, Failed>,
}

/// Why an attempt did not succeed: for the kernel, and in words.
#[derive(Debug)]
pub(in crate::engine) struct Failed {
    pub(in crate::engine) failure: Failure,
    pub(in crate::engine) message: Option<Arc<str>>,
}

/// What a handler's return means.
pub(in crate::engine) fn ended<T>(
    kind: StepKind,
    returned: Result<Result<T, Fault>, Panicked>,
) -> Result<T, Failed> {
    match returned {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fault)) => Err(Failed {
            failure: Failure {
                class: classify(kind == StepKind::Effect, fault.class),
                cause: FailureCause::Error,
            },
            message: Some(fault.message.into()),
        }),
        Err(panicked) => Err(Failed { failure: Failure::PANICKED, message: Some(panicked.message.into()) }),
    }
}

/// What a return means for a group: each item its own result, or all the same failure.
pub(super) fn each(
    kind: StepKind,
    all: &[Dispatch],
    returned: Result<Result<GroupOf<Payload>, Fault>, Panicked>,
) -> Vec<Finished> {
    let results = match returned {
        Ok(Ok(results)) => results.into_iter().map(Ok).collect(),
        Ok(Err(fault)) => vec![Ok(Err(fault)); all.len()],
        Err(panicked) => vec![Err(panicked); all.len()],
    };
    let finished = all.iter().zip(results).map(|(dispatch, returned)| Finished {
        dispatch: *dispatch,
        outcome: ended(kind, returned.map(|result| result.map(Some))),
    });
    finished.collect()
}

/// Semantics 12: unclassified errors of effects are retryable, all others permanent.
pub(in crate::engine) fn classify(is_effect: bool, class: Option<FaultClass>) -> FailureClass {
    match class {
        Some(FaultClass::Retryable) => FailureClass::Retryable,
        Some(FaultClass::Permanent) => FailureClass::Permanent,
        Some(FaultClass::Refused) => FailureClass::Refused,
        None if is_effect => FailureClass::Retryable,
        None => FailureClass::Permanent,
    }
}

pub(in crate::engine) fn timed_out(timeout: Duration) -> Failed {
    let message = format!("attempt timed out after {} ms", timeout.as_millis());
    Failed { failure: Failure::TIMED_OUT, message: Some(message.into()) }
}

/// An attempt that was asked for and never begun, because its run stopped in between.
pub(super) fn abandoned(dispatch: Dispatch) -> Finished {
    Finished { dispatch, outcome: Err(Failed { failure: Failure::ABANDONED, message: None }) }
}
