//! A step that is done once for each entry of a list: its instances, and how it ends when they have.
//!
//! How many there are is known when the step's turn comes. From then on each instance is a step like any other, with a
//! number behind those of the plan's steps, and attempts, retries, an end and a compensation of its own.

use super::exchange::Decision;
use super::fact::{Fact, Failure};
use super::plan::{StepId, StepKind, StepSpec};
use super::policy::Mode;
use super::ready::ReadySet;
use super::record::StepRecord;
use super::state::Run;
use super::status::{CompensationState, StepState, StepStatus};

/// The instances of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fan {
    step: StepId,
    /// The number of the first instance; the others follow.
    first: u32,
    items: u32,
    /// How many are not final.
    open: u32,
    in_flight: u32,
    /// Those that may be dispatched, counted from the first.
    ready: ReadySet,
    /// The step is done again since, and these are its instances no more. They keep their numbers.
    is_over: bool,
}

impl Fan {
    pub(super) fn is_of(&self, step: StepId) -> bool {
        self.step == step
    }

    fn place(&self, instance: StepId) -> StepId {
        StepId(instance.0 - self.first)
    }

    fn instances(&self) -> std::ops::Range<usize> {
        self.first as usize..(self.first + self.items) as usize
    }
}

impl Run {
    /// A step whose turn has come and that is done once for each entry of a list: how many entries there are is to be
    /// said with [`Input::Counted`](super::Input::Counted). Nothing else is dispatched before that.
    #[must_use]
    #[inline]
    pub fn uncounted(&self) -> Option<StepId> {
        // It is asked several times for each step.
        let step = if self.plan.has_lists() { self.next_to_begin()? } else { return None };
        (self.instance_of(step).is_none() && self.plan.step(step).each.is_some()).then_some(step)
    }

    /// The step that `step` is an instance of, and which one it is, from 0. None for a step of the plan.
    #[must_use]
    #[inline]
    pub fn instance_of(&self, step: StepId) -> Option<(StepId, u32)> {
        let fan = self.fan_of(step)?;
        Some((fan.step, step.0 - fan.first))
    }

    #[inline]
    pub(super) fn is_instance(&self, step: StepId) -> bool {
        // Most runs have none, and need not look at the step.
        !self.fans.is_empty() && self.record(step).fan.is_some()
    }

    /// The step of the plan that `step` is, or is an instance of.
    #[must_use]
    #[inline]
    pub fn step_of(&self, step: StepId) -> StepId {
        self.instance_of(step).map_or(step, |(of, _)| of)
    }

    /// All that is known of all steps and of their instances, by their numbers.
    pub fn all_steps(&self) -> impl Iterator<Item = (StepId, StepStatus)> {
        self.steps.iter().zip(0..).map(|(record, number)| (StepId(number), record.status))
    }

    /// How many steps and instances there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// True when there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// All that is known of the instances of a step, in the order of the list; none before it is counted.
    #[inline]
    pub fn instances(&self, step: StepId) -> impl Iterator<Item = (StepId, StepStatus)> {
        let fan = self.latest_fan(step);
        let numbers = fan.map_or(0..0, Fan::instances);
        numbers.map(|index| (StepId(index as u32), self.steps[index].status))
    }

    pub(super) fn spec(&self, step: StepId) -> &StepSpec {
        self.plan.step(self.step_of(step))
    }

    #[inline]
    fn latest_fan(&self, step: StepId) -> Option<&Fan> {
        self.fans.iter().find(|fan| fan.step == step && !fan.is_over)
    }

    /// Whether the step whose list was counted as the `nth` of the run, from 0, is done again since.
    #[must_use]
    pub fn is_list_over(&self, nth: usize) -> bool {
        self.fans.get(nth).is_some_and(|fan| fan.is_over)
    }

    /// The instances that there were of a step whose end stands, and the numbers of those that are done again.
    pub(super) fn keep_fans(&mut self, before: &Run, again: &[bool]) {
        for fan in &before.fans {
            let is_over = fan.is_over || again[fan.step.index()];
            let records = before.steps[fan.instances()].iter();
            self.steps.extend(records.map(|record| StepRecord {
                fan: record.fan,
                ..if is_over { StepRecord::superseded(record) } else { record.clone() }
            }));
            self.fans.push(Fan { open: 0, in_flight: 0, ready: ReadySet::new(0), is_over, ..fan.clone() });
            let failed =
                |status: StepStatus| status.failure.is_some() && status.state != StepState::Completed;
            if !is_over && self.instances(fan.step).any(|(_, status)| failed(status)) {
                self.note_error(fan.step);
            }
        }
    }

    /// Whether anything that was done for an entry of the step's list was undone, or was to be.
    pub(super) fn has_undone_instances(&self, step: StepId) -> bool {
        self.instances(step).any(|(_, status)| status.compensation != CompensationState::None)
    }

    #[inline]
    fn fan_of(&self, step: StepId) -> Option<&Fan> {
        if self.fans.is_empty() {
            return None;
        }
        self.steps.get(step.index())?.fan.map(|fan| &self.fans[fan])
    }

