//! Why steps are no plan, in words for whoever wrote them.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::plan::{StepId, StepKind};

/// Why steps are no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanError {
    /// A step could not be numbered.
    TooManySteps {
        /// How many there are.
        steps: usize,
    },
    /// Two steps have one name.
    DuplicateStep {
        /// The name.
        step: Cow<'static, str>,
    },
    /// A dependency is not in the plan.
    UnknownDependency {
        /// The step that names it.
        step: Cow<'static, str>,
        /// What it names.
        dependency: StepId,
        /// The number of steps in the plan.
        steps: usize,
    },
    /// A step depends on itself.
    SelfDependency {
        /// The step.
        step: Cow<'static, str>,
    },
    /// A step names a dependency twice.
    DuplicateDependency {
        /// The step.
        step: Cow<'static, str>,
        /// What it names twice.
        dependency: Cow<'static, str>,
    },
    /// An entry, which completes as the run starts, depends on something.
    EntryWithDependencies {
        /// The entry.
        step: Cow<'static, str>,
    },
    /// An entry, without which there is no run, is disabled or has a condition.
    EntryNotCertain {
        /// The entry.
        step: Cow<'static, str>,
    },
    /// A step that an event completes is to be done once for each entry of a list.
    InstancesOfEvent {
        /// The step.
        step: Cow<'static, str>,
    },
    /// A step that does nothing outside has a compensation.
    CompensableNotEffect {
        /// The step.
        step: Cow<'static, str>,
        /// What it is.
        kind: StepKind,
    },
    /// Steps wait for each other.
    Cycle {
        /// Each depends on the next, the last on the first.
        steps: Vec<Cow<'static, str>>,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManySteps { steps } => {
                write!(f, "the plan has {steps} steps; a plan has at most {}", u32::MAX)
            }
            Self::DuplicateStep { step } => {
                write!(f, "two steps are named `{step}`; give each step a name of its own")
            }
            Self::UnknownDependency { step, dependency, steps } => write!(
                f,
                "step `{step}` depends on step number {}, but the plan has {steps} steps, numbered from 0",
                dependency.0
            ),
            Self::SelfDependency { step } => {
                write!(f, "step `{step}` depends on itself and can never start; remove that dependency")
            }
            Self::DuplicateDependency { step, dependency } => {
                write!(f, "step `{step}` names its dependency `{dependency}` twice; name it once")
            }
            Self::EntryWithDependencies { step } => write!(
                f,
                "entry `{step}` has dependencies, but an entry is completed by the run's input at its start; \
                 remove them or make it another kind of step"
            ),
            Self::EntryNotCertain { step } => write!(
                f,
                "entry `{step}` is disabled or has a condition, but without its entry there is no run; enable it and \
                 put the condition on the steps behind it"
            ),
            Self::InstancesOfEvent { step } => write!(
                f,
                "step `{step}` is completed by an event, and cannot be done once for each entry of a list"
            ),
            Self::CompensableNotEffect { step, kind } => write!(
                f,
                "step `{step}` has a compensation but is of kind `{kind:?}`; only effects have something to undo"
            ),
            Self::Cycle { steps } => {
                f.write_str("steps wait for each other and can never start: ")?;
                for step in steps {
                    write!(f, "`{step}` depends on ")?;
                }
                write!(f, "`{}`", steps.first().map_or("", Cow::as_ref))
            }
        }
    }
}

impl Error for PlanError {}
