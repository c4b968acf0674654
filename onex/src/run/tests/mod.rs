//! The rules of the kernel, one test each. Numbers are those of `docs/semantics.md`.

mod at_once;
mod branch;
mod compensate;
mod condition;
mod hold;
mod kill;
mod migrate;
mod order;
mod overrides;
mod pause;
mod planning;
mod reopen;
mod replay;
mod restart;
mod retry;
mod share;
mod skip;
mod stop;
mod undoing;

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
    undoing: Undoing::USUAL,
    min_completed_percent: None,
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
pub(super) struct Step(StepSpec);

pub(super) fn step(kind: StepKind) -> Step {
    Step(StepSpec::new("", kind))
}

pub(super) fn compute() -> Step {
    step(StepKind::Compute)
}

pub(super) fn effect() -> Step {
    step(StepKind::Effect)
}

pub(super) fn compensable() -> Step {
    effect().but(|spec| spec.compensable = true)
}

impl Step {
    pub(super) fn needs<const N: usize>(mut self, steps: [u32; N]) -> Self {
        self.0.depends_on.extend(steps.map(|step| (StepId(step), Need::Required)));
        self
    }

    pub(super) fn after<const N: usize>(mut self, steps: [u32; N]) -> Self {
        self.0.depends_on.extend(steps.map(|step| (StepId(step), Need::Order)));
        self
    }

    /// It is the branch after another one.
    pub(super) fn or_else(mut self, branch: u32) -> Self {
        self.0.depends_on.push((StepId(branch), Need::Else));
        self
    }

    pub(super) fn likes<const N: usize>(mut self, steps: [u32; N]) -> Self {
        self.0.depends_on.extend(steps.map(|step| (StepId(step), Need::Optional)));
        self
    }

    pub(super) fn retries(self, retries: u32) -> Self {
        self.but(|spec| spec.retries = retries)
    }

    pub(super) fn continue_on_error(self) -> Self {
        self.on_failure(OnFailure::Continue)
    }

    pub(super) fn on_failure(self, on_failure: OnFailure) -> Self {
        self.but(|spec| spec.on_failure = Some(on_failure))
    }

    pub(super) fn conditional(self) -> Self {
        self.but(|spec| spec.conditional = true)
    }

    pub(super) fn but(mut self, change: impl FnOnce(&mut StepSpec)) -> Self {
        change(&mut self.0);
        self
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
        let specs = (steps.into_iter().enumerate())
            .map(|(index, Step(spec))| StepSpec { id: index.to_string().into(), ..spec });
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

    pub(super) fn evaluate(&mut self, step: u32, holds: bool) -> &Decision {
        self.give(Input::Evaluated { step: StepId(step), holds })
    }

    /// Why a step is skipped.
    pub(super) fn skipped(&self, step: u32) -> Option<SkipReason> {
        self.run.step(StepId(step)).skipped_because
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
