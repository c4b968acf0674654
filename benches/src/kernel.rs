//! The pure kernel on a chain, answered at once, beside a bare topological walk.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use onex::run::{
    Backoff, Command, Decision, Input, Mode, Need, Plan, PlanError, Policy, Run, RunState, StepId, StepKind,
    StepSpec, Strategy, Undoing,
};

/// Steps that each depend on the one before.
///
/// # Errors
/// More steps than a plan can have.
pub fn chain(steps: u32) -> Result<Arc<Plan>, PlanError> {
    let policy = Policy {
        mode: Mode::Parallel { max_steps: NonZeroU32::MIN },
        strategy: Strategy::FailFast,
        backoff: Backoff::exponential(Duration::from_secs(1), 2.0, Duration::from_secs(30)),
        compensation_retries: 0,
        undoing: Undoing::USUAL,
        min_completed_percent: None,
        timeout: Duration::from_secs(3600),
    };
    let step = |index: u32| StepSpec {
        depends_on: index.checked_sub(1).map(|before| (StepId(before), Need::Required)).into_iter().collect(),
        ..StepSpec::new(index.to_string(), StepKind::Compute)
    };
    Plan::new(policy, (0..steps).map(step).collect()).map(Arc::new)
}

/// Runs a plan whose steps all succeed at once. The facts are decided and thrown away.
pub fn drive(plan: &Arc<Plan>, decision: &mut Decision) -> RunState {
    let mut run = Run::new(Arc::clone(plan));
    let mut input = Some(Input::Start);
    while let Some(next) = input {
        run.handle(next, decision);
        input = decision.commands.iter().find_map(|command| match *command {
            Command::Dispatch { step, attempt } => Some(Input::Completed { step, attempt }),
            _ => None,
        });
    }
    run.state()
}

/// Kahn's algorithm: the same order of steps, without states, attempts, retries or a record. Gives back how many
/// steps it came to.
pub fn by_hand(plan: &Plan) -> usize {
    let mut blockers: Vec<usize> = plan.steps().map(|(_, step)| step.depends_on.len()).collect();
    let mut ready: Vec<StepId> =
        plan.steps().map(|(id, _)| id).filter(|id| blockers[id.index()] == 0).collect();
    let mut done = 0;
    while let Some(step) = ready.pop() {
        done += 1;
        for &(dependent, _) in plan.dependents(std::hint::black_box(step)) {
            blockers[dependent.index()] -= 1;
            if blockers[dependent.index()] == 0 {
                ready.push(dependent);
            }
        }
    }
    done
}
