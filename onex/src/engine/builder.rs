//! Building a runtime: everything that can be wrong is found here, at once, before anything runs.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::Semaphore;

use super::admission::Admission;
use super::build_error::{BuildError, BuildProblem};
use super::circuit::{Circuit, CircuitPolicy, Guards};
use super::core::Engine;
use super::counters::Tally;
use super::defaults::Defaults;
use super::health::LastCommit;
use super::in_flight::InFlight;
use super::live::LiveRuns;
use super::mailboxes::Mailboxes;
use super::meters::Meters;
use super::pace::RetryTurns;
use super::parked_runs::ParkedRuns;
use super::poison::Calls;
use super::registry::Registry;
use super::runtime::Runtime;
use super::settings::Settings;
use super::sub_run::SubRuns;
use super::tasks::Tasks;
use crate::bus::{Fanout, Watchers};
use crate::failpoint::{Place, cross};
use crate::journal::{Durability, Journal, Lease, Memory};
use crate::message::Topics;
use crate::node::StopSignal;
use crate::node::mount::{Mount, Mounted};
use crate::plan::LastingRow;
use crate::system::{Environment, Mounting};

/// Collects what a runtime is made of. See [`Runtime::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RuntimeBuilder<C> {
    container: C,
    nodes: Vec<(TypeId, Mounted<C>)>,
    topics: Topics,
    settings: Settings,
    defaults: Defaults,
    guards: Guards,
}

impl<C> RuntimeBuilder<C>
where
    C: Send + Sync + 'static,
{
    pub(super) fn new(container: C) -> Self {
        RuntimeBuilder {
            container,
            nodes: Vec::new(),
            topics: Topics::default(),
            settings: Settings::default(),
            defaults: Defaults::default(),
            guards: Guards::default(),
        }
    }

    /// Adds a node. That it compiles proves that each of its handlers exists and finds its dependencies.
    pub fn mount<N: Mount<C>>(mut self) -> Self {
        self.nodes.push((TypeId::of::<N>(), N::mounted()));
        self
    }

    /// Adds the nodes of a closed application.
    #[doc(hidden)]
    pub fn mount_all(mut self, nodes: &[Mounting<C>]) -> Self {
        self.nodes.extend(nodes.iter().map(|node| (node.node, (node.mounted)())));
        self
    }

    /// Gives the placeholders of topics what they stand for in an environment.
    pub fn environment(mut self, environment: Environment) -> Self {
        for (placeholder, value) in environment.values() {
            self.topics.set(*placeholder, *value);
        }
        self
    }

    /// Gives a placeholder of topics its value: `.topic_value("env", "dev")` for `{env}`.
    pub fn topic_value(mut self, placeholder: impl Into<String>, value: impl Into<String>) -> Self {
        self.topics.set(placeholder, value);
        self
    }

    /// Replaces the [`Settings`].
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Says what goes for contracts that do not say. See [`Defaults`].
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// Takes over a [`Config`](crate::config::Config): its [`defaults`](Self::defaults), its topics, and its shutdown timeout as
    /// [`Settings::grace`]. What the builder is told later is over it.
    #[cfg(feature = "config")]
    pub fn config(mut self, config: &crate::config::Config) -> Self {
        self.defaults = config.defaults();
        self.settings.grace = std::time::Duration::from_millis(config.timeout.shutdown_timeout_ms);
        for (placeholder, value) in &config.topics {
            self.topics.set(placeholder, value);
        }
        self
    }

    /// Gives a target a circuit breaker: the contract name of a mounted node, whose effects it then guards (the handlers
    /// of its routes if it is an effect, and the effect steps of its workflow), or a name for
    /// [`step_target`](Self::step_target).
    ///
    /// While a circuit is open, what it guards waits without using an attempt, until a probe has shown that the target
    /// is back. Compensations neither wait nor count. [`Runtime::circuits`] tells how each stands.
    ///
    /// Contracts give breakers, too: a node's under its name, its `backends` and what its steps name as `circuit` under
    /// theirs, and those of a workflow's other effect steps as `node/step`. What is said here of such a target counts
    /// instead; said of the node, it is for all steps that have no `circuit`.
    pub fn circuit_breaker(mut self, target: impl Into<Arc<str>>, policy: CircuitPolicy) -> Self {
        self.guards.target(target.into(), policy);
        self
    }

    /// Says that a step acts on another target than its own node: on another node, or on whatever several steps share.
    /// `node` is the contract name, `step` the `node_id`. It counts instead of the step's `circuit` in the contract.
    pub fn step_target(
        mut self,
        node: impl Into<Arc<str>>,
        step: impl Into<Arc<str>>,
        target: impl Into<Arc<str>>,
    ) -> Self {
        self.guards.step(node.into(), step.into(), target.into());
        self
    }

    /// A runtime whose journal is in memory and gone with it.
    ///
    /// # Errors
    /// Everything that is wrong with the contracts taken together, and with the settings.
    pub fn build(self) -> Result<Runtime<C>, BuildError> {
        let compiled = self.compile(Durability::Memory)?;
        let journal = Memory::new(compiled.settings.retention);
        let lease = journal.acquire_now("this process");
        Ok(compiled.on(journal, lease))
    }

    /// A runtime on a journal, which it owns from now on under the name `owner`: whoever owned it before is fenced, and
    /// what they left unfinished goes on here, at once. See [`Runtime::held_runs`] for what cannot.
    ///
    /// # Errors
    /// As [`build`](Self::build); also that the journal cannot be acquired or read.
    ///
    /// # Panics
    /// Outside a tokio runtime with its timer enabled.
    pub async fn build_on<J: Journal>(self, journal: J, owner: &str) -> Result<Runtime<C, J>, BuildError> {
        let compiled = self.compile(journal.durability())?;
        let unusable = |error| BuildError { problems: vec![BuildProblem::Journal(error)] };
        cross(Place::LeaseBefore);
        let lease = journal.acquire(owner).await.map_err(unusable)?;
        cross(Place::LeaseAfter);
        let runtime = compiled.on(journal, lease);
        runtime.recover().await.map_err(unusable)?;
        Ok(runtime)
    }

    /// `durability`: of the journal that it is going to have.
    fn compile(mut self, durability: Durability) -> Result<Compiled<C>, BuildError> {
        self.guards.declare(self.nodes.iter().map(|(_, mounted)| mounted.table));
        let out_of_bounds = self.settings.problems().chain(self.defaults.problems());
        let out_of_bounds = out_of_bounds.chain(self.guards.out_of_bounds());
        let mut problems: Vec<BuildProblem> = out_of_bounds.map(BuildProblem::from).collect();
        if durability == Durability::Memory {
            let workflows = self.nodes.iter().filter_map(|(_, mounted)| mounted.table.workflow);
            problems.extend(workflows.filter_map(|row| {
                let LastingRow { says, at } = row.lasting?;
                Some(BuildProblem::NothingLasts { at, says, workflow: row.name })
            }));
        }
        let mut circuits = self.guards.open();
        let registry =
            Registry::compile(self.nodes, &self.topics, &mut circuits, &self.defaults, &mut problems);
        match circuits.close() {
            Ok(circuits) if problems.is_empty() => {
                Ok(Compiled { container: self.container, registry, circuits, settings: self.settings })
            }
            closed => {
                problems.extend(closed.err().into_iter().flatten().map(BuildProblem::from));
                Err(BuildError { problems })
            }
        }
    }
}

