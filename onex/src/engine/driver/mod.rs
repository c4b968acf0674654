//! Drives one run: asks the kernel, commits what it decides, then does what it says.
//!
//! One future for the whole run. Synchronous steps run inside it, asynchronous ones are polled by it, so nothing of a
//! run outlives it. The kernel decides everything; this module only knows when to commit (semantics 14 and 15):
//! before an effect is dispatched, before anything is published, before it waits, and at the end.

mod alarms;
pub(super) mod attempt;
mod calls;
mod commit;
mod conclude;
mod dispatch;
mod gates;
mod groups;
mod held;
mod inputs;
mod instances;
mod ledger;
mod orders;
mod progress;
mod rest;
mod sends;
mod slots;
mod take_over;
mod timers;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use self::alarms::Alarms;
use self::attempt::{Dispatch, Finished};
pub(super) use self::attempt::{Failed, classify};
use self::commit::Beside;
use self::gates::Gates;
use self::held::Circuits;
pub(super) use self::inputs::ended as how_it_ended;
use self::ledger::Ledger;
use self::progress::Audience;
pub(super) use self::rest::Clocks;
use self::sends::Sends;
use self::slots::Slots;
pub(super) use self::take_over::{NotReopened, Taken, read_as, read_input};
use super::admission::Admitted;
use super::batch::Returned;
use super::control::{Control, Leave, Order, Reply};
use super::core::Engine;
use super::fans::Fans;
use super::in_flight::InFlightGuard;
use super::live::LiveGuard;
use super::messages::Messages;
use super::meters::Active;
use super::report::RunReport;
use super::run_handle::{RunHandle, RunLost};
use super::spans::RunSpans;
use super::workflow::Workflow;
use crate::journal::{BegunCalls, CommitError, InboxMark, Journal, RunStart};
use crate::message::Envelope;
use crate::node::StopSignal;
use crate::run::{Decision, Input, Run, RunState};

/// How many steps run in a row before the task lets others have a turn.
const STEPS_IN_A_ROW: u32 = 64;
/// How long steps run in a row before attempts in flight are looked after and others have a turn.
const TIME_IN_A_ROW: Duration = Duration::from_millis(1);

/// One run and all that is going on in it.
pub(crate) struct Driver<C, J: Journal> {
    engine: Arc<Engine<C, J>>,
    workflow: Arc<Workflow<C>>,
    start: Arc<RunStart>,
    run: Run,
    outputs: Returned,
    messages: Messages,
    decision: Decision,
    ledger: Ledger,
    /// Asked for by the kernel and not begun: effects, which wait for a commit, and all others, which do not.
    effects: Vec<Dispatch>,
    inline: VecDeque<Dispatch>,
    /// Effects that are not to begin any more: the run stops.
    void: Vec<Dispatch>,
    circuits: Circuits,
    gates: Gates,
    sends: Sends,
    fans: Fans,
    slots: Slots,
    finished: Vec<Finished>,
    alarms: Alarms,
    /// What it is told from outside, and what it has been told and not taken yet.
    control: Arc<Control>,
    orders: Vec<Order>,
    /// Whoever wants the run, to drive it in another way.
    wanted: Option<Leave>,
    /// Answers that are to be sent when what they tell of is committed.
    replies: Vec<(Reply, Result<(), RunState>)>,
    audience: Audience,
    spans: RunSpans,
    /// Tells attempts to stop. Made for the first attempt that could listen.
    signal: Option<StopSignal>,
    is_over: bool,
    attempts: u64,
    /// Calls that the workers of a batch have been given.
    operations: u64,
    retries: u64,
    /// Read once after each thing that takes time.
    now: Instant,
    started: Instant,
    /// How long the run had been there, and how long it had been driven, before this engine took it over.
    before: Duration,
    active_before: Duration,
    /// For how long it had been undone.
    undone_before: Duration,
    turn: Turn,
    /// When it leaves memory, while it rests.
    leaves: Option<Instant>,
    /// It is driven by who asked for it, and does not leave.
    stays: bool,
    live: Option<LiveGuard>,
    active: Active,
    permit: Option<Admitted>,
    in_flight: InFlightGuard,
}

