//! What of a plan its runs' facts cannot be read without: kept with them, so that they outlive the program that wrote them.

use serde::{Deserialize, Serialize};

use super::plan::{Plan, StepSpec};
use super::plan_error::PlanError;
use super::policy::{Mode, Policy, Strategy};

/// A plan without its numbers: how often something is tried again and how long it may take is asked of the program that runs
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// How many steps run at once.
    pub mode: Mode,
    /// What a failure does to a run.
    pub strategy: Strategy,
    /// The steps, in the order in which facts number them. Their retries are 0.
    pub steps: Vec<StepSpec>,
}

impl Shape {
    /// The shape of `plan`.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let without_numbers =
            |spec: &StepSpec| StepSpec { retries: 0, compensation_retries: None, ..spec.clone() };
        Shape {
            mode: plan.policy().mode,
            strategy: plan.policy().strategy,
            steps: plan.steps().map(|(_, spec)| without_numbers(spec)).collect(),
        }
    }

    /// The plan of this shape, with the delays and times of `policy`, and with the retries of the step of the same name in
    /// `numbers`, if there is one.
    ///
    /// # Errors
    /// As [`Plan::new`]: it was not made of a plan.
    pub fn plan(&self, policy: &Policy, numbers: &Plan) -> Result<Plan, PlanError> {
        let policy = Policy { mode: self.mode, strategy: self.strategy, ..*policy };
        let steps = self.steps.iter().map(|spec| {
            let today = numbers.steps().find(|(_, today)| today.id == spec.id).map(|(_, today)| today);
            StepSpec {
                retries: today.map_or(0, |today| today.retries),
                compensation_retries: today.and_then(|today| today.compensation_retries),
                ..spec.clone()
            }
        });
        Plan::new(policy, steps.collect())
    }
}