/// A runtime that only lacks its journal.
struct Compiled<C> {
    container: C,
    registry: Registry<C>,
    circuits: Vec<Arc<Circuit>>,
    settings: Settings,
}

impl<C> Compiled<C>
where
    C: Send + Sync + 'static,
{
    fn on<J: Journal>(self, journal: J, lease: Lease) -> Runtime<C, J> {
        let Compiled { container, registry, circuits, settings } = self;
        Runtime::of(Arc::new(Engine {
            container,
            registry,
            circuits,
            journal,
            lease,
            watchers: Watchers::default(),
            reports: Fanout::new(),
            dead_letters: Fanout::new(),
            live: Arc::new(LiveRuns::default()),
            sub_runs: SubRuns::default(),
            held: Mutex::default(),
            parked_runs: ParkedRuns::default(),
            in_flight: Arc::new(InFlight::default()),
            mailboxes: Mailboxes::new(settings.mailbox_capacity),
            permits: Arc::new(Semaphore::new(settings.max_in_flight)),
            admission: Admission::new(settings.max_concurrent_runs),
            arrivals: Arc::default(),
            calls: Calls::new(settings.max_in_flight),
            executions: Arc::default(),
            retry_turns: RetryTurns::new(settings.retry_budget),
            tally: Tally::default(),
            last_commit: LastCommit::default(),
            meters: Meters::new(),
            tasks: Tasks::default(),
            ready: Arc::default(),
            stopping: StopSignal::new(),
            closing: OnceLock::new(),
            settings,
        }))
    }
}

impl<C> fmt::Debug for RuntimeBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<_> = self.nodes.iter().map(|(_, mounted)| mounted.table.name).collect();
        f.debug_struct("RuntimeBuilder")
            .field("nodes", &nodes)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
