//! Building a runtime: everything that can be wrong is found here, at once, before anything runs.

use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use super::build_error::{BuildError, BuildProblem};
use super::core::Engine;
use super::counters::Tally;
use super::in_flight::InFlight;
use super::live::LiveRuns;
use super::registry::Registry;
use super::runtime::Runtime;
use super::settings::Settings;
use super::tasks::Tasks;
use crate::bus::{Fanout, Watchers};
use crate::journal::{Journal, Lease, Memory};
use crate::message::Topics;
use crate::node::StopSignal;
use crate::node::mount::{Mount, Mounted};

/// Collects what a runtime is made of. See [`Runtime::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct RuntimeBuilder<C> {
    container: C,
    nodes: Vec<(TypeId, Mounted<C>)>,
    topics: Topics,
    settings: Settings,
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
        }
    }

    /// Adds a node. That it compiles proves that each of its handlers exists and finds its dependencies.
    pub fn mount<N: Mount<C>>(mut self) -> Self {
        self.nodes.push((TypeId::of::<N>(), N::mounted()));
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

    /// A runtime whose journal is in memory and gone with it.
    ///
    /// # Errors
    /// Everything that is wrong with the contracts taken together, and with the settings.
    pub fn build(self) -> Result<Runtime<C>, BuildError> {
        let (container, registry, settings) = self.compile()?;
        let journal = Memory::new(settings.retention);
        let lease = journal.acquire_now("this process");
        Ok(runtime(container, registry, settings, journal, lease))
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
        let (container, registry, settings) = self.compile()?;
        let unusable = |error| BuildError { problems: vec![BuildProblem::Journal(error)] };
        let lease = journal.acquire(owner).await.map_err(unusable)?;
        let runtime = runtime(container, registry, settings, journal, lease);
        runtime.recover().await.map_err(unusable)?;
        Ok(runtime)
    }

    fn compile(self) -> Result<(C, Registry<C>, Settings), BuildError> {
        let mut problems: Vec<BuildProblem> = self.settings.problems().map(BuildProblem::from).collect();
        let registry = Registry::compile(self.nodes, &self.topics, &mut problems);
        if problems.is_empty() {
            Ok((self.container, registry, self.settings))
        } else {
            Err(BuildError { problems })
        }
    }
}

fn runtime<C, J>(
    container: C,
    registry: Registry<C>,
    settings: Settings,
    journal: J,
    lease: Lease,
) -> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    Runtime::of(Arc::new(Engine {
        container,
        registry,
        journal,
        lease,
        watchers: Watchers::default(),
        reports: Fanout::new(),
        dead_letters: Fanout::new(),
        live: Arc::new(LiveRuns::default()),
        held: Mutex::default(),
        in_flight: Arc::new(InFlight::default()),
        permits: Arc::new(Semaphore::new(settings.max_in_flight)),
        run_permits: Arc::new(Semaphore::new(settings.max_concurrent_runs)),
        tally: Tally::default(),
        tasks: Tasks::default(),
        stopping: StopSignal::new(),
        settings,
    }))
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
