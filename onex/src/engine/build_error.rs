//! Why a runtime cannot be built: everything that is wrong, at once.

use std::fmt;

use super::circuit::CircuitProblem;
use super::settings::SettingOutOfBounds;
use crate::bus::RoutingProblem;
use crate::journal::StorageError;
use crate::plan::At;
use crate::run::PlanError;

/// Why a runtime cannot be built.
#[derive(Debug)]
pub struct BuildError {
    /// All that is wrong: settings, contracts in the order in which their nodes are mounted, circuit breakers.
    pub problems: Vec<BuildProblem>,
}

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum BuildProblem {
    /// A setting is out of its bounds.
    #[error(transparent)]
    Setting(#[from] SettingOutOfBounds),
    /// The contracts do not fit together.
    #[error(transparent)]
    Routing(#[from] RoutingProblem),
    /// A workflow cannot be executed.
    #[error("{}: the workflow `{workflow}` cannot be executed: {source}", place(contract, at))]
    Plan {
        /// The contract.
        contract: &'static str,
        /// The workflow's first step.
        at: Option<At>,
        /// `workflow_name`.
        workflow: &'static str,
        /// Why.
        source: PlanError,
    },
    /// A run of a workflow may come to more actions than the program allows.
    #[error(
        "{contract}: a run of the workflow `{workflow}` may come to {actions} actions, and the program allows {max}; \
         lessen its retries, raise `max_actions`, or give `max_actions_per_workflow` in the contract"
    )]
    TooManyActions {
        /// The contract.
        contract: &'static str,
        /// `workflow_name`.
        workflow: &'static str,
        /// To how many it may come, every attempt counted.
        actions: u64,
        /// How many are allowed.
        max: u32,
    },
    /// A contract asks for runs that survive the process, and the journal does not last.
    #[error(
        "{at}: `{says}` asks for runs of the workflow `{workflow}` that survive the process, and the journal is in memory; \
         give it one that lasts, `.durable(..)` of `onex-sqlite`, or remove the key"
    )]
    NothingLasts {
        /// Where the contract says so.
        at: At,
        /// What it says.
        says: &'static str,
        /// `workflow_name`.
        workflow: &'static str,
    },
    /// A step is a workflow whose node is not mounted.
    #[error(
        "{at}: the step `{step}` is the workflow `{workflow}` of the node `{node}`, which is not mounted; \
         mount it beside this one"
    )]
    SubWorkflowNotMounted {
        /// The step.
        at: At,
        /// `node_id`.
        step: &'static str,
        /// `workflow`.
        workflow: &'static str,
        /// The node whose workflow it is.
        node: &'static str,
    },
    /// Workflows are steps of each other.
    #[error("workflows are steps of each other in a circle: {}", circle(steps))]
    WorkflowCycle {
        /// Each step on the way around, the workflow that it is of, and the one that it is.
        steps: Vec<(At, &'static str, &'static str)>,
    },
    /// Workflows are deeper in a workflow than its contract allows.
    #[error(
        "{contract}: workflows are {depth} deep in the workflow `{workflow}`, and its `max_workflow_depth` is {max}: {}",
        chain(steps)
    )]
    TooDeep {
        /// The contract.
        contract: &'static str,
        /// `workflow_name`.
        workflow: &'static str,
        /// How deep they are.
        depth: u32,
        /// How deep they may be.
        max: u32,
        /// The steps that lead to the deepest, and the workflow that each is.
        steps: Vec<(At, &'static str)>,
    },
    /// A `Mount` gives a node functions that do not match its table.
    #[error(
        "{contract}: the functions mounted for `{node}` do not match its table in number or order; \
         let the node's macro write its `Mount`"
    )]
    NotItsFunctions {
        /// The node.
        node: &'static str,
        /// Its contract.
        contract: &'static str,
    },
    /// A circuit breaker does not belong to anything.
    #[error(transparent)]
    Circuit(#[from] CircuitProblem),
    /// The journal cannot be owned or read.
    #[error(transparent)]
    Journal(#[from] StorageError),
}

fn circle(steps: &[(At, &'static str, &'static str)]) -> String {
    let edges = steps.iter().map(|(at, of, is)| format!("`{is}` is a step of `{of}` ({at})"));
    edges.collect::<Vec<_>>().join(", ")
}

fn chain(steps: &[(At, &'static str)]) -> String {
    steps.iter().map(|(at, is)| format!("`{is}` ({at})")).collect::<Vec<_>>().join(", in it ")
}

fn place(contract: &str, at: &Option<At>) -> String {
    at.map_or_else(|| contract.to_owned(), |at| at.to_string())
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [problem] => problem.fmt(f),
            problems => {
                write!(f, "the runtime cannot be built, for {} reasons:", problems.len())?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for BuildError {}
