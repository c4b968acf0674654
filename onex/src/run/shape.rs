//! What of a plan its runs' facts cannot be read without: kept with them, so that they outlive the program that wrote them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::plan::{Plan, StepSpec};
use super::plan_error::PlanError;
use super::policy::{Mode, Policy, Strategy};
use super::undoing::{UndoOrder, Undoing};

/// A plan without its numbers: how often something is tried again and how long it may take is asked of the program that runs
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// How many steps run at once.
    pub mode: Mode,
    /// What a failure does to a run.
    pub strategy: Strategy,
    /// In which order a run is undone.
    pub undo_order: UndoOrder,
    /// The share of its steps that must complete for a run not to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_completed_percent: Option<f64>,
    /// The steps, in the order in which facts number them. Their retries are 0.
    pub steps: Vec<StepSpec>,
}

impl Shape {
    /// The shape of `plan`.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let without_numbers = |spec: &StepSpec| StepSpec {
            retries: 0,
            compensation_retries: None,
            compensation_delay: Duration::ZERO,
            ..spec.clone()
        };
        Shape {
            mode: plan.policy().mode,
            strategy: plan.policy().strategy,
            undo_order: plan.policy().undoing.order,
            min_completed_percent: plan.policy().min_completed_percent,
            steps: plan.steps().map(|(_, spec)| without_numbers(spec)).collect(),
        }
    }

    /// The plan of this shape, with the delays and times of `policy`, and with the retries of the step of the same name in
    /// `numbers`, if there is one.
    ///
    /// # Errors
    /// As [`Plan::new`]: it was not made of a plan.
    pub fn plan(&self, policy: &Policy, numbers: &Plan) -> Result<Plan, PlanError> {
        let policy = Policy {
            mode: self.mode,
            strategy: self.strategy,
            undoing: Undoing { order: self.undo_order, ..policy.undoing },
            min_completed_percent: self.min_completed_percent,
            ..*policy
        };
        let steps = self.steps.iter().map(|spec| {
            let today = numbers.steps().find(|(_, today)| today.id == spec.id).map(|(_, today)| today);
            StepSpec {
                retries: today.map_or(0, |today| today.retries),
                compensation_retries: today.and_then(|today| today.compensation_retries),
                compensation_delay: today.map_or(Duration::ZERO, |today| today.compensation_delay),
                ..spec.clone()
            }
        });
        Plan::new(policy, steps.collect())
    }
}