/// How far a run is driven.
enum Stretch {
    Over,
    /// It may go to sleep.
    Rests,
    /// It is left to somebody else.
    Left(RunHandle),
}

/// The same, with what whoever waits for it was told.
#[expect(clippy::large_enum_variant, reason = "there is one for each stretch, and it is taken apart at once")]
enum Driven {
    Over(Result<RunReport, RunLost>),
    Rests,
    Left(RunHandle),
}

/// What ran since others had a turn.
#[derive(Debug, Clone, Copy)]
struct Turn {
    steps: u32,
    until: Instant,
}

impl Turn {
    fn begun(now: Instant) -> Self {
        Turn { steps: 0, until: now + TIME_IN_A_ROW }
    }

    /// Others are to have one.
    #[inline]
    fn is_over(self, now: Instant) -> bool {
        self.steps >= STEPS_IN_A_ROW || now >= self.until
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// A run that has not begun. On the heap: it is handed on several times.
    pub(crate) fn new(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        start: RunStart,
        permit: Option<Admitted>,
        in_flight: InFlightGuard,
    ) -> Box<Self> {
        let (plan, outputs) = workflow.instance(&start.input);
        let now = Instant::now();
        let spans = RunSpans::new(&start, workflow.node, workflow.row.name);
        let active = engine.meters.run_begins();
        Box::new(Driver {
            run: Run::new(plan),
            engine,
            workflow,
            start: Arc::new(start),
            outputs,
            messages: Messages::default(),
            decision: Decision::default(),
            ledger: Ledger::default(),
            effects: Vec::new(),
            inline: VecDeque::new(),
            void: Vec::new(),
            circuits: Circuits::default(),
            gates: Gates::default(),
            sends: Sends::default(),
            fans: Fans::default(),
            slots: Slots::default(),
            finished: Vec::new(),
            alarms: Alarms::default(),
            control: Arc::default(),
            orders: Vec::new(),
            wanted: None,
            replies: Vec::new(),
            audience: Audience::default(),
            spans,
            signal: None,
            is_over: false,
            attempts: 0,
            operations: 0,
            retries: 0,
            now,
            started: now,
            before: Duration::ZERO,
            active_before: Duration::ZERO,
            undone_before: Duration::ZERO,
            turn: Turn::begun(now),
            leaves: None,
            stays: false,
            live: None,
            active,
            permit,
            in_flight,
        })
    }

    /// Commits the start: the mark of the envelope that asked for it, the run and its first facts, as one.
    ///
    /// `delivered`: nobody else is to handle that envelope. `sends`: what is sent beside the start, if it is committed.
    pub(crate) async fn begin(
        &mut self,
        handled: Option<(&InboxMark, &[BegunCalls])>,
        delivered: bool,
        sends: &[Arc<Envelope>],
    ) -> Result<(), CommitError> {
        self.alarms.run = self.started.checked_add(self.run.plan().policy().timeout);
        self.feed(Input::Start);
        if delivered {
            self.ledger.delivered.push(self.start.envelope_id);
        }
        self.ledger.outbox.extend_from_slice(sends);
        // Live before it is committed: whoever finds it in the journal can wait for it.
        self.live = Some(self.engine.live.enter(self.start.run, Arc::clone(&self.control)));
        let (inbox, calls) = handled.map_or((None, &[][..]), |(mark, calls)| (Some(mark), calls));
        self.commit_with(Beside { is_start: true, inbox, calls, ..Beside::default() }).await?;
        self.engine.tally.runs_started.add(1);
        self.gates.arrivals = self.engine.arrivals.take(&self.start.identity);
        Ok(())
    }

    /// What a program holds of the run. Only a run that has begun has a report to wait for.
    pub(crate) fn handle(&self) -> RunHandle {
        let run = self.start.run;
        let live = Arc::clone(&self.engine.live);
        let report = live.wait(run).unwrap_or_else(|| oneshot::channel().1);
        RunHandle::awaited(run, live, report)
    }

    /// Drives the run to its end, or until it goes to sleep. What becomes of it is told to whoever waits for it.
    pub(crate) async fn drive(mut self: Box<Self>) {
        while let Driven::Rests = self.drive_a_stretch().await {
            match self.fall_asleep() {
                Ok(()) => return,
                Err(awake) => self = awake,
            }
        }
    }

    /// Drives the run to its end in the task of whoever asked for it. It goes to sleep only for a shutdown.
    pub(crate) async fn drive_here(mut self: Box<Self>) -> Result<RunReport, RunLost> {
        self.stays = true;
        loop {
            match self.drive_a_stretch().await {
                Driven::Over(outcome) => return outcome,
                Driven::Left(handle) => {
                    // Somebody else drives it, and tells how it ends.
                    drop(self);
                    return handle.await;
                }
                Driven::Rests => {}
            }
            let handle = self.handle();
            match self.fall_asleep() {
                Ok(()) => return handle.await,
                Err(awake) => self = awake,
            }
        }
    }

    async fn drive_a_stretch(&mut self) -> Driven {
        let outcome = match self.drive_on().await {
            Ok(Stretch::Rests) => return Driven::Rests,
            Ok(Stretch::Left(handle)) => {
                self.count_attempts();
                return Driven::Left(handle);
            }
            Ok(Stretch::Over) => self.conclude().await,
            Err(refused) => Err(refused),
        };
        Driven::Over(self.over(outcome))
    }

    /// Tells whoever waits for the run.
    fn over(&mut self, outcome: Result<RunReport, CommitError>) -> Result<RunReport, RunLost> {
        let outcome = outcome.map_err(|refused| RunLost { run: self.start.run, cause: refused.into() });
        self.count_attempts();
        if let Some(live) = self.live.take() {
            live.finish(&outcome);
        }
        self.nudge_parents();
        self.engine.sub_runs.ended(self.start.run, &outcome);
        outcome
    }

    fn count_attempts(&self) {
        self.engine.tally.attempts.add(self.attempts);
        self.engine.tally.retries.add(self.retries);
    }

    async fn drive_on(&mut self) -> Result<Stretch, CommitError> {
        loop {
            self.take_inputs();
            if self.is_over {
                return Ok(Stretch::Over);
            }
            if let Some(wanted) = self.wanted.take()
                && self.may_be_left()
            {
                self.commit().await?;
                if let Some(handle) = self.leave(wanted) {
                    return Ok(Stretch::Left(handle));
                }
            }
            self.ask_circuits();
            let sends = self.has_effects_to_begin() || !self.ledger.outbox.is_empty();
            if sends || self.ledger.inbox.is_some() {
                self.commit().await?;
                self.begin_effects();
            }
            if self.slots.has_fresh() {
                // What has been dispatched begins before a step that computes takes the thread.
                self.attend(false).await;
            }
            if let Some(dispatch) = self.inline.pop_front() {
                self.compute(dispatch);
            } else if self.finished.is_empty() && self.orders.is_empty() && !self.has_arrivals() {
                self.commit().await?;
                if self.rest().await {
                    return Ok(Stretch::Rests);
                }
                self.turn = Turn::begun(self.now);
            }
            if self.turn.is_over(self.now) {
                self.share_the_thread().await?;
            }
        }
    }

    /// After many steps in a row: commits what they did, looks after what is in flight and lets others have a turn.
    async fn share_the_thread(&mut self) -> Result<(), CommitError> {
        self.commit().await?;
        tokio::task::yield_now().await;
        self.attend(false).await;
        self.turn = Turn::begun(self.now);
        Ok(())
    }

    /// Polls what is in flight; with `wait`, until something has happened.
    async fn attend(&mut self, wait: bool) {
        poll_fn(|cx| self.poll_in_flight(cx, wait)).await;
        self.now = Instant::now();
    }

    fn poll_in_flight(&mut self, cx: &mut Context<'_>, wait: bool) -> Poll<()> {
        self.slots.poll(cx, &mut self.finished);
        if wait || self.control.may_have_orders() {
            self.control.poll(cx, &mut self.orders);
        }
        let released = self.circuits.poll(cx);
        if !wait || released || !self.orders.is_empty() || !self.finished.is_empty() {
            return Poll::Ready(());
        }
        let next = self.next_due().into_iter().chain(self.slots.deadline()).chain(self.leaves).min();
        self.alarms.poll(cx, next)
    }
}
