//! The job: every line to the runtime, and news of every line back.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use onex::engine::RunReport;
use onex::journal::{DeadLetter, Retention};
use onex::message::{Topic, source_id};
use onex::node::Node as _;
use onex::{Envelope, Event as _, Runtime, Settings, Subscription};

use crate::app::{App, Shop};
use crate::books::Books;
use crate::counts::Counts;
use crate::dead_letters::DeadLetterFile;
use crate::ingest;
use crate::input::Input;
use crate::lines::Lines;
use crate::orders::OrderWorkflow;
use crate::orders::events::{OrderCompleted, OrderPlaced, OrderRejected, OrderValidated};
use crate::progress::Progress;
use crate::reconcile::{Reconciliation, reconcile};
use crate::tally::Tally;

/// What came of an input.
#[derive(Debug)]
pub struct Outcome {
    /// The input, in words.
    pub source: String,
    /// The numbers.
    pub counts: Counts,
    /// What they should be, if somebody knows.
    pub expected: Option<Counts>,
    /// Whether they agree.
    pub reconciliation: Reconciliation,
    /// The dead-letter file.
    pub dead_letters: PathBuf,
    /// How many lines are in it.
    pub set_aside: u64,
    /// From the first line to the last end.
    pub elapsed: Duration,
}

/// Runs every line of `input`, and writes those that became no order to `dead_letters`.
///
/// # Errors
/// A file cannot be read or written, or the runtime does not take what it is given. A line that fails is no error.
///
/// # Panics
/// Outside a tokio runtime with its timer enabled.
pub async fn run(input: &Input, dead_letters: &Path, progress: &Progress) -> anyhow::Result<Outcome> {
    let file = DeadLetterFile::create(dead_letters, input.path())?;
    let app = App::default();
    let runtime = runtime(app.clone())?;
    let mut news = News::of(&runtime)?;
    let mut tally = Tally::default();

    let began = Instant::now();
    deliver(input, &runtime, &mut news, &mut tally, progress).await?;
    settle(&runtime, &mut news, &mut tally, progress).await?;
    let elapsed = began.elapsed();
    progress.done();

    let finished = tally.finish();
    let books = Books::of(&app, runtime.counters());
    let expected = input.expected();
    let reconciliation = reconcile(&finished, &books, expected.as_ref());
    let path = file.path().to_owned();
    file.write(&finished.set_aside, input.path())?;
    Ok(Outcome {
        source: input.to_string(),
        counts: finished.counts,
        expected,
        reconciliation,
        dead_letters: path,
        set_aside: finished.set_aside.len() as u64,
        elapsed,
    })
}

fn runtime(app: App) -> anyhow::Result<Runtime<App>> {
    // An order id is taken for as long as its run is kept, and a second order is a duplicate however late it comes.
    // Dead letters are taken as they come in; what the journal keeps of them is not read.
    let retention = Retention { runs: 100_000_000, dead_letters: 1, ..Retention::default() };
    let settings = Settings { retention, ..Settings::default() };
    Shop::builder(app).settings(settings).build().context("the runtime does not start")
}

async fn deliver(
    input: &Input,
    runtime: &Runtime<App>,
    news: &mut News,
    tally: &mut Tally,
    progress: &Progress,
) -> anyhow::Result<()> {
    let context = || format!("the input `{}` cannot be read", input.path().display());
    let file = File::open(input.path()).with_context(context)?;
    progress.begin(file.metadata().with_context(context)?.len());
    let topic = topic_of_orders()?;
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
    while let Some(line) = lines.next_line().with_context(context)? {
        let at = line.at;
        match ingest::message(&line) {
            Ok(payload) => {
                let id = source_id(input.name(), at.offset);
                tally.delivered(id, at);
                let envelope = Envelope::external(id, topic.clone(), payload);
                let delivered = runtime.deliver(envelope).await;
                delivered.with_context(|| format!("line {} cannot be delivered", at.number))?;
            }
            Err(malformed) => tally.malformed(at, &malformed),
        }
        news.take(tally)?;
        progress.at(at.offset + at.len, tally.counts());
    }
    Ok(())
}

/// Waits for the last run.
async fn settle(
    runtime: &Runtime<App>,
    news: &mut News,
    tally: &mut Tally,
    progress: &Progress,
) -> anyhow::Result<()> {
    const LOOK: Duration = Duration::from_millis(100);
    while tokio::time::timeout(LOOK, runtime.settled()).await.is_err() {
        news.take(tally)?;
        progress.settling(tally.counts());
    }
    news.take(tally)
}

/// The contract says on which topic orders come.
pub(crate) fn topic_of_orders() -> anyhow::Result<Topic> {
    let table = OrderWorkflow::TABLE;
    let row = table.events.iter().find(|row| row.name == OrderPlaced::NAME);
    let row = row.with_context(|| format!("`{}` does not know `{}`", table.contract, OrderPlaced::NAME))?;
    Ok(Topic::new(row.topic))
}

/// What the runtime tells, as it comes in.
struct News {
    validated: Subscription,
    rejected: Subscription,
    completed: Subscription,
    reports: Subscription<Arc<RunReport>>,
    dead_letters: Subscription<Arc<DeadLetter>>,
}

impl News {
    fn of(runtime: &Runtime<App>) -> anyhow::Result<Self> {
        Ok(News {
            validated: runtime.subscribe_to::<OrderWorkflow, OrderValidated>()?,
            rejected: runtime.subscribe_to::<OrderWorkflow, OrderRejected>()?,
            completed: runtime.subscribe_to::<OrderWorkflow, OrderCompleted>()?,
            reports: runtime.reports(),
            dead_letters: runtime.dead_letters(),
        })
    }

    /// Takes what has come in since the last time.
    fn take(&mut self, tally: &mut Tally) -> anyhow::Result<()> {
        while self.validated.try_recv().is_some() {
            tally.validated();
        }
        while let Some(envelope) = self.rejected.try_recv() {
            tally.rejected(envelope.correlation_id);
        }
        while let Some(envelope) = self.completed.try_recv() {
            tally.completed(envelope.correlation_id, &*envelope.payload.get::<OrderCompleted>()?);
        }
        while let Some(report) = self.reports.try_recv() {
            tally.run_ended(&report);
        }
        while let Some(letter) = self.dead_letters.try_recv() {
            tally.dead_letter(&letter);
        }
        Ok(())
    }
}
