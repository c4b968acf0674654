//! What a run executes: steps and their dependencies, checked once. Knows nothing of execution.

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::graph::{Dependents, find_cycle};
use super::plan_error::PlanError;
use super::policy::Policy;
use super::turns::Turns;

/// A step, as its position in its plan's declaration order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub u32);

impl StepId {
    /// The position as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What executes a step, and with it what a lost attempt may have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Completed by the run's input when the run starts; it has no handler and no dependencies.
    Entry,
    /// Completed by an event from outside while the run goes on; it has no handler, no attempts, and takes no slot.
    Gate,
    /// Pure: an attempt that is lost did nothing.
    Compute,
    /// Acts outside: an attempt that is lost may have taken effect.
    Effect,
    /// Folds its inputs into state of the run.
    Reducer,
}

/// What a step makes of a dependency's end, and of the absence of its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Without that output the step is skipped.
    Required,
    /// The step runs without that output, unless every output that it may take is absent.
    Optional,
    /// The step only comes after it, however it ends.
    Order,
    /// Of both only one runs: the step is skipped, unless that one is skipped for a reason of its own.
    Else,
}

/// What the final failure of one step does to its run, where it is not what the strategy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The run stops, and nothing is undone.
    Stop,
    /// What needs the step is skipped; all else runs.
    Continue,
    /// The run stops, then undoes its compensable effects, latest dispatch first.
    Compensate,
}

/// One step of a plan. What is serialised of it is what facts cannot be read without: see [`Shape`](super::Shape).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSpec {
    /// The name, unique in the plan: idempotency keys are made of it.
    pub id: Cow<'static, str>,
    /// What executes it.
    pub kind: StepKind,
    /// What must be final before it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<(StepId, Need)>,
    /// Attempts in addition to the first.
    #[serde(skip)]
    pub retries: u32,
    /// What its final failure does. None: what the strategy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    /// It has a compensation. Only effects can.
    pub compensable: bool,
    /// Additional attempts of its compensation; `None`: [`Policy::compensation_retries`].
    #[serde(skip)]
    pub compensation_retries: Option<u32>,
    /// Of the steps that are undone, those with the lesser one go first.
    pub compensation_priority: u32,
    /// How long to wait before it is undone, once it is its turn.
    #[serde(skip)]
    pub compensation_delay: Duration,
    /// False: it is skipped as the run starts.
    pub enabled: bool,
    /// It is skipped once another step has failed, if it has not been dispatched by then.
    pub skip_on_failure: bool,
    /// It runs without any of the outputs that it may take.
    pub runs_without_inputs: bool,
    /// It runs only if [`Input::Evaluated`](super::Input::Evaluated) says so.
    pub conditional: bool,
    /// It is done once for each entry of a list, for so many at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<NonZeroU32>,
    /// An attempt goes on when the process that began it ends: the next one is told of it again, and it has not crashed.
    pub outlives_process: bool,
    /// Of the steps that may run, the one with the lesser precedence goes first; of equal ones, the one declared first.
    pub precedence: (u32, u32),
}

impl StepSpec {
    /// The [`compensation_priority`](Self::compensation_priority) of a step that does not say.
    pub const USUAL_PRIORITY: u32 = 100;

    /// A step with one attempt, no dependencies, no condition and no compensation, whose failure goes by the strategy.
    pub fn new(id: impl Into<Cow<'static, str>>, kind: StepKind) -> Self {
        Self {
            id: id.into(),
            kind,
            depends_on: Vec::new(),
            retries: 0,
            on_failure: None,
            compensable: false,
            compensation_retries: None,
            compensation_priority: StepSpec::USUAL_PRIORITY,
            compensation_delay: Duration::ZERO,
            enabled: true,
            skip_on_failure: false,
            runs_without_inputs: false,
            conditional: false,
            each: None,
            outlives_process: false,
            precedence: (0, 0),
        }
    }
}

/// Steps that fit together: unique names, known dependencies, no cycle. Immutable, shared by its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    policy: Policy,
    steps: Vec<StepSpec>,
    dependents: Dependents,
    turns: Turns,
    /// How many steps go over a list.
    lists: usize,
}

