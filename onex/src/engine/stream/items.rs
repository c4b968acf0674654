//! The stream as a program holds it: each call of `next` drives it until an item comes out.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;

use super::super::admission::Admitted;
use super::super::control::{Control, Order};
use super::super::core::Engine;
use super::super::in_flight::InFlightGuard;
use super::super::live::LiveGuard;
use super::super::meters::Active;
use super::super::report::RunReport;
use super::super::workflow::Workflow;
use super::checkpoint::Checkpoint;
use super::flow::{Flow, Folded};
use super::item::{Item, ItemReport};
use super::report::{StreamCause, StreamLost, StreamReport};
use super::shown::{self, Audience};
use super::source::{Feeder, Next};
use crate::journal::Journal;
use crate::message::{RunId, StepValue};
use crate::run::RunState;

/// A stream of items that go through the steps of a workflow. It runs while [`next`](Self::next) or [`drain`](Self::drain) is
/// awaited, in the task that awaits it: it has no task of its own, so nothing of it outlives it, and whoever does not
/// take what comes out slows what goes in.
///
/// Dropping it drops what is in flight where it is. What a durable stream had not finished runs again when it is opened again.
#[must_use = "a stream runs while `next` or `drain` is awaited"]
pub struct ItemStream<C, J: Journal> {
    flow: Flow<C, J>,
    feeder: Feeder,
    /// How many items may be in flight.
    window: usize,
    checkpoint: Checkpoint,
    /// What came out last, until its taker comes back: where the next one begins, and what all up to it have come to.
    given: Option<(u64, Folded)>,
    /// An item came out that is not done: the watermark stays before it.
    stuck: bool,
    control: Arc<Control>,
    orders: Vec<Order>,
    /// Items from this number on were told to stop.
    told_to_stop: Option<u64>,
    counts: StreamReport,
    audience: Audience,
    started: Instant,
    /// What it is among those that are driven, until it is over.
    live: Option<(LiveGuard, Active)>,
    lost: Option<StreamLost>,
    _permit: Admitted,
    _in_flight: InFlightGuard,
}

