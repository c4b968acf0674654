//! The items of a stream that are in flight, and the kernel's decisions about each. It neither waits nor commits.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;

use super::super::contain::{CatchPanic, Panicked, contained};
use super::super::core::Engine;
use super::super::driver::attempt::{ended, timed_out};
use super::super::driver::how_it_ended;
use super::super::outcome::without_output;
use super::super::workflow::Workflow;
use super::alarms::Alarms;
use super::calls::{Attempt, Calls, Over};
use super::item::Item;
use super::source::Fed;
use crate::message::{Envelope, Payload, RunId, emitted_id, item_action_id};
use crate::node::condition::Known;
use crate::node::mount::StepCall;
use crate::node::{Cancellation, Ctx, StepCtx};
use crate::run::{
    Command, Decision, Failure, Input, Jitter, RunState, StepId, StepKind, StepState, Strategy,
};

/// What items have come to, by the steps that fold them. Cheap to clone.
pub(super) type Folded = Arc<BTreeMap<&'static str, Payload>>;

/// Items in flight, in the order of their source.
pub(super) struct Flow<C, J> {
    pub(super) engine: Arc<Engine<C, J>>,
    pub(super) workflow: Arc<Workflow<C>>,
    pub(super) run: RunId,
    items: VecDeque<Item>,
    /// The number of the first of them: how many have left.
    first: u64,
    /// Effects that wait for a place, those of the earliest item in front: it holds the others back.
    ready: BinaryHeap<Reverse<Attempt>>,
    inline: VecDeque<Attempt>,
    /// Reducers that wait for their item to be the first: they fold in the order of the source.
    folds: BinaryHeap<Reverse<Attempt>>,
    /// What the items before have come to, by the steps that fold them.
    folded: Folded,
    calls: Calls,
    over: Vec<Over>,
    alarms: Alarms,
    decision: Decision,
    /// The earliest item that stops the stream.
    pub(super) decisive: Option<u64>,
    /// Since when no active time passes.
    paused: Option<Instant>,
    now: Instant,
}

impl<C, J> Flow<C, J> {
    pub(super) fn new(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        run: RunId,
        folded: Folded,
    ) -> Self {
        Flow {
            engine,
            workflow,
            run,
            items: VecDeque::new(),
            first: 0,
            ready: BinaryHeap::new(),
            inline: VecDeque::new(),
            folds: BinaryHeap::new(),
            folded,
            calls: Calls::default(),
            over: Vec::new(),
            alarms: Alarms::default(),
            decision: Decision::default(),
            decisive: None,
            paused: None,
            now: Instant::now(),
        }
    }

    /// What the items that have left have come to, and the first one if it is over.
    pub(super) fn folded(&self) -> &Folded {
        &self.folded
    }

    /// How many items are in flight.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// An item begins.
    pub(super) fn push(&mut self, fed: Fed) {
        let number = self.first + self.items.len() as u64;
        self.now = Instant::now();
        self.items.push_back(Item::new(&self.workflow, fed, self.now));
        self.feed(number, Input::Start);
        self.work();
    }

    /// The first item, if it is over. Whatever is behind it waits.
    pub(super) fn pop(&mut self) -> Option<Item> {
        self.items.front().filter(|item| item.run.is_ended())?;
        self.first += 1;
        self.items.pop_front()
    }

    pub(super) fn first_is_over(&self) -> bool {
        self.items.front().is_some_and(|item| item.run.is_ended())
    }

    /// Does all that can be done without waiting.
    pub(super) fn go_on(&mut self) {
        self.now = Instant::now();
        self.calls.expire(self.now, &mut self.over);
        let mut over = mem::take(&mut self.over);
        over.drain(..).for_each(|over| self.answer(over));
        self.over = over;
        while let Some(item) = self.alarms.grace_over(self.now) {
            self.calls.abandon(item);
            self.feed(item, Input::GraceOver);
        }
        if self.paused.is_none() {
            self.end_what_took_too_long();
            self.retry();
        }
        self.work();
    }

