//! What a program is told of runs, entities and the engine itself.

use std::sync::Arc;

use super::super::action::Action;
use super::super::circuit::CircuitReport;
use super::super::control::ControlError;
use super::super::counters::Counters;
use super::super::entity::{EntityError, EntityState};
use super::super::health::Health;
use super::super::held::HeldRun;
use super::super::load::Load;
use super::super::parked::ParkedMessage;
use super::super::report::RunReport;
use super::super::status::status;
use super::super::watch::Watch;
use super::Runtime;
use crate::bus::Subscription;
use crate::journal::{DeadLetter, Journal, StorageError};
use crate::message::RunId;
use crate::node::reduce::{Reducer, ReducerState};

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Watches a run: where it is now, and each time that it comes further. See [`Watch`]. A stream answers when its taker
    /// drives it, as it does for [`pause`](Self::pause).
    ///
    /// # Errors
    /// It is not live. How it ended is told by [`status`](Self::status).
    pub async fn watch(&self, run: RunId) -> Result<Watch, ControlError> {
        self.engine.live.watch(run).await
    }

    /// A run as its journal tells of it, live or ended. What is computed and not committed yet is not in it.
    ///
    /// `None`: it is not known or not retained any more, or its workflow is not mounted here with the plan that it is
    /// pinned to.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn status(&self, run: RunId) -> Result<Option<RunReport>, StorageError> {
        status(&self.engine, run).await
    }

    /// What a run asks nodes for: see [`RunReport::actions`]. As its journal tells of it, live or ended, with the lease of who
    /// owns it now, which need not be this runtime.
    ///
    /// `None`: as for [`status`](Self::status).
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn actions(&self, run: RunId) -> Result<Option<Vec<Action>>, StorageError> {
        Ok(status(&self.engine, run).await?.map(|report| report.actions()))
    }

    /// The state of an entity of the reducer `N`, by the field that its contract names as `key`; `""` where it names none. `None`:
    /// nothing was folded yet.
    ///
    /// # Errors
    /// What is journalled is of another version of the program or of its contract, or cannot be read.
    pub async fn entity<N>(&self, key: &str) -> Result<Option<EntityState<N>>, EntityError>
    where
        N: Reducer<Data: ReducerState>,
    {
        let record = self.engine.journal.entity(&EntityState::<N>::id(key)).await?;
        record.as_ref().map(EntityState::read).transpose()
    }

    /// The runs that are alive here, driven or asleep, oldest first, to the millisecond.
    pub fn live_runs(&self) -> Vec<RunId> {
        self.engine.live.ids()
    }

    /// The unfinished runs of the journal that cannot go on here, because what runs them has changed or is gone. They stay
    /// as they are, for a program that can run them. Complete once the runtime has [`settled`](Self::settled) for the first
    /// time.
    pub fn held_runs(&self) -> Vec<HeldRun> {
        self.engine.held_runs()
    }

    /// The runs that are parked, by their ids: each waits until a person lets it go on, with
    /// [`retry_from`](Self::retry_from), or moves it. [`status`](Self::status) tells why. Complete once the runtime has
    /// [`settled`](Self::settled) for the first time.
    pub fn parked_runs(&self) -> Vec<RunId> {
        self.engine.parked_runs.ids()
    }

    /// The report of every run that ends or is parked from now on. A stream is one run: [`RunReport::items`].
    pub fn reports(&self) -> Subscription<Arc<RunReport>> {
        self.engine.reports.subscribe()
    }

    /// Every dead letter from now on.
    pub fn dead_letters(&self) -> Subscription<Arc<DeadLetter>> {
        self.engine.dead_letters.subscribe()
    }

    /// The dead letters that the journal retains, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn dead_letter_list(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.engine.journal.dead_letters().await
    }

    /// The messages that are parked: their handlers could not handle them, their routes say `on_exhausted: park`, and what
    /// comes behind them with their key waits. Oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn parked(&self) -> Result<Vec<ParkedMessage>, StorageError> {
        self.engine.parked().await
    }

    /// What was done since the runtime was built.
    pub fn counters(&self) -> Counters {
        self.engine.tally.snapshot()
    }

    /// What is going on at this moment.
    pub fn load(&self) -> Load {
        self.engine.load()
    }

    /// How the circuit breakers stand: those that the builder was given, in that order, then those of contracts.
    pub fn circuits(&self) -> Vec<CircuitReport> {
        self.engine.circuits.iter().map(|circuit| circuit.report()).collect()
    }

    /// Whether it can do its work: what its parts say of themselves. The journal is asked, all else is looked at.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onex::engine::HealthStatus;
    ///
    /// let runtime = onex::Runtime::builder(()).build()?;
    /// let health = runtime.health().await;
    /// assert_eq!(health.status, HealthStatus::Healthy);
    /// assert_eq!(serde_json::to_value(&health)?["components"]["journal"], "healthy");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        self.engine.health().await
    }
}
