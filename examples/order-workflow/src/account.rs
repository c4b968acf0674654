//! What became of each line, read from the journal: it knows also of what other processes have done.

use std::collections::HashSet;

use anyhow::Context as _;
use onex::engine::Counters;
use onex::journal::{DeadLetterCause, InboxMark, Journal};
use onex::message::{action_id, emitted_id};
use onex::node::Node as _;
use onex::run::{Fact, RunState};
use onex::{Event as _, RunReport, Runtime};
use uuid::Uuid;

use crate::app::App;
use crate::orders::OrderWorkflow;
use crate::orders::events::{OrderCompleted, OrderFulfilled, OrderPlaced};
use crate::tally::Tally;

/// Tells the tally what became of `lines`, the ids that they were delivered as. Gives back what the runtimes of all
/// processes together have done.
///
/// # Errors
/// The journal cannot be read, or holds runs of another program.
pub async fn account<J: Journal>(
    runtime: &Runtime<App, J>,
    tally: &mut Tally,
    lines: &[Uuid],
) -> anyhow::Result<Counters> {
    let journal = runtime.journal();
    let mut counters = Counters::default();
    let mut ended = HashSet::new();
    for letter in runtime.dead_letter_list().await? {
        if let DeadLetterCause::DuplicateRun { .. } = letter.cause {
            tally.validated();
        }
        ended.insert(letter.envelope.correlation_id);
        tally.dead_letter(&letter);
    }
    for summary in journal.runs().await? {
        let report =
            runtime.status(summary.run).await?.context("the journal has a run of another program")?;
        tally.validated();
        ended.insert(report.correlation_id);
        counters.runs_started += 1;
        counters.retries += retries(journal, &report).await?;
        if report.state.is_final() || report.state == RunState::Parked {
            tally.run_ended(&report);
        }
        if report.state == RunState::Completed
            && is_handled::<OrderFulfilled, _>(journal, fulfilled_id(&report)?).await?
        {
            let OrderFulfilled { order_id, total_cents, units, .. } =
                (*report.output::<OrderFulfilled>("fulfil")?).clone();
            tally.completed(report.correlation_id, &OrderCompleted { order_id, total_cents, units });
        }
    }
    // A handler that has answered, and of whose answer neither a run nor a dead letter tells, has rejected the order.
    for line in lines.iter().filter(|line| !ended.contains(*line)) {
        if is_handled::<OrderPlaced, _>(journal, *line).await? {
            tally.rejected(*line);
        }
    }
    Ok(counters)
}

/// How often an attempt of a step was put off, as the facts tell. The report counts attempts.
async fn retries<J: Journal>(journal: &J, report: &RunReport) -> anyhow::Result<u64> {
    let record = journal.run(report.run).await?.context("a run has vanished from the journal")?;
    let put_off = |fact: &&Fact| matches!(fact, Fact::AttemptFailed { retry_after_ms: Some(_), .. });
    Ok(record.facts.iter().filter(put_off).count() as u64)
}

/// The id of the envelope that `fulfil` is published in.
fn fulfilled_id(report: &RunReport) -> anyhow::Result<Uuid> {
    let table = OrderWorkflow::TABLE;
    let row = table.events.iter().find(|row| row.name == OrderFulfilled::NAME);
    let row =
        row.with_context(|| format!("`{}` does not know `{}`", table.contract, OrderFulfilled::NAME))?;
    Ok(emitted_id(action_id(report.run, "fulfil", false, 0), table.name, "fulfil", row.wire_type, 0))
}

/// Whether the orchestrator's handler of `E` has answered an envelope.
async fn is_handled<E: onex::Event, J: Journal>(journal: &J, envelope_id: Uuid) -> anyhow::Result<bool> {
    let table = OrderWorkflow::TABLE;
    let brings = table.events.iter().position(|row| row.name == E::NAME).map(onex::plan::Brings::Event);
    let route = table.routes.iter().find(|row| Some(row.brings) == brings);
    let route = route.with_context(|| format!("`{}` has no route for `{}`", table.contract, E::NAME))?;
    let subscriber = format!("{}/{}", table.name, route.handler).into();
    Ok(journal.handled(&InboxMark { subscriber, envelope_id }).await?)
}