impl Plan {
    /// Checks `steps`, in declaration order, in time proportional to steps and dependencies.
    ///
    /// # Errors
    /// The first [`PlanError`] found.
    pub fn new(policy: Policy, steps: Vec<StepSpec>) -> Result<Self, PlanError> {
        if u32::try_from(steps.len()).is_err() {
            return Err(PlanError::TooManySteps { steps: steps.len() });
        }
        check_steps(&steps)?;
        check_dependencies(&steps)?;
        let dependents = Dependents::of(&steps);
        if let Some(cycle) = find_cycle(&steps, &dependents) {
            let steps = cycle.iter().map(|step| steps[step.index()].id.clone()).collect();
            return Err(PlanError::Cycle { steps });
        }
        let turns = Turns::of(&steps);
        let lists = steps.iter().filter(|spec| spec.each.is_some()).count();
        Ok(Self { policy, steps, dependents, turns, lists })
    }

    /// The settings of its runs.
    #[must_use]
    #[inline]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The number of steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// True when there is no step; a run of such a plan completes as it starts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// True when `step` is one of this plan's.
    #[must_use]
    pub fn contains(&self, step: StepId) -> bool {
        step.index() < self.steps.len()
    }

    /// One step.
    ///
    /// # Panics
    /// When `step` is not of this plan ([`Plan::contains`]).
    #[must_use]
    #[inline]
    pub fn step(&self, step: StepId) -> &StepSpec {
        &self.steps[step.index()]
    }

    /// All steps, in declaration order.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (StepId, &StepSpec)> {
        self.steps.iter().enumerate().map(|(index, spec)| (StepId(index as u32), spec))
    }

    /// The steps that depend on `step`, in declaration order, and how much they need it.
    ///
    /// # Panics
    /// When `step` is not of this plan ([`Plan::contains`]).
    #[must_use]
    #[inline]
    pub fn dependents(&self, step: StepId) -> &[(StepId, Need)] {
        self.dependents.of_step(step)
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(super) fn lists(&self) -> usize {
        self.lists
    }
}

fn check_steps(steps: &[StepSpec]) -> Result<(), PlanError> {
    let mut names = HashSet::with_capacity(steps.len());
    for spec in steps {
        if !names.insert(spec.id.as_ref()) {
            return Err(PlanError::DuplicateStep { step: spec.id.clone() });
        }
        if spec.compensable && spec.kind != StepKind::Effect {
            return Err(PlanError::CompensableNotEffect { step: spec.id.clone(), kind: spec.kind });
        }
        if spec.kind == StepKind::Entry && !spec.depends_on.is_empty() {
            return Err(PlanError::EntryWithDependencies { step: spec.id.clone() });
        }
        if spec.kind == StepKind::Entry && (!spec.enabled || spec.conditional) {
            return Err(PlanError::EntryNotCertain { step: spec.id.clone() });
        }
        if matches!(spec.kind, StepKind::Entry | StepKind::Gate) && spec.each.is_some() {
            return Err(PlanError::InstancesOfEvent { step: spec.id.clone() });
        }
    }
    Ok(())
}

fn check_dependencies(steps: &[StepSpec]) -> Result<(), PlanError> {
    let mut named_by = vec![None; steps.len()];
    for (index, spec) in steps.iter().enumerate() {
        for &(dependency, _) in &spec.depends_on {
            let Some(last_named_by) = named_by.get_mut(dependency.index()) else {
                return Err(PlanError::UnknownDependency {
                    step: spec.id.clone(),
                    dependency,
                    steps: steps.len(),
                });
            };
            if dependency.index() == index {
                return Err(PlanError::SelfDependency { step: spec.id.clone() });
            }
            if last_named_by.replace(index) == Some(index) {
                let dependency = steps[dependency.index()].id.clone();
                return Err(PlanError::DuplicateDependency { step: spec.id.clone(), dependency });
            }
        }
    }
    Ok(())
}
