//! The breakers that contracts give, where the program says nothing else of their targets.

use std::sync::Arc;
use std::time::Duration;

use super::guards::{CircuitProblem, Guards, Target, step_name};
use super::{CircuitPolicy, CircuitWindow};
use crate::plan::{BreakerRow, Kind, NodeTable, WorkflowRow};

impl Guards {
    /// Adds what contracts say: of a target by its name (`error_handling.circuit_breaker` and its `backends`), and of
    /// whatever else the steps of a workflow act on (`coordination_rules`).
    pub(crate) fn declare(&mut self, tables: impl Iterator<Item = &'static NodeTable> + Clone) {
        for table in tables.clone() {
            let own = table.failures.breaker.map(|breaker| (table.name, breaker));
            let backends = table.failures.backends.iter().map(|backend| (backend.name, backend.breaker));
            own.into_iter().chain(backends).for_each(|(name, breaker)| {
                self.claim(name.into(), &breaker, table.contract);
            });
        }
        let by_name = self.targets.len();
        for table in tables {
            if let Some(workflow) = table.workflow {
                self.declare_steps(table, workflow, by_name);
            }
        }
    }

    /// `by_name`: so many targets were named before those of any workflow, and what was said of them counts.
    fn declare_steps(&mut self, table: &'static NodeTable, workflow: &'static WorkflowRow, by_name: usize) {
        let said_of_node = self.find(table.name).is_some_and(|target| target.contract.is_none());
        let entry = workflow.entry.map(|entry| entry.step as usize);
        for (index, step) in workflow.steps.iter().enumerate() {
            let name = step_name(table.name, step.id);
            let is_effect = matches!(step.kind, Kind::Effect | Kind::Orchestrator) && entry != Some(index);
            if !is_effect || self.knows_step(&name) {
                continue;
            }
            let target: Arc<str> = match (step.circuit, workflow.breaker) {
                (Some(circuit), _) => circuit.into(),
                (None, Some(_)) if !said_of_node => name.into(),
                (None, _) => continue,
            };
            self.step(table.name.into(), step.id.into(), Arc::clone(&target));
            let known = self.position(&target).is_some_and(|position| position < by_name);
            if let Some(breaker) = workflow.breaker.filter(|_| !known) {
                self.claim(target, &breaker, table.contract);
            }
        }
    }

    fn claim(&mut self, name: Arc<str>, breaker: &BreakerRow, contract: &'static str) {
        let policy = policy(breaker);
        match self.find(&name) {
            None => self.add(Target { name, policy, contract: Some(contract) }),
            Some(known) if known.policy == policy => {}
            Some(Target { contract: Some(other), .. }) => {
                self.problems.push(CircuitProblem::Disagreement { target: name, contract, other });
            }
            // The program has said it.
            Some(Target { contract: None, .. }) => {}
        }
    }
}

fn policy(breaker: &BreakerRow) -> CircuitPolicy {
    CircuitPolicy {
        failure_threshold: breaker.failure_threshold,
        window: breaker.window.map(|window| CircuitWindow {
            length: Duration::from_secs(u64::from(window.seconds)),
            failure_rate: window.failure_rate,
            min_requests: window.min_requests,
        }),
        reset_timeout: Duration::from_millis(breaker.reset_timeout_ms),
        half_open_max_requests: breaker.half_open_max_requests,
        success_threshold: breaker.success_threshold,
    }
}
