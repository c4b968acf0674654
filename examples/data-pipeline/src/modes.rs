//! Deliveries, run in each of the three modes, and what came of it.

use std::sync::Arc;
use std::time::Duration;

use onex::engine::{OutputError, RunCause, StepReport};
use onex::run::{CompensationState, RunState, StepState};
use onex::{BatchReport, RunReport, Runtime};
use tokio::time::Instant;

use crate::delivery::{Delivery, Orders};
use crate::steps::{Batch, Parallel, Sequential, Site};
use crate::transform::{Rows, Totals};

/// How deliveries are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One after the other, and so are the steps of each.
    Sequential,
    /// A run for each, all at once, and so are the steps that do not need each other.
    Parallel,
    /// One run for all: all of them are loaded, or none.
    Batch,
}

impl Mode {
    /// The three.
    pub const ALL: [Mode; 3] = [Mode::Sequential, Mode::Parallel, Mode::Batch];
}

/// What came of deliveries.
#[derive(Debug)]
pub struct Outcome {
    /// Lines of orders.
    pub read: usize,
    /// Of these, rows that could be joined.
    pub kept: usize,
    /// Rows that are in the warehouse, as it says itself.
    pub loaded: usize,
    /// Deliveries that took the fast track.
    pub fast: usize,
    /// What was saved of them, by country.
    pub totals: Totals,
    /// Attempts that were not the first.
    pub retries: u32,
    /// How often the circuit to the share has opened.
    pub opened: u64,
    /// Calls that were given to workers; only of a batch.
    pub operations: Option<u64>,
    /// From the first start to the last end.
    pub took: Duration,
    /// What failed, and why.
    pub faults: Vec<String>,
}

impl Outcome {
    /// What the columns of [`line`](Self::line) are.
    pub const HEAD: &str = "mode        read  kept  loaded  fast  retries  opened  operations      time";

    /// One line of a table.
    #[must_use]
    pub fn line(&self, mode: Mode) -> String {
        let Outcome { read, kept, loaded, fast, retries, opened, .. } = self;
        let mode = format!("{mode:?}").to_lowercase();
        let operations = self.operations.map_or_else(|| "-".to_owned(), |calls| calls.to_string());
        let ms = self.took.as_millis();
        format!(
            "{mode:10}  {read:4}  {kept:4}  {loaded:6}  {fast:4}  {retries:7}  {opened:6}  {operations:>10}  {ms:5} ms"
        )
    }
}

/// Runs deliveries in a mode.
///
/// # Errors
/// The contracts cannot be mounted, a run cannot be started, or the warehouse cannot be asked. That a delivery fails is none: the
/// outcome says so.
pub async fn run(mode: Mode, site: &Site, deliveries: Vec<Delivery>) -> anyhow::Result<Outcome> {
    let builder = Runtime::builder(site.clone()).mount::<Sequential>().mount::<Parallel>().mount::<Batch>();
    let runtime = builder.build()?;
    let began = Instant::now();
    let mut counts = Counts::default();
    let mut operations = None;
    match mode {
        Mode::Sequential => {
            for delivery in deliveries {
                let key = Some(delivery.name.clone());
                counts.run(&runtime.run::<Sequential>(delivery, key).await?);
            }
        }
        Mode::Parallel => {
            let mut runs = Vec::new();
            for delivery in deliveries {
                let key = Some(delivery.name.clone());
                runs.push(runtime.start::<Parallel>(delivery, key).await?);
            }
            for run in runs {
                counts.run(&run.await?);
            }
        }
        Mode::Batch => {
            let names: Vec<String> = deliveries.iter().map(|delivery| delivery.name.clone()).collect();
            let report = runtime.batch::<Batch>(deliveries, None).await?;
            counts.batch(&report, &names);
            operations = Some(report.load_balanced_operations);
        }
    }
    let took = began.elapsed();
    let Counts { read, kept, fast, retries, faults } = counts;
    let loaded = site.warehouse.deliveries()?.values().map(|rows| *rows as usize).sum();
    let opened = runtime.circuits().iter().map(|circuit| circuit.opened).sum();
    let totals = site.warehouse.totals()?;
    Ok(Outcome { read, kept, loaded, fast, totals, retries, opened, operations, took, faults })
}

#[derive(Default)]
struct Counts {
    read: usize,
    kept: usize,
    fast: usize,
    retries: u32,
    faults: Vec<String>,
}

impl Counts {
    fn run(&mut self, report: &RunReport) {
        self.delivery(report.output("orders"), report.output("join"));
        self.fast += usize::from(is_fast(report.step("repair"), report));
        self.retries += report.retries();
        if report.state != RunState::Completed {
            self.faults.push(format!("{}: {}", report.key, why(report)));
        }
    }

    fn batch(&mut self, report: &BatchReport, names: &[String]) {
        self.retries += report.retries();
        for (item, name) in report.items().zip(names) {
            self.delivery(item.output("orders"), item.output("join"));
            self.fast += usize::from(is_fast(item.step("repair"), report));
            if let Some((step, error)) = item.error() {
                self.faults.push(format!("{name}: `{step}` failed{}: {error}", undone(report)));
            }
        }
        if report.state != RunState::Completed && self.faults.is_empty() {
            self.faults.push(format!("the batch: {}", why(report)));
        }
    }

    fn delivery(&mut self, orders: Result<Arc<Orders>, OutputError>, rows: Result<Arc<Rows>, OutputError>) {
        self.read += orders.map_or(0, |orders| orders.0.len());
        self.kept += rows.map_or(0, |rows| rows.0.len());
    }
}

/// Nothing was repaired, and all that came after it went well.
fn is_fast(repair: Option<&StepReport>, report: &RunReport) -> bool {
    repair.is_some_and(|repair| repair.state == StepState::Skipped) && report.state == RunState::Completed
}

fn why(report: &RunReport) -> String {
    let undone = undone(report);
    match &report.cause {
        Some(RunCause::StepFailed { step, message }) => format!("`{step}` failed{undone}: {message}"),
        Some(RunCause::TimedOut { after_ms }) => format!("not done after {after_ms} ms{undone}"),
        Some(RunCause::Cancelled { reason }) => format!("cancelled{undone}: {reason}"),
        Some(RunCause::Killed { reason }) => format!("killed: {reason}"),
        Some(RunCause::SourceFailed { message }) => format!("the source failed: {message}"),
        Some(RunCause::TooFewCompleted { completed, of, .. }) => {
            format!("only {completed} of {of} steps completed{undone}")
        }
        None => format!("{:?}{undone}", report.state),
    }
}

fn undone(report: &RunReport) -> &'static str {
    match report.compensation {
        CompensationState::None => "",
        CompensationState::Done => ", what was loaded is undone",
        CompensationState::Pending | CompensationState::Failed => ", what was loaded is not undone",
    }
}