    /// Polls what is in flight. Ready if something is over.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.calls.poll(cx, self.places(), &mut self.over);
        if !self.over.is_empty() {
            return Poll::Ready(());
        }
        let item = self.items.iter().find_map(|item| item.deadline).filter(|_| self.paused.is_none());
        let deadline = item.into_iter().chain(self.calls.deadline()).min();
        self.alarms.poll(cx, self.paused.is_some(), deadline)
    }

    /// Nothing is dispatched or tried again until it is resumed, and no active time passes.
    pub(super) fn pause(&mut self) {
        if self.paused.is_none() {
            self.paused = Some(Instant::now());
            self.tell_all(Input::Pause);
        }
    }

    pub(super) fn resume(&mut self) {
        let Some(since) = self.paused.take() else { return };
        let stood_still = since.elapsed();
        self.alarms.stood_still(stood_still);
        for item in &mut self.items {
            item.deadline = item.deadline.and_then(|deadline| deadline.checked_add(stood_still));
        }
        self.tell_all(Input::Resume);
    }

    /// Tells the items from this one on to stop.
    pub(super) fn cancel_from(&mut self, number: u64) {
        self.now = Instant::now();
        for number in number.max(self.first)..self.first + self.items.len() as u64 {
            self.feed(number, Input::Cancel);
        }
    }

    fn tell_all(&mut self, input: Input) {
        self.now = Instant::now();
        for number in self.first..self.first + self.items.len() as u64 {
            self.feed(number, input);
        }
    }

    fn item(&mut self, number: u64) -> Option<&mut Item> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.items.get_mut(index)
    }

    /// How many effects may run at once, of all items. What the kernel has dispatched and has no place yet does not begin
    /// while the stream is paused.
    fn places(&self) -> usize {
        if self.is_paused() { 0 } else { self.workflow.at_once.get() as usize }
    }

    /// Tells the kernel of an item what has happened to it, and notes what follows. True if anything does.
    fn feed(&mut self, number: u64, input: Input) -> bool {
        let mut decision = mem::take(&mut self.decision);
        let Some(item) = self.item(number) else {
            self.decision = decision;
            return false;
        };
        item.run.handle(input, &mut decision);
        let state = item.run.state();
        let follows = !decision.is_empty();
        for command in decision.commands.drain(..) {
            self.obey(number, command);
        }
        self.decision = decision;
        if follows {
            self.evaluate_conditions(number);
        }
        if state.is_final() && self.stops_the_stream(state) {
            self.decisive = Some(self.decisive.map_or(number, |earlier| earlier.min(number)));
        }
        follows
    }

    /// An item that stops ends in a way that its strategy does not tolerate.
    pub(super) fn stops_the_stream(&self, state: RunState) -> bool {
        match state {
            RunState::Failed => true,
            RunState::TimedOut => self.workflow.plan.policy().strategy != Strategy::ContinueOnError,
            _ => false,
        }
    }

    fn obey(&mut self, number: u64, command: Command) {
        match command {
            Command::Dispatch { step, attempt } => {
                let of = Attempt { item: number, step, attempt };
                match self.workflow.step(step).kind {
                    StepKind::Effect => self.ready.push(Reverse(of)),
                    StepKind::Entry | StepKind::Gate | StepKind::Compute | StepKind::Reducer => {
                        self.inline.push_back(of);
                    }
                }
            }
            Command::RetryAfter { step, attempt, after, .. } => {
                self.alarms.retry_after(self.now, after, Attempt { item: number, step, attempt });
            }
            Command::SignalCancel => self.tell_attempts_to_stop(number),
            // A contract whose stream is undone or waits for events is faulty, and whether an item is over is asked of its run.
            Command::Compensate { .. } | Command::Await { .. } | Command::Finish => {}
        }
    }

    fn tell_attempts_to_stop(&mut self, number: u64) {
        let grace = self.workflow.grace().unwrap_or(self.engine.settings.grace);
        self.alarms.grace(self.now, grace, number);
        if let Some(signal) = self.item(number).and_then(|item| item.signal.as_ref()) {
            signal.send();
        }
        let mut not_begun = self.calls.take_back(number);
        self.ready.retain(|Reverse(of)| {
            let is_its = of.item == number;
            if is_its {
                not_begun.push(*of);
            }
            !is_its
        });
        for Attempt { step, attempt, .. } in not_begun {
            self.feed(number, Input::Held { step, attempt });
        }
    }

    /// Tells the kernel of each condition that it asks for whether it holds.
    fn evaluate_conditions(&mut self, number: u64) {
        while let Some((step, decided)) = self.condition(number) {
            let input = match decided {
                Ok(holds) => Input::Evaluated { step, holds },
                Err(panicked) => {
                    let message = format!("its condition panicked: {}", panicked.message);
                    if let Some(item) = self.item(number) {
                        item.messages.note(step.0, false, message.into());
                    }
                    Input::Undecidable { step, failure: Failure::PANICKED }
                }
            };
            self.feed(number, input);
        }
    }

    fn condition(&mut self, number: u64) -> Option<(StepId, Result<bool, Panicked>)> {
        let workflow = Arc::clone(&self.workflow);
        let item = self.item(number)?;
        let step = item.run.undecided()?;
        let def = workflow.step(step);
        tell_of_each(&workflow, item, &def.decided_by);
        let ended = |step| how_it_ended(item.run.step(StepId(step)));
        let known = Known::new(&item.outputs, &ended);
        Some((step, contained(|| def.condition.is_none_or(|condition| condition(&known)))))
    }

    /// Runs what can be run at once, and begins what has a place.
    fn work(&mut self) {
        loop {
            while let Some(of) = self.inline.pop_front() {
                self.compute(of);
            }
            if let Some(Reverse(of)) = self.folds.peek().copied()
                && of.item <= self.first
            {
                self.folds.pop();
                self.compute(of);
                continue;
            }
            if self.calls.running() >= self.places() {
                return;
            }
            let Some(Reverse(of)) = self.ready.pop() else { return };
            self.begin(of);
        }
    }

    /// Runs a step that returns at once.
    fn compute(&mut self, of: Attempt) {
        let Attempt { step, attempt, .. } = of;
        let workflow = Arc::clone(&self.workflow);
        let def = workflow.step(step);
        if def.fold.is_some() && of.item > self.first {
            return self.folds.push(Reverse(of));
        }
        let (Some(run), Some(ctx)) = (def.run, self.ctx(of)) else { return };
        let engine = Arc::clone(&self.engine);
        let before = self.folded.get(def.id).cloned();
        let Some(item) = self.item(of.item) else { return };
        if item.run.state() == RunState::Stopping {
            let (failure, jitter) = (Failure::ABANDONED, Jitter(0));
            self.feed(of.item, Input::Failed { step, attempt, failure, jitter });
            return;
        }
        let began = Instant::now();
        let call = || match def.fold {
            Some(fold) => StepCall::Done((fold.one)(before.as_ref(), &item.outputs, ctx)),
            None => run(&item.outputs, ctx, &engine.container),
        };
        let returned = match contained(call) {
            Ok(StepCall::Done(result)) => Ok(result),
            Ok(StepCall::Running(future)) => {
                return self.calls.begin(of, def.timeout, CatchPanic::new(future), None);
            }
            Err(panicked) => Err(panicked),
        };
        self.now = Instant::now();
        // Semantics 12: a synchronous step cannot be stopped; its timeout is recorded when it returns.
        let outcome = if self.now.duration_since(began) > def.timeout {
            Err(timed_out(def.timeout))
        } else {
            ended(def.kind, returned)
        };
        if let (true, Ok(folded)) = (def.fold.is_some(), &outcome) {
            Arc::make_mut(&mut self.folded).insert(def.id, folded.clone());
        }
        self.answer(Over { of, outcome });
    }

    /// Begins an effect, or lets it wait for what it acts on.
    fn begin(&mut self, of: Attempt) {
        let workflow = Arc::clone(&self.workflow);
        let def = workflow.step(of.step);
        let (Some(run), Some(ctx)) = (def.run, self.ctx(of)) else { return };
        let engine = Arc::clone(&self.engine);
        let Some(item) = self.item(of.item) else { return };
        let work = match contained(|| run(&item.outputs, ctx, &engine.container)) {
            Ok(StepCall::Running(future)) => CatchPanic::new(future),
            Ok(StepCall::Done(result)) => {
                return self.over.push(Over { of, outcome: ended(def.kind, Ok(result)) });
            }
            Err(panicked) => return self.over.push(Over { of, outcome: ended(def.kind, Err(panicked)) }),
        };
        match &def.circuit {
            None => self.calls.begin(of, def.timeout, work, None),
            Some(circuit) => match circuit.try_enter(self.now) {
                Some(permit) => self.calls.begin(of, def.timeout, work, Some(permit)),
                None => self.calls.wait(of, def.timeout, work, circuit.enter()),
            },
        }
    }

    fn ctx(&mut self, of: Attempt) -> Option<Ctx> {
        let workflow = Arc::clone(&self.workflow);
        let (run, def) = (self.run, workflow.step(of.step));
        if of.attempt == 1 {
            self.engine.meters.action(workflow.row.steps[of.step.index()].kind);
        }
        self.engine.tally.attempts.add(1);
        self.engine.tally.retries.add(u64::from(of.attempt > 1));
        let item = self.item(of.item)?;
        tell_of_each(&workflow, item, &def.told);
        // What is synchronous could not listen.
        let cancellation = if def.kind == StepKind::Effect {
            item.signal.get_or_insert_default().cancellation()
        } else {
            Cancellation::never()
        };
        Some(Ctx {
            envelope_id: run.0,
            correlation_id: run.0,
            step: Some(StepCtx {
                run,
                step: def.id,
                item: Some(item.position),
                compensating: false,
                generation: 0,
            }),
            attempt: of.attempt,
            traceparent: None,
            cancellation,
        })
    }

    /// Tells the kernel of an attempt's end, and keeps what it returned.
    fn answer(&mut self, Over { of: Attempt { item: number, step, attempt }, outcome }: Over) {
        // What is folded goes from item to item, and is kept once in a while.
        let is_folded = self.workflow.step(step).fold.is_some();
        let take = |output| if is_folded { Ok(output) } else { self.engine.settings.take_output(output) };
        match outcome.and_then(take) {
            Ok(output) => {
                let Some(item) = self.item(number) else { return };
                let is_its = item.run.step(step).state == StepState::Scheduled
                    && item.run.step(step).attempt == attempt;
                if is_its {
                    // Before the kernel knows: conditions that look at it are evaluated with its answer.
                    item.outputs.set(step.0, output);
                    self.feed(number, Input::Completed { step, attempt });
                }
            }
            Err(failed) => {
                let (failure, jitter) = (failed.failure, Jitter(fastrand::u16(..)));
                if let (Some(item), Some(message)) = (self.item(number), failed.message) {
                    item.messages.note(step.0, false, message);
                }
                self.feed(number, Input::Failed { step, attempt, failure, jitter });
            }
        }
    }

    fn end_what_took_too_long(&mut self) {
        for index in 0..self.items.len() {
            let Some(deadline) = self.items[index].deadline else { continue };
            if deadline > self.now {
                return;
            }
            self.items[index].deadline = None;
            self.feed(self.first + index as u64, Input::RunTimedOut);
        }
    }

    fn retry(&mut self) {
        while let Some(retry) = self.alarms.due_retry(self.now) {
            let failed = retry.failed;
            if !retry.has_turn
                && let Some(turn) = self.engine.retry_turns.take(self.now)
            {
                self.engine.tally.retries_held.add(1);
                self.alarms.retry_at(turn, failed);
                continue;
            }
            self.feed(failed.item, Input::RetryDue { step: failed.step, attempt: failed.attempt });
        }
    }

    /// The events that an item's steps have returned, as they are published.
    pub(super) fn published(&self, item: &Item) -> impl Iterator<Item = Arc<Envelope>> {
        self.workflow.steps.iter().enumerate().filter_map(|(index, def)| {
            let destination = def.publishes.as_ref()?;
            let output = item.outputs.get(u32::try_from(index).ok()?)?;
            let action = item_action_id(self.run, def.id, item.position, false, 0);
            Some(Arc::new(Envelope {
                envelope_id: emitted_id(action, self.workflow.node, def.id, &destination.wire_type, 0),
                correlation_id: self.run.0,
                causation_id: Some(action),
                traceparent: None,
                topic: destination.topic.clone(),
                wire_type: Arc::clone(&destination.wire_type),
                payload: output.clone(),
            }))
        })
    }
}

/// Tells what takes an item's outputs how these steps ended.
fn tell_of_each<C>(workflow: &Workflow<C>, item: &Item, rows: &[u32]) {
    for row in rows {
        let step = StepId(*row);
        if item.run.plan().contains(step)
            && let Some(ended) =
                without_output(step, &item.run, &item.messages, |step| workflow.step(step).id)
        {
            item.outputs.end(*row, ended);
        }
    }
}
