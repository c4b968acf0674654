//! Which effect is guarded by which breaker: a node's by its own, unless a step names another target.

use std::sync::Arc;
use std::time::Duration;

use super::{Circuit, CircuitPolicy};
use crate::engine::settings::SettingOutOfBounds;

/// What a program has said of its targets, before it is held against the mounted nodes.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    targets: Vec<(Arc<str>, CircuitPolicy)>,
    steps: Vec<StepTarget>,
}

/// A step that acts on another target than its node.
#[derive(Debug)]
struct StepTarget {
    node: Arc<str>,
    step: Arc<str>,
    target: Arc<str>,
}

/// The breakers of an engine.
#[derive(Debug, Default)]
pub(crate) struct Circuits {
    all: Vec<(Arc<Circuit>, bool)>,
    steps: Vec<(StepTarget, bool)>,
}

/// What is wrong with the circuit breakers of a runtime.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CircuitProblem {
    /// A breaker that would never break anything.
    #[error(
        "the circuit breaker of `{target}` guards nothing: mount a node of that name that has effects, or name the \
         target for a step with `step_target`"
    )]
    GuardsNothing {
        /// Its target.
        target: Arc<str>,
    },
    /// A step's target has no breaker.
    #[error(
        "step `{step}` of `{node}` acts on `{target}`, which has no circuit breaker: give it one with `circuit_breaker`"
    )]
    UnknownTarget {
        /// The node.
        node: Arc<str>,
        /// The step.
        step: Arc<str>,
        /// What it acts on.
        target: Arc<str>,
    },
    /// A target was named for what is no step, or for one that is pure.
    #[error(
        "`{node}` is not mounted or has no effect step `{step}`, for which the target `{target}` was named"
    )]
    NoSuchStep {
        /// The node.
        node: Arc<str>,
        /// The step.
        step: Arc<str>,
        /// What was named.
        target: Arc<str>,
    },
}

impl Guards {
    /// What is said of a target last counts.
    pub(crate) fn target(&mut self, target: Arc<str>, policy: CircuitPolicy) {
        self.targets.retain(|(known, _)| *known != target);
        self.targets.push((target, policy));
    }

    /// What is said of a step last counts.
    pub(crate) fn step(&mut self, node: Arc<str>, step: Arc<str>, target: Arc<str>) {
        self.steps.retain(|known| known.node != node || known.step != step);
        self.steps.push(StepTarget { node, step, target });
    }

    /// Every policy that is out of its bounds.
    pub(crate) fn out_of_bounds(&self) -> impl Iterator<Item = SettingOutOfBounds> {
        let hour = Duration::from_secs(3600).as_millis();
        self.targets.iter().flat_map(move |(_, policy)| {
            let bounds = [
                ("circuit_breaker.failure_threshold", u128::from(policy.failure_threshold), 1000, ""),
                ("circuit_breaker.reset_timeout", policy.reset_timeout.as_millis(), hour, " ms"),
                ("circuit_breaker.success_threshold", u128::from(policy.success_threshold), 1000, ""),
                (
                    "circuit_breaker.half_open_max_requests",
                    u128::from(policy.half_open_max_requests),
                    1000,
                    "",
                ),
            ];
            bounds
                .into_iter()
                .filter(|(_, value, max, _)| !(1..=*max).contains(value))
                .map(|(setting, value, max, unit)| SettingOutOfBounds { setting, value, min: 1, max, unit })
        })
    }

    pub(crate) fn open(self) -> Circuits {
        Circuits {
            all: self
                .targets
                .into_iter()
                .map(|(target, policy)| (Circuit::new(target, policy), false))
                .collect(),
            steps: self.steps.into_iter().map(|step| (step, false)).collect(),
        }
    }
}

impl Circuits {
    /// The breaker of an effect step.
    pub(crate) fn of_step(&mut self, node: &str, step: &str) -> Option<Arc<Circuit>> {
        let named = self.steps.iter_mut().find(|(known, _)| &*known.node == node && &*known.step == step);
        let Some((known, is_step)) = named else { return self.of_node(node) };
        *is_step = true;
        let target = Arc::clone(&known.target);
        self.of_node(&target)
    }

    /// The breaker of a node's effects.
    pub(crate) fn of_node(&mut self, node: &str) -> Option<Arc<Circuit>> {
        let (circuit, guards) = self.all.iter_mut().find(|(circuit, _)| &*circuit.target == node)?;
        *guards = true;
        Some(Arc::clone(circuit))
    }

    /// All breakers, once every effect has asked for its own.
    pub(crate) fn close(self) -> Result<Vec<Arc<Circuit>>, Vec<CircuitProblem>> {
        let mut problems = Vec::new();
        for (StepTarget { node, step, target }, is_step) in self.steps {
            if !is_step {
                problems.push(CircuitProblem::NoSuchStep { node, step, target });
            } else if self.all.iter().all(|(circuit, _)| circuit.target != target) {
                problems.push(CircuitProblem::UnknownTarget { node, step, target });
            }
        }
        let needless = self.all.iter().filter(|(_, guards)| !guards);
        problems.extend(
            needless
                .map(|(circuit, _)| CircuitProblem::GuardsNothing { target: Arc::clone(&circuit.target) }),
        );
        if problems.is_empty() {
            Ok(self.all.into_iter().map(|(circuit, _)| circuit).collect())
        } else {
            Err(problems)
        }
    }
}
