//! The same job on a file: killed at any moment and started again, it goes on, and its numbers are the same.
//!
//! Beside the journal are what the outside world remembers (`-world`) and which lines were acknowledged (`-taken`).

use std::ffi::OsString;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use onex::engine::PublishError;
use onex::message::source_id;
use onex::{Envelope, Runtime, Settings};
use onex_sqlite::{Durable as _, Sqlite};
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use crate::account::account;
use crate::app::{App, Shop};
use crate::books::Books;
use crate::dead_letters::DeadLetterFile;
use crate::ingest;
use crate::input::Input;
use crate::job::{self, Outcome};
use crate::lines::{LineAt, Lines};
use crate::progress::Progress;
use crate::reconcile::reconcile;
use crate::taken::Taken;
use crate::tally::Tally;

/// How many lines wait for their acknowledgement at once; those that wait together share a sync of the disk.
const AT_ONCE: usize = 256;
/// Whoever kills this program a thousand times does not mean that a step is to blame.
const CRASH_LIMIT: u32 = 100_000;

/// What is told on standard error before the milliseconds that it took to check the file, to own it and to read what is unfinished.
pub const RECOVERED: &str = "recovered in ";

/// Runs every line of `input` that was not acknowledged before, goes on with what was begun, and accounts for all lines.
///
/// # Errors
/// As [`job::run`]; also that the files at `journal` and beside it cannot be used, or another process uses them.
///
/// # Panics
/// Outside a tokio runtime with its timer enabled.
pub async fn run(
    input: &Input,
    journal: &Path,
    dead_letters: &Path,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let file = DeadLetterFile::create(dead_letters, input.path())?;
    let (world, taken) = (beside(journal, "-world"), beside(journal, "-taken"));
    let unusable = |path: &Path| format!("the file `{}` cannot be used", path.display());
    let app = App::remembering(&world).with_context(|| unusable(&world))?;
    let settings = Settings { crash_limit: CRASH_LIMIT, ..Settings::default() };
    let (is_there, opening) = (journal.exists(), Instant::now());
    let runtime = Shop::builder(app.clone()).settings(settings).durable(journal).await?;
    if is_there {
        // Not among the numbers of the job, which are the same however often it is started.
        eprintln!("{RECOVERED}{:.3} ms", opening.elapsed().as_secs_f64() * 1e3);
    }
    let mut taken = Taken::open(&taken).with_context(|| unusable(&taken))?;
    let mut tally = Tally::default();

    let began = Instant::now();
    let lines = deliver(input, &runtime, &mut taken, &mut tally, progress).await?;
    runtime.settled().await;
    let elapsed = began.elapsed();
    progress.done();

    let counters = account(&runtime, &mut tally, &lines).await?;
    let finished = tally.finish();
    let expected = input.expected();
    let reconciliation = reconcile(&finished, &Books::of(&app, counters), expected.as_ref());
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

/// Gives back the ids of all lines that are messages, also of those that were delivered before.
async fn deliver(
    input: &Input,
    runtime: &Runtime<App, Sqlite>,
    taken: &mut Taken,
    tally: &mut Tally,
    progress: &Progress,
) -> anyhow::Result<Vec<Uuid>> {
    let context = || format!("the input `{}` cannot be read", input.path().display());
    let file = File::open(input.path()).with_context(context)?;
    progress.begin(file.metadata().with_context(context)?.len());
    let topic = job::topic_of_orders()?;
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
    let (mut ids, mut waiting) = (Vec::new(), JoinSet::new());
    while let Some(line) = lines.next_line().with_context(context)? {
        let at = line.at;
        match ingest::message(&line) {
            Ok(payload) => {
                let id = source_id(input.name(), at.offset);
                tally.delivered(id, at);
                ids.push(id);
                if !taken.contains(at.offset) {
                    let (runtime, envelope) =
                        (runtime.clone(), Envelope::external(id, topic.clone(), payload));
                    waiting.spawn(async move { (at, runtime.deliver(envelope).await) });
                }
            }
            Err(malformed) => tally.malformed(at, &malformed),
        }
        if waiting.len() >= AT_ONCE
            && let Some(delivered) = waiting.join_next().await
        {
            acknowledged(delivered, taken)?;
        }
        progress.at(at.offset + at.len, tally.counts());
    }
    while let Some(delivered) = waiting.join_next().await {
        acknowledged(delivered, taken)?;
    }
    Ok(ids)
}

fn acknowledged(
    delivered: Result<(LineAt, Result<(), PublishError>), JoinError>,
    taken: &mut Taken,
) -> anyhow::Result<()> {
    let (at, outcome) = delivered?;
    outcome.with_context(|| format!("line {} cannot be delivered", at.number))?;
    taken.note(at.offset).with_context(|| format!("line {} cannot be ticked off", at.number))
}

fn beside(journal: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(journal);
    name.push(suffix);
    name.into()
}
