//! The rules of the kernel, one test each. Numbers are those of `docs/semantics.md`.

mod compensate;
mod hold;
mod order;
mod pause;
mod planning;
mod replay;
mod restart;
mod retry;
mod skip;
mod stop;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::*;

pub(super) const ERROR: Failure = Failure { class: FailureClass::Retryable, cause: FailureCause::Error };
pub(super) const PERMANENT: Failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
pub(super) const REFUSED: Failure = Failure { class: FailureClass::Refused, cause: FailureCause::Error };
pub(super) const PANIC: Failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Panicked };
pub(super) const NO_JITTER: Jitter = Jitter(0);

pub(super) const FAIL_FAST: Policy = Policy {
    mode: Mode::Sequential,
    strategy: Strategy::FailFast,
    backoff: Backoff::exponential(Duration::from_millis(100), 2.0, Duration::from_secs(1)),
    compensation_retries: 1,
    timeout: Duration::from_secs(30),
};

pub(super) fn parallel(max_steps: u32) -> Policy {
    let max_steps = NonZeroU32::new(max_steps).expect("tests use at least one slot");
    Policy { mode: Mode::Parallel { max_steps }, ..FAIL_FAST }
}

pub(super) fn with(strategy: Strategy, policy: Policy) -> Policy {
    Policy { strategy, ..policy }
}

/// A short way to write a step; its name is its number.
pub(super) struct Step {
    kind: StepKind,
    depends_on: Vec<(StepId, Need)>,
    retries: u32,
    continue_on_error: bool,
    compensable: bool,
}

pub(super) fn step(kind: StepKind) -> Step {
    Step { kind, depends_on: Vec::new(), retries: 0, continue_on_error: false, compensable: false }
}

pub(super) fn compute() -> Step {
    step(StepKind::Compute)
}

pub(super) fn effect() -> Step {
    step(StepKind::Effect)
}

pub(super) fn compensable() -> Step {
    Step { compensable: true, ..effect() }
}

impl Step {
    pub(super) fn needs<const N: usize>(mut self, steps: [u32; N]) -> Self {
        self.depends_on.extend(steps.map(|step| (StepId(step), Need::Required)));
        self
    }

    pub(super) fn likes<const N: usize>(mut self, steps: [u32; N]) -> Self {
        self.depends_on.extend(steps.map(|step| (StepId(step), Need::Optional)));
        self
    }

    pub(super) fn retries(self, retries: u32) -> Self {
        Self { retries, ..self }
    }

    pub(super) fn continue_on_error(self) -> Self {
        Self { continue_on_error: true, ..self }
    }
}

/// A run with a decision to reuse, and every fact it decided.
pub(super) struct Driven {
    pub(super) run: Run,
    pub(super) decision: Decision,
    pub(super) journal: Vec<Fact>,
}

impl Driven {
    /// A run that has not started.
    pub(super) fn new<const N: usize>(policy: Policy, steps: [Step; N]) -> Self {
        let specs = steps.into_iter().enumerate().map(|(index, step)| StepSpec {
            id: index.to_string().into(),
            kind: step.kind,
            depends_on: step.depends_on,
            retries: step.retries,
            continue_on_error: step.continue_on_error,
            compensable: step.compensable,
            compensation_retries: None,
        });
        let plan = Plan::new(policy, specs.collect()).expect("tests use valid plans");
        Self { run: Run::new(Arc::new(plan)), decision: Decision::default(), journal: Vec::new() }
    }

    /// A run that has started.
    pub(super) fn start<const N: usize>(policy: Policy, steps: [Step; N]) -> Self {
        let mut driven = Self::new(policy, steps);
        driven.give(Input::Start);
        driven
    }

    pub(super) fn give(&mut self, input: Input) -> &Decision {
        self.run.handle(input, &mut self.decision);
        self.journal.extend_from_slice(&self.decision.facts);
        &self.decision
    }

    pub(super) fn complete(&mut self, step: u32) -> &Decision {
        let attempt = self.run.step(StepId(step)).attempt;
        self.give(Input::Completed { step: StepId(step), attempt })
    }

    pub(super) fn fail(&mut self, step: u32, failure: Failure) -> &Decision {
        let attempt = self.run.step(StepId(step)).attempt;
        self.give(Input::Failed { step: StepId(step), attempt, failure, jitter: NO_JITTER })
    }

    pub(super) fn retry_due(&mut self, step: u32) -> &Decision {
        let attempt = self.run.step(StepId(step)).attempt;
        self.give(Input::RetryDue { step: StepId(step), attempt })
    }

    /// What the last decision dispatches.
    pub(super) fn dispatched(&self) -> Vec<u32> {
        let steps = self.decision.commands.iter().filter_map(|command| match command {
            Command::Dispatch { step, .. } => Some(step.0),
            _ => None,
        });
        steps.collect()
    }

    pub(super) fn states(&self) -> Vec<StepState> {
        self.run.steps().map(|(_, status)| status.state).collect()
    }
}
