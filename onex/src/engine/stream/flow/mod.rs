//! The items of a stream that are in flight, and the kernel's decisions about each. It neither waits nor commits.

mod attempts;
mod decisions;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::Instant;

use super::super::core::Engine;
use super::super::outcome::without_output;
use super::super::spans::StreamSpan;
use super::super::workflow::Workflow;
use super::alarms::Alarms;
use super::calls::{Attempt, Calls, Over};
use super::item::Item;
use super::source::Fed;
use crate::message::{Envelope, Payload, RunId, emitted_id, item_action_id};
use crate::run::{Decision, Input, StepId};

/// What items have come to, by the steps that fold them. Cheap to clone.
pub(super) type Folded = Arc<BTreeMap<&'static str, Payload>>;

/// Items in flight, in the order of their source.
pub(super) struct Flow<C, J> {
    pub(super) engine: Arc<Engine<C, J>>,
    pub(super) workflow: Arc<Workflow<C>>,
    pub(super) run: RunId,
    pub(super) span: StreamSpan,
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
            span: StreamSpan::new(run, workflow.node, workflow.row.name),
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