    #[inline]
    fn fan_of_mut(&mut self, step: StepId) -> Option<&mut Fan> {
        if self.fans.is_empty() {
            return None;
        }
        self.steps.get(step.index())?.fan.map(|fan| &mut self.fans[fan])
    }

    /// Of the plan's steps and of instances.
    pub(super) fn all(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len() as u32).map(StepId)
    }

    pub(super) fn fan_out(&mut self, step: StepId, items: u32) {
        self.ready.remove(self.plan.turns().place(step));
        self.steps[step.index()].status.state = StepState::FannedOut;
        let first = self.steps.len() as u32;
        let before = self.fans.iter().rfind(|fan| fan.step == step).map_or(0..0, Fan::instances);
        let fan = Fan {
            step,
            first,
            items,
            open: items,
            in_flight: 0,
            ready: ReadySet::new(items as usize),
            is_over: false,
        };
        self.fans.push(fan);
        self.open += items as usize;
        for number in 0..items {
            // What was done for an entry before its step is done again was the same action, under the same key.
            let before = before.clone().nth(number as usize).map(|index| &self.steps[index]);
            let again = before.map_or_else(|| StepRecord::new(0), StepRecord::again);
            self.steps.push(StepRecord { fan: Some(self.fans.len() - 1), ..again });
            self.make_ready(StepId(first + number));
        }
    }

    /// It may be dispatched when its turn comes.
    pub(super) fn make_ready(&mut self, step: StepId) {
        match self.fan_of_mut(step) {
            Some(fan) => {
                let place = fan.place(step);
                fan.ready.insert(place);
            }
            None => self.ready.insert(self.plan.turns().place(step)),
        }
    }

    pub(super) fn enter_flight(&mut self, step: StepId) {
        self.in_flight += 1;
        match self.fan_of_mut(step) {
            Some(fan) => {
                let place = fan.place(step);
                fan.ready.remove(place);
                fan.in_flight += 1;
            }
            None => self.ready.remove(self.plan.turns().place(step)),
        }
    }

    pub(super) fn leave_flight(&mut self, step: StepId) {
        self.in_flight -= 1;
        if let Some(fan) = self.fan_of_mut(step) {
            fan.in_flight -= 1;
        }
    }

    /// An instance is final.
    pub(super) fn finish_instance(&mut self, step: StepId) {
        if let Some(fan) = self.fan_of_mut(step) {
            let place = fan.place(step);
            fan.ready.remove(place);
            fan.open -= 1;
        }
    }

    /// The instance whose turn it is: of the step that was counted first, the first.
    pub(super) fn next_instance(&self) -> Option<StepId> {
        let mut with_room = self.fans.iter().filter(|fan| self.has_room(fan));
        with_room.find_map(|fan| Some(StepId(fan.first + fan.ready.first()?.0)))
    }

    pub(super) fn may_begin_instance(&self, step: StepId) -> bool {
        self.fan_of(step).is_some_and(|fan| self.has_room(fan) && fan.ready.contains(fan.place(step)))
    }

    fn has_room(&self, fan: &Fan) -> bool {
        let most = self.plan.step(fan.step).each.map_or(0, std::num::NonZero::get);
        fan.in_flight < most && self.has_free_slot()
    }

    /// Where steps go one by one, one that is done for each entry of a list is one of them.
    pub(super) fn holds_others_back(&self) -> bool {
        self.plan.policy().mode == Mode::Sequential
            && self.fans.iter().any(|fan| self.record(fan.step).status.state == StepState::FannedOut)
    }

    /// Ends each step whose instances all have.
    pub(super) fn close_fans(&mut self, decision: &mut Decision) {
        for index in 0..self.fans.len() {
            if let Some(end) = self.end_of_fan(self.fans[index].step) {
                self.decide(end, decision);
            }
        }
    }

    /// How a step ends whose instances all have; none before that.
    pub(super) fn end_of_fan(&self, step: StepId) -> Option<Fact> {
        let fan = self.latest_fan(step)?;
        if fan.open > 0 || self.record(step).status.state != StepState::FannedOut {
            return None;
        }
        let instances = || self.steps[fan.instances()].iter().map(|record| record.status);
        let first = |state| instances().find(|status| status.state == state);
        let failed = |status: StepStatus| status.failure.unwrap_or(Failure::ABANDONED);
        let bad = first(StepState::Indeterminate).or_else(|| first(StepState::Failed));
        let completed = Fact::StepCompleted { step, attempt: 0 };
        Some(match bad {
            // What is tolerated is left out.
            Some(_) if self.goes_on() && self.tolerates(step) && first(StepState::Completed).is_some() => {
                completed
            }
            Some(status) if status.state == StepState::Indeterminate => {
                Fact::StepIndeterminate { step, failure: failed(status) }
            }
            Some(status) => Fact::StepFailed { step, failure: failed(status) },
            None if instances().all(|status| status.state == StepState::Completed) => completed,
            None => Fact::StepCancelled { step },
        })
    }

    /// A step of the plan that acts outside by itself, or an instance that does.
    pub(super) fn acts(&self, step: StepId) -> bool {
        let spec = self.spec(step);
        spec.kind == StepKind::Effect && (spec.each.is_none() || self.instance_of(step).is_some())
    }
}
