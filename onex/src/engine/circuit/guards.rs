//! Which effect is guarded by which breaker: a node's by its own, unless a step names another target.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Circuit, CircuitPolicy};
use crate::engine::settings::SettingOutOfBounds;

/// What a program and its contracts say of targets, before it is held against the mounted nodes.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    pub(super) targets: Vec<Target>,
    pub(super) steps: Vec<StepTarget>,
    /// The positions of both by name: a workflow may have very many steps.
    by_target: HashMap<Arc<str>, usize>,
    by_step: HashMap<String, usize>,
    pub(super) problems: Vec<CircuitProblem>,
}

/// A target and when it is left alone.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: Arc<str>,
    pub(super) policy: CircuitPolicy,
    /// The contract that says so; `None`: the program does.
    pub(super) contract: Option<&'static str>,
}

/// A step that acts on another target than its node.
#[derive(Debug)]
pub(super) struct StepTarget {
    node: Arc<str>,
    step: Arc<str>,
    target: Arc<str>,
}

/// The breakers of an engine.
#[derive(Debug, Default)]
pub(crate) struct Circuits {
    all: Vec<Guarding>,
    steps: Vec<(StepTarget, bool)>,
    by_target: HashMap<Arc<str>, usize>,
    by_step: HashMap<String, usize>,
    problems: Vec<CircuitProblem>,
}

/// A breaker, and whether anything is guarded by it.
#[derive(Debug)]
struct Guarding {
    circuit: Arc<Circuit>,
    guards: bool,
    by_program: bool,
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
    /// A target has one breaker, whoever acts on it.
    #[error(
        "the circuit breaker of `{target}` is not the same in {contract} and in {other}: let them agree, or say with \
         `circuit_breaker` which it is"
    )]
    Disagreement {
        /// Its target.
        target: Arc<str>,
        /// The contract that says so later.
        contract: &'static str,
        /// The contract that says something else.
        other: &'static str,
    },
}

impl Guards {
    /// What a program says of a target last counts.
    pub(crate) fn target(&mut self, name: Arc<str>, policy: CircuitPolicy) {
        match self.by_target.get(&name) {
            Some(known) => self.targets[*known].policy = policy,
            None => self.add(Target { name, policy, contract: None }),
        }
    }

    /// What is said of a step last counts.
    pub(crate) fn step(&mut self, node: Arc<str>, step: Arc<str>, target: Arc<str>) {
        let place = *self.by_step.entry(step_name(&node, &step)).or_insert(self.steps.len());
        let said = StepTarget { node, step, target };
        match self.steps.get_mut(place) {
            Some(known) => *known = said,
            None => self.steps.push(said),
        }
    }

    pub(super) fn add(&mut self, target: Target) {
        self.by_target.insert(Arc::clone(&target.name), self.targets.len());
        self.targets.push(target);
    }

    pub(super) fn position(&self, target: &str) -> Option<usize> {
        self.by_target.get(target).copied()
    }

    pub(super) fn find(&self, target: &str) -> Option<&Target> {
        self.position(target).map(|known| &self.targets[known])
    }

    pub(super) fn knows_step(&self, name: &str) -> bool {
        self.by_step.contains_key(name)
    }

    /// Every policy that is out of its bounds.
    pub(crate) fn out_of_bounds(&self) -> impl Iterator<Item = SettingOutOfBounds> {
        let hour = Duration::from_secs(3600).as_millis();
        self.targets.iter().flat_map(move |Target { policy, .. }| {
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
            let of_window = policy.window.into_iter().flat_map(move |window| {
                // What is not a number is no share.
                let percent = if window.failure_rate.is_nan() { -1.0 } else { window.failure_rate * 100.0 };
                let percent = if percent < 0.0 { u128::MAX } else { percent.ceil() as u128 };
                [
                    ("circuit_breaker.window.length", window.length.as_millis(), 1, hour, " ms"),
                    ("circuit_breaker.window.failure_rate", percent, 0, 100, " %"),
                    ("circuit_breaker.window.min_requests", u128::from(window.min_requests), 0, 1000, ""),
                ]
            });
            (bounds.into_iter().map(|(setting, value, max, unit)| (setting, value, 1, max, unit)))
                .chain(of_window)
                .filter(|(_, value, min, max, _)| !(*min..=*max).contains(value))
                .map(|(setting, value, min, max, unit)| SettingOutOfBounds { setting, value, min, max, unit })
        })
    }

    pub(crate) fn open(self) -> Circuits {
        let guarding = |Target { name, policy, contract }| Guarding {
            circuit: Circuit::new(name, policy),
            guards: false,
            by_program: contract.is_none(),
        };
        Circuits {
            all: self.targets.into_iter().map(guarding).collect(),
            steps: self.steps.into_iter().map(|step| (step, false)).collect(),
            by_target: self.by_target,
            by_step: self.by_step,
            problems: self.problems,
        }
    }
}

/// What an effect step is called as a target of its own, and where it is found.
pub(super) fn step_name(node: &str, step: &str) -> String {
    format!("{node}/{step}")
}

impl Circuits {
    /// The breaker of an effect step.
    pub(crate) fn of_step(&mut self, node: &str, step: &str) -> Option<Arc<Circuit>> {
        let Some(place) = self.by_step.get(&step_name(node, step)) else { return self.of_node(node) };
        let (known, is_step) = &mut self.steps[*place];
        *is_step = true;
        let target = Arc::clone(&known.target);
        self.of_node(&target)
    }

    /// The breaker of a node's effects.
    pub(crate) fn of_node(&mut self, node: &str) -> Option<Arc<Circuit>> {
        let guarding = &mut self.all[*self.by_target.get(node)?];
        guarding.guards = true;
        Some(Arc::clone(&guarding.circuit))
    }

    /// All breakers, once every effect has asked for its own. A contract's that guards nothing, because the program says
    /// what its steps act on, is none.
    pub(crate) fn close(self) -> Result<Vec<Arc<Circuit>>, Vec<CircuitProblem>> {
        let mut problems = self.problems;
        for (StepTarget { node, step, target }, is_step) in self.steps {
            if !is_step {
                problems.push(CircuitProblem::NoSuchStep { node, step, target });
            } else if !self.by_target.contains_key(&target) {
                problems.push(CircuitProblem::UnknownTarget { node, step, target });
            }
        }
        let needless = self.all.iter().filter(|guarding| guarding.by_program && !guarding.guards);
        problems.extend(
            needless.map(|of| CircuitProblem::GuardsNothing { target: Arc::clone(&of.circuit.target) }),
        );
        if problems.is_empty() {
            Ok(self.all.into_iter().filter(|of| of.guards).map(|of| of.circuit).collect())
        } else {
            Err(problems)
        }
    }
}
