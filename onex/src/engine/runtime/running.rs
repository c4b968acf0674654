//! Runs, batches and streams: how a program begins them.

use std::sync::Arc;

use super::super::batch::{BatchInput, BatchReport};
use super::super::completed::{OutputOf, RunFailed};
use super::super::driver::Driver;
use super::super::error::StartError;
use super::super::report::RunReport;
use super::super::run_handle::RunHandle;
use super::super::start::Started;
use super::super::stream::{SeekSource, Source, StreamBuilder};
use super::Runtime;
use crate::journal::Journal;
use crate::message::{Payload, StepValue};
use crate::node::step::StepOutput;
use crate::node::{BatchWorkflow, Completes, StreamWorkflow, Workflow};

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Starts a run of the workflow of `N`; it goes on by itself. `key` is its identity; without one, the field that
    /// the contract declares is.
    ///
    /// With `on_duplicate: join` and a key that exists, the handle is that of the existing run.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start<N>(&self, input: N::Input, key: Option<String>) -> Result<RunHandle, StartError>
    where
        N: Workflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(Payload::new(input), key).await? {
            Started::New(driver) => self.go_on_with(driver),
            Started::Joined(handle) => handle,
        })
    }

    fn go_on_with(&self, driver: Box<Driver<C, J>>) -> RunHandle {
        let handle = driver.handle();
        self.engine.tasks.spawn(async move {
            // What becomes of the run is told by its handle.
            driver.drive().await;
        });
        handle
    }

    /// Runs the workflow of `N` in the caller's own task, without spawning. Dropping the future ends the run as a
    /// crash would.
    ///
    /// # Errors
    /// See [`StartError`]. A run that fails is no error here: its report says so.
    pub async fn run<N>(&self, input: N::Input, key: Option<String>) -> Result<RunReport, StartError>
    where
        N: Workflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(Payload::new(input), key).await? {
            Started::New(driver) => driver.drive_here().await?,
            Started::Joined(handle) => handle.await?,
        })
    }

    /// [Runs](Self::run) the workflow of `N` for what it is for: the output of its last step, or why there is none. It does
    /// not compile where several steps come last.
    ///
    /// ```
    /// use onex::{handler, orchestrator};
    ///
    /// // Two steps, of which `label` is the last.
    /// #[orchestrator(contract = "doc/parcels.yaml")]
    /// pub struct Parcels;
    ///
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// pub struct Parcel { grams: u64 }
    ///
    /// #[handler(step = parcels::weigh)]
    /// fn weigh(input: &Parcel) -> Result<u64, String> {
    ///     if input.grams > 0 { Ok(input.grams) } else { Err("it weighs nothing".to_owned()) }
    /// }
    ///
    /// #[handler(step = parcels::label)]
    /// fn label(weigh: &u64) -> String {
    ///     format!("{weigh} g")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = onex::Runtime::builder(()).mount::<Parcels>().build()?;
    ///
    /// let label = runtime.complete::<Parcels>(Parcel { grams: 400 }).await?;
    /// assert_eq!(*label, "400 g");
    ///
    /// let failed = runtime.complete::<Parcels>(Parcel { grams: 0 }).await.unwrap_err();
    /// assert!(failed.to_string().ends_with("has no output: step `weigh`: it weighs nothing"));
    /// assert!(failed.report().is_some_and(|report| report.get::<parcels::weigh>().is_err()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The run did not start, or its last step has no output: the run stopped before, or the step was skipped.
    pub async fn complete<N>(&self, input: N::Input) -> Result<Arc<OutputOf<N>>, RunFailed>
    where
        N: Completes<Input: StepValue, Last: StepOutput<Type: StepValue>>,
    {
        RunFailed::unless_complete::<N>(self.run::<N>(input, None).await?)
    }

    /// Runs the workflow of `N`, whose mode is `batch`, over many items in the caller's own task, without spawning: each of
    /// its steps for each item, in groups of `batch_size` where a handler takes groups, by `max_parallel_steps` workers.
    ///
    /// A batch is one run: its strategy decides what the failure of an item means for the others, its timeout is for all of
    /// them, and the next process goes on with what was not done. Dropping the future ends it as a crash would.
    ///
    /// ```
    /// use onex::{Ctx, Runtime, handler, orchestrator};
    ///
    /// type Invoice = u64;
    ///
    /// #[orchestrator(contract = "doc/invoices.yaml")]
    /// struct Invoices;
    ///
    /// #[handler(step = invoices::price)]
    /// fn price(input: &Invoice) -> u64 {
    ///     input * 119 / 100
    /// }
    /// // Many at once, one result for each; each has its own context, and with it its own idempotency key.
    /// #[handler(batch = invoices::send)]
    /// async fn send(price: &[&u64], ctx: &[Ctx]) -> Vec<Result<u64, String>> {
    ///     let keys = ctx.iter().map(Ctx::idempotency_key);
    ///     price.iter().zip(keys).map(|(price, _key)| Ok(**price)).collect()
    /// }
    /// #[handler(fold = invoices::total)]
    /// fn total(total: &mut u64, send: &u64) {
    ///     *total += send;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::builder(()).mount::<Invoices>().build()?;
    /// let report = runtime.batch::<Invoices>(vec![100, 200, 300], None).await?;
    /// assert_eq!(report.items().map(|item| *item.output::<u64>("send").unwrap()).collect::<Vec<_>>(), [119, 238, 357]);
    /// assert_eq!(*report.output::<u64>("total")?, 714);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`StartError`]. Items that fail are no error here: the report says so.
    pub async fn batch<N>(&self, items: Vec<N::Input>, key: Option<String>) -> Result<BatchReport, StartError>
    where
        N: BatchWorkflow<Input: StepValue>,
    {
        Ok(BatchReport::new(match self.engine.start::<N>(batch_input(items), key).await? {
            Started::New(driver) => driver.drive_here().await?,
            Started::Joined(handle) => handle.await?,
        }))
    }

    /// Starts a run of the workflow of `N` over many items; it goes on by itself. See [`batch`](Self::batch) for what it does,
    /// [`start`](Self::start) for what can be done with it, and [`BatchReport::new`] for what its report says of its items.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_batch<N>(
        &self,
        items: Vec<N::Input>,
        key: Option<String>,
    ) -> Result<RunHandle, StartError>
    where
        N: BatchWorkflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(batch_input(items), key).await? {
            Started::New(driver) => self.go_on_with(driver),
            Started::Joined(handle) => handle,
        })
    }

    /// Opens a stream over the workflow of `N`, whose mode is `streaming`: each item of the source goes through all of its
    /// steps, as a run of its own would, and they come out in the order of the source.
    ///
    /// It is gone with the process; see [`durable_stream`](Self::durable_stream). The module [`stream`](crate::stream) has an
    /// example.
    pub fn stream<N>(&self, source: impl Source<Item = N::Input>) -> StreamBuilder<C, J>
    where
        N: StreamWorkflow<Input: StepValue>,
    {
        StreamBuilder::new::<N>(Arc::clone(&self.engine), source)
    }

    /// As [`stream`](Self::stream), for a stream that goes on where it was when it is opened again under its name: its
    /// watermark is in the journal. Items that were in flight run again, with the same
    /// [idempotency keys](crate::Ctx::idempotency_key).
    ///
    /// One at a time: of two that are open under one name, the one that is later to commit is [lost](crate::stream::StreamLost).
    pub fn durable_stream<N>(
        &self,
        name: impl Into<String>,
        source: impl SeekSource<Item = N::Input>,
    ) -> StreamBuilder<C, J>
    where
        N: StreamWorkflow<Input: StepValue>,
    {
        StreamBuilder::durable::<N>(Arc::clone(&self.engine), name.into(), source)
    }
}

fn batch_input<T: StepValue>(items: Vec<T>) -> Payload {
    Payload::new(BatchInput(items.into_iter().map(Payload::new).collect()))
}