impl<C, J> ItemStream<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    #[expect(clippy::too_many_arguments, reason = "one caller, which has all of them at hand")]
    pub(super) fn new(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        feeder: Feeder,
        window: usize,
        checkpoint: Checkpoint,
        folded: Folded,
        started_unix_ms: u64,
        permit: Admitted,
        in_flight: InFlightGuard,
    ) -> Self {
        let run = checkpoint.mark.run;
        let control: Arc<Control> = Arc::default();
        let watermark = checkpoint.mark.position;
        let counts = StreamReport::new(run, workflow.node, workflow.row, watermark, started_unix_ms);
        engine.tally.runs_started.add(1);
        ItemStream {
            live: Some((engine.live.enter(run, Arc::clone(&control)), engine.meters.run_begins())),
            flow: Flow::new(engine, workflow, run, folded),
            feeder,
            window,
            checkpoint,
            given: None,
            stuck: false,
            control,
            orders: Vec::new(),
            told_to_stop: None,
            counts,
            audience: Audience::default(),
            started: Instant::now(),
            lost: None,
            _permit: permit,
            _in_flight: in_flight,
        }
    }

    /// The next item that comes out, in the order of the source. `None`: nothing comes any more, and
    /// [`report`](Self::report) says why.
    ///
    /// An item counts as done when the next one is asked for: what a durable stream gave to somebody who did not come back
    /// comes out again when it is opened again. May be dropped while it is awaited, in a `select!`: nothing is lost.
    ///
    /// # Errors
    /// The journal refuses to commit. The stream is over.
    pub async fn next(&mut self) -> Result<Option<ItemReport>, StreamLost> {
        // Where every item is there at once, others have a turn.
        tokio::task::consume_budget().await;
        if let Some(lost) = &self.lost {
            return Err(lost.clone());
        }
        self.acknowledge();
        loop {
            self.take_orders();
            self.flow.go_on();
            self.stop_behind_who_failed();
            self.show();
            if self.checkpoint.is_dirty() && self.checkpoint.since >= self.window {
                self.commit().await?;
            }
            if let Some(item) = self.flow.pop() {
                return Ok(Some(self.give(item)));
            }
            if self.is_over() {
                return self.conclude().await.map(|()| None);
            }
            if !self.checkpoint.is_dirty() {
                poll_fn(|cx| self.poll(cx)).await;
            } else if !poll_fn(|cx| Poll::Ready(self.poll(cx).is_ready())).await {
                // There is nothing better to do.
                self.commit().await?;
            }
        }
    }

    /// Lets all items come out, and tells how it went.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn drain(mut self) -> Result<StreamReport, StreamLost> {
        while self.next().await?.is_some() {}
        Ok(self.report())
    }

    /// The run that the stream is: what [`Runtime::pause`](crate::Runtime::pause), [`resume`](crate::Runtime::resume) and
    /// [`cancel`](crate::Runtime::cancel) know it by.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.counts.run
    }

    /// Takes nothing more from the source. What has been taken comes out.
    pub fn close(&mut self) {
        self.feeder.close();
    }

    /// Asks the stream to stop: nothing more is taken from the source, and what is in flight is told to stop, gets a grace
    /// period and comes out, most of it cancelled. False if it is over, or was asked before.
    pub fn cancel(&self, reason: impl Into<Arc<str>>) -> bool {
        self.live.is_some() && self.control.cancel(reason.into())
    }

    /// What a reducer, by its `node_id`, has made of the items that have come out, also of those that another process has taken.
    /// `None`: there is no such reducer, it has folded nothing yet, or into another type.
    #[must_use]
    pub fn folded<T: StepValue>(&self, step: &str) -> Option<Arc<T>> {
        self.flow.folded().get(step)?.get().ok()
    }

    /// How far it has come.
    #[must_use]
    pub fn report(&self) -> StreamReport {
        StreamReport {
            in_flight: self.flow.len(),
            watermark: self.checkpoint.mark.position,
            duration: if self.counts.state.is_final() {
                self.counts.duration
            } else {
                self.started.elapsed()
            },
            ..self.counts.clone()
        }
    }

    /// Polls what is in flight, and takes from the source as long as there is room. Ready if there is something to do.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.control.poll(cx, &mut self.orders);
        let mut happened = !self.orders.is_empty();
        while self.takes() {
            match self.feeder.poll_next(cx) {
                Poll::Pending => break,
                Poll::Ready(Next::Item(fed)) => {
                    self.counts.taken += 1;
                    self.flow.push(fed);
                    happened |= self.flow.first_is_over();
                }
                Poll::Ready(Next::End) => happened = true,
                Poll::Ready(Next::Failed(error)) => {
                    happened = true;
                    let message = error.to_string();
                    self.counts.cause.get_or_insert(StreamCause::SourceFailed { message });
                }
            }
        }
        if self.flow.poll(cx).is_ready() || happened { Poll::Ready(()) } else { Poll::Pending }
    }

    /// It takes an item from the source, if there is one.
    fn takes(&self) -> bool {
        !self.feeder.is_closed()
            && !self.flow.is_paused()
            && self.flow.len() < self.window
            && self.flow.decisive.is_none()
            && !self.flow.first_is_over()
    }

    fn take_orders(&mut self) {
        for order in std::mem::take(&mut self.orders) {
            // Whoever has given it and does not wait any more does not care.
            match order {
                // Of a stream nothing is undone anyway.
                Order::Cancel { reason } | Order::Kill { reason } => {
                    self.feeder.close();
                    let reason = reason.to_string();
                    self.counts.cause.get_or_insert(StreamCause::Cancelled { reason });
                    self.flow.cancel_from(0);
                    self.told_to_stop = Some(0);
                    self.counts.state = RunState::Stopping;
                    self.counts.paused = None;
                }
                Order::Watch { watcher } => self.audience.comes(watcher),
                Order::Look => {}
                // It is no run that has a plan to be moved to.
                Order::Leave(wanted) => drop(wanted),
                // Nor has it any that waits for an event, or sends intents.
                Order::Take(arrival) => drop(arrival),
                Order::Executed { .. } => {}
                Order::Pause { reason, reply } => {
                    let _ = reply.send(match self.counts.state {
                        RunState::Running | RunState::Paused => {
                            self.counts.paused.get_or_insert_with(|| reason.to_string());
                            self.flow.pause();
                            self.control.note_paused(true);
                            self.counts.state = RunState::Paused;
                            Ok(())
                        }
                        stopping => Err(stopping),
                    });
                }
                Order::Resume { reply } => {
                    let _ = reply.send(match self.counts.state {
                        RunState::Running | RunState::Paused => {
                            self.counts.paused = None;
                            self.flow.resume();
                            self.control.note_paused(false);
                            self.counts.state = RunState::Running;
                            Ok(())
                        }
                        stopping => Err(stopping),
                    });
                }
            }
        }
    }

    /// An item that stops the stream lets those before it come out; those behind it stop, too.
    fn stop_behind_who_failed(&mut self) {
        let Some(decisive) = self.flow.decisive else { return };
        self.feeder.close();
        if self.told_to_stop.is_none_or(|from| decisive < from) {
            self.told_to_stop = Some(decisive);
            self.counts.state = RunState::Stopping;
            self.counts.paused = None;
            self.flow.cancel_from(decisive + 1);
        }
    }

    /// What was given is done, now that its taker is back.
    fn acknowledge(&mut self) {
        if let Some((next_position, folded)) = self.given.take() {
            self.checkpoint.done(next_position, folded);
        }
    }

    fn give(&mut self, item: Item) -> ItemReport {
        let state = item.run.state();
        let envelopes = self.flow.published(&item);
        self.checkpoint.publish(envelopes);
        let stops = self.flow.stops_the_stream(state);
        self.stuck |= stops || state == RunState::Cancelled;
        if !self.stuck {
            self.given = Some((item.next_position, Folded::clone(self.flow.folded())));
        }
        let report = item.report(self.flow.workflow.row);
        self.counts.count(&report);
        if stops {
            let (step, message) = report.what_went_wrong();
            let position = report.position();
            self.counts.cause.get_or_insert(StreamCause::ItemFailed { position, step, message });
        }
        report
    }

    fn is_over(&self) -> bool {
        self.feeder.is_closed() && self.flow.len() == 0
    }

    async fn commit(&mut self) -> Result<(), StreamLost> {
        let Err(cause) = self.checkpoint.commit(&self.flow.engine).await else { return Ok(()) };
        self.feeder.close();
        self.live = None;
        self.audience.leave();
        Err(self.lost.insert(StreamLost { run: self.counts.run, cause }).clone())
    }

    async fn conclude(&mut self) -> Result<(), StreamLost> {
        if self.checkpoint.is_dirty() {
            self.commit().await?;
        }
        if self.live.take().is_none() {
            return Ok(());
        }
        let failed = self.counts.completed_with_errors + self.counts.failed + self.counts.timed_out > 0;
        self.counts.state = match &self.counts.cause {
            Some(StreamCause::ItemFailed { .. } | StreamCause::SourceFailed { .. }) => RunState::Failed,
            Some(StreamCause::Cancelled { .. }) => RunState::Cancelled,
            None if failed => RunState::CompletedWithErrors,
            None => RunState::Completed,
        };
        self.counts.duration = self.started.elapsed();
        self.flow.engine.tally.run_ended(self.counts.state);
        self.show();
        self.audience.leave();
        let report = self.as_run();
        self.flow.workflow.meters.run_ended(&report);
        self.flow.span.run_ended(&report);
        self.flow.engine.reports.send(|| Arc::new(report));
        Ok(())
    }

    fn show(&mut self) {
        if self.audience.is_there() {
            let progress = shown::progress(&self.report());
            self.audience.show(progress);
        }
    }

    /// The stream as a run among others.
    fn as_run(&self) -> RunReport {
        let Flow { engine, workflow, .. } = &self.flow;
        shown::as_run(workflow, self.report(), self.flow.folded(), engine.lease.clone())
    }
}

impl<C, J: Journal> fmt::Debug for ItemStream<C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("report", &self.counts)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}
