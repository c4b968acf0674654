//! A step that is done once for each entry of a list: its instances, and how it ends when they have.
//!
//! How many there are is known when the step's turn comes. From then on each instance is a step like any other, with a
//! number behind those of the plan's steps, and attempts, retries, an end and a compensation of its own.

use super::exchange::Decision;
use super::fact::{Fact, Failure};
use super::fans::{Fan, Fans};
use super::plan::{StepId, StepKind, StepSpec};
use super::policy::Mode;
use super::record::StepRecord;
use super::state::Run;
use super::status::{CompensationState, StepState, StepStatus};

impl Run {
    /// A step whose turn has come and that is done once for each entry of a list: how many entries there are is to be
    /// said with [`Input::Counted`](super::Input::Counted). Nothing else is dispatched before that.
    #[must_use]
    #[inline]
    pub fn uncounted(&self) -> Option<StepId> {
        // It is asked several times for each step.
        let step = if self.plan.lists() > 0 { self.next_to_begin()? } else { return None };
        (self.instance_of(step).is_none() && self.plan.step(step).each.is_some()).then_some(step)
    }

    /// The step that `step` is an instance of, and which one it is, from 0. None for a step of the plan.
    #[must_use]
    #[inline]
    pub fn instance_of(&self, step: StepId) -> Option<(StepId, u32)> {
        let fan = self.fans.get(self.fan_of(step)?);
        Some((fan.step(), fan.entry(step)))
    }

    #[inline]
    pub(super) fn is_instance(&self, step: StepId) -> bool {
        self.fan_of(step).is_some()
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

    /// True when there are none: its plan has no step.
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
        let latest = self.fans.get(self.steps.get(step.index())?.latest_fan?);
        (!latest.is_over()).then_some(latest)
    }

    /// Whether the step whose list was counted as the `nth` of the run, from 0, is done again since.
    #[must_use]
    pub fn is_list_over(&self, nth: usize) -> bool {
        self.fans.iter().nth(nth).is_some_and(Fan::is_over)
    }

    /// The instances that there were of a step whose end stands, and the numbers of those that are done again.
    pub(super) fn keep_fans(&mut self, before: &Run, again: &[bool]) {
        self.fans = Fans::new(before.fans.len() + self.plan.lists());
        for fan in before.fans.iter() {
            let step = fan.step();
            let is_over = fan.is_over() || again[step.index()];
            let records = before.steps[fan.instances()].iter();
            self.steps.extend(records.map(|record| StepRecord {
                fan: record.fan,
                ..if is_over { StepRecord::superseded(record) } else { record.clone() }
            }));
            let number = self.fans.keep(fan.kept(is_over));
            self.steps[step.index()].latest_fan = Some(number);
            let failed =
                |status: StepStatus| status.failure.is_some() && status.state != StepState::Completed;
            if !is_over && self.instances(step).any(|(_, status)| failed(status)) {
                self.note_error(step);
            }
        }
    }

    /// Whether anything that was done for an entry of the step's list was undone, or was to be.
    pub(super) fn has_undone_instances(&self, step: StepId) -> bool {
        self.instances(step).any(|(_, status)| status.compensation != CompensationState::None)
    }

    /// The list that `step` is an instance of. Most runs have none, and need not look at the step.
    #[inline]
    fn fan_of(&self, step: StepId) -> Option<u32> {
        if self.fans.is_empty() {
            return None;
        }
        self.steps.get(step.index())?.fan
    }

    /// Of the plan's steps and of instances.
    pub(super) fn all(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len() as u32).map(StepId)
    }

    pub(super) fn fan_out(&mut self, step: StepId, items: u32) {
        self.ready.remove(self.plan.turns().place(step));
        self.steps[step.index()].status.state = StepState::FannedOut;
        let first = self.steps.len() as u32;
        let most = self.plan.step(step).each.map_or(0, std::num::NonZero::get);
        let fan = self.fans.open(Fan::new(step, first, items, most));
        let before = self.steps[step.index()].latest_fan.replace(fan);
        let before = before.map_or(0..0, |before| self.fans.get(before).instances());
        self.open += items as usize;
        for number in 0..items {
            // What was done for an entry before its step is done again was the same action, under the same key.
            let before = before.clone().nth(number as usize).map(|index| &self.steps[index]);
            let again = before.map_or_else(|| StepRecord::new(0), StepRecord::again);
            self.steps.push(StepRecord { fan: Some(fan), ..again });
            self.make_ready(StepId(first + number));
        }
    }

    /// It may be dispatched when its turn comes.
    pub(super) fn make_ready(&mut self, step: StepId) {
        match self.fan_of(step) {
            Some(fan) => self.fans.make_ready(fan, step),
            None => self.ready.insert(self.plan.turns().place(step)),
        }
    }

    pub(super) fn enter_flight(&mut self, step: StepId) {
        self.in_flight += 1;
        match self.fan_of(step) {
            Some(fan) => self.fans.enter_flight(fan, step),
            None => self.ready.remove(self.plan.turns().place(step)),
        }
    }

    pub(super) fn leave_flight(&mut self, step: StepId) {
        self.in_flight -= 1;
        if let Some(fan) = self.fan_of(step) {
            self.fans.leave_flight(fan);
        }
    }

    /// An instance is final.
    pub(super) fn finish_instance(&mut self, step: StepId) {
        if let Some(fan) = self.fan_of(step) {
            self.fans.finish(fan, step);
        }
    }

    /// A step that goes over a list is final.
    pub(super) fn close_fan(&mut self, step: StepId) {
        if let Some(fan) = self.record(step).latest_fan {
            self.fans.close(fan);
        }
    }

    pub(super) fn next_instance(&self) -> Option<StepId> {
        if self.has_free_slot() { self.fans.next_instance() } else { None }
    }

    pub(super) fn may_begin_instance(&self, step: StepId) -> bool {
        self.has_free_slot() && self.fan_of(step).is_some_and(|fan| self.fans.may_begin(fan, step))
    }

    /// Where steps go one by one, one that is done for each entry of a list is one of them.
    pub(super) fn holds_others_back(&self) -> bool {
        self.plan.policy().mode == Mode::Sequential && self.fans.is_any_open()
    }

    /// Ends each step whose instances all have.
    pub(super) fn close_fans(&mut self, decision: &mut Decision) {
        while let Some(step) = self.fans.first_ended().map(Fan::step)
            && let Some(end) = self.end_of_fan(step)
        {
            self.decide(end, decision);
        }
    }

    /// How a step ends whose instances all have; none before that.
    pub(super) fn end_of_fan(&self, step: StepId) -> Option<Fact> {
        let fan = self.latest_fan(step)?;
        if !fan.has_ended() || self.record(step).status.state != StepState::FannedOut {
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
