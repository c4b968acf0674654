//! Gates: since when they are open and until when, and the events that came for them.
//!
//! A gate's time is that of the clock on the wall (semantics 20): it passes while the run is paused, and while no process
//! drives it.

use std::time::Duration;

use tokio::time::Instant;

use super::Driver;
use crate::engine::arrivals::{Arrival, Decided};
use crate::engine::clock;
use crate::journal::{DetailBody, EventRefusal, Journal, Timer, TimerKey};
use crate::run::{Input, RunState, StepId, StepState};

/// What a run knows of its gates.
#[derive(Debug, Default)]
pub(super) struct Gates {
    /// The open ones that have a time of their own, and when it is over.
    due: Vec<(StepId, Instant)>,
    /// What has not been decided about, in the order in which it came.
    pub(super) arrivals: Vec<Arrival>,
    /// What has completed a gate, to be told so when that is committed.
    taken: Option<Arrival>,
}

/// What is to become of an event.
enum Fate {
    Waits,
    Enters,
    Refused(EventRefusal),
    Void,
}

impl Gates {
    /// When the time of the first is over.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.iter().map(|(_, due)| *due).min()
    }

    fn is_over(&self, step: StepId, now: Instant) -> bool {
        self.due.iter().any(|(of, due)| *of == step && *due <= now)
    }

    pub(super) fn take_due(&mut self) -> Box<[(StepId, Instant)]> {
        std::mem::take(&mut self.due).into()
    }

    /// They wait as they did before their run was asleep. What has come meanwhile will be behind what had come before.
    pub(super) fn resume(&mut self, due: Box<[(StepId, Instant)]>, arrivals: Vec<Arrival>) {
        (self.due, self.arrivals) = (due.into(), arrivals);
    }

    /// Tells whose event was taken, now that the journal knows.
    pub(super) fn reply(&mut self) {
        if let Some(taken) = self.taken.take() {
            taken.answer(Decided::Taken);
        }
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// A gate is open from now on.
    pub(super) fn open_gate(&mut self, step: StepId) {
        if self.workflow.step(self.row(step)).sends.is_some() {
            self.send_intents(step);
        }
        let Some(time) = self.gate_time(step) else { return };
        if let Some(due) = self.now.checked_add(time) {
            let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            let due_unix_ms = clock::unix_ms().saturating_add(time_ms);
            self.ledger.set_timer(Timer { key: self.gate_timer(step), attempt: 0, due_unix_ms });
            self.gates.due.push((step, due));
        }
    }

    /// The gates that another process had opened.
    pub(super) fn wait_at_gates(&mut self, timers: &[Timer]) {
        let (now, unix_ms) = (self.now, clock::unix_ms());
        let open = self.run.steps().filter(|(_, status)| status.state == StepState::Awaiting);
        let due = open.filter_map(|(step, _)| {
            let time = self.gate_time(step)?;
            let timer = timers.iter().find(|timer| timer.key == self.gate_timer(step));
            // A wall clock that was set back does not make the time longer than it was.
            let left = timer.map_or(time, |timer| {
                Duration::from_millis(timer.due_unix_ms.saturating_sub(unix_ms)).min(time)
            });
            Some((step, now.checked_add(left)?))
        });
        self.gates.due = due.collect();
    }

    /// Tells the kernel of the gates whose time is over. Semantics 21: of a paused run, when it goes on.
    pub(super) fn take_gates_due(&mut self) {
        while self.run.state() == RunState::Running
            && let Some(&(step, _)) = self.gates.due.iter().find(|(_, due)| *due <= self.now)
        {
            self.close_gate(step);
            if let Some(seq) = self.feed(Input::GateTimedOut { step }) {
                let time_ms = self.gate_time(step).unwrap_or_default().as_millis();
                let awaited = match self.workflow.step(self.row(step)).sends {
                    Some(_) => "its intents were not executed",
                    None => "no event came",
                };
                let message: std::sync::Arc<str> = format!("{awaited} within {time_ms} ms").into();
                self.messages.note(step.0, false, std::sync::Arc::clone(&message));
                self.ledger.detail(seq, DetailBody::Error(message));
            }
        }
    }

    /// Lets events in whose gates are open, in the order in which they came, and answers those that come to nothing.
    /// One commit marks one event as handled: true if one was taken.
    pub(super) fn take_arrivals(&mut self) -> bool {
        let mut index = 0;
        while let Some(arrival) = self.gates.arrivals.get(index) {
            match self.fate(arrival) {
                Fate::Waits => index += 1,
                Fate::Enters if self.ledger.inbox.is_some() => index += 1,
                Fate::Void => drop(self.gates.arrivals.remove(index)),
                Fate::Refused(because) => {
                    self.gates.arrivals.remove(index).answer(Decided::Refused(because));
                }
                Fate::Enters => {
                    let arrival = self.gates.arrivals.remove(index);
                    if arrival.claim() {
                        self.let_in(arrival);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// An event has come whose gate is open, and waits only for the commit of another.
    pub(super) fn has_arrivals(&self) -> bool {
        self.gates.arrivals.iter().any(|arrival| matches!(self.fate(arrival), Fate::Enters))
    }

    fn let_in(&mut self, arrival: Arrival) {
        let Some(step) = self.outputs.step(arrival.step.0, 0) else { return };
        self.close_gate(step);
        if let Some(seq) = self.feed(Input::Arrived { step }) {
            self.outputs.set(step, arrival.event.clone());
            self.ledger.detail(seq, DetailBody::Output(arrival.event.clone()));
        }
        self.ledger.inbox = Some(arrival.mark.clone());
        self.ledger.delivered.extend(arrival.delivered);
        self.gates.taken = Some(arrival);
    }

    fn fate(&self, arrival: &Arrival) -> Fate {
        if arrival.is_void() {
            return Fate::Void;
        }
        // The plan that the run is on may not have it.
        let Some(step) = self.outputs.step(arrival.step.0, 0) else { return Fate::Waits };
        match self.run.step(step).state {
            StepState::Awaiting if self.gates.is_over(step, self.now) => Fate::Refused(EventRefusal::TooLate),
            StepState::Awaiting => Fate::Enters,
            StepState::Completed => Fate::Refused(EventRefusal::Decided),
            StepState::Failed => Fate::Refused(EventRefusal::TooLate),
            state if state.is_final() => Fate::Refused(EventRefusal::Closed { state }),
            _ => Fate::Waits,
        }
    }

    /// The gate has its event, or waits for none any more.
    pub(super) fn close_gate(&mut self, step: StepId) {
        if let Some(position) = self.gates.due.iter().position(|(of, _)| *of == step) {
            self.gates.due.swap_remove(position);
            self.ledger.clear_timer(self.gate_timer(step));
        }
    }

    /// The run stops.
    pub(super) fn close_gates(&mut self) {
        while let Some(&(step, _)) = self.gates.due.last() {
            self.close_gate(step);
        }
        self.sends.clear();
    }

    /// Nothing is under way but gates that have a time of their own: that of the run stands still meanwhile. What others do for
    /// the run is under way.
    pub(super) fn only_waits_at_gates(&self) -> bool {
        let is_at_rest = |(step, state): (StepId, StepState)| match state {
            StepState::Awaiting => {
                self.def(step).gate.is_some() && self.gates.due.iter().any(|(of, _)| *of == step)
            }
            StepState::Waiting => true,
            state => state.is_final(),
        };
        !self.gates.due.is_empty()
            && self.run.state() == RunState::Running
            && self.run.steps().all(|(step, status)| is_at_rest((step, status.state)))
    }

    fn gate_time(&self, step: StepId) -> Option<Duration> {
        let def = self.def(step);
        match &def.sends {
            Some(sends) => sends.timeout,
            None => def.gate.as_ref()?.timeout,
        }
    }

    fn gate_timer(&self, step: StepId) -> TimerKey {
        TimerKey { run: self.start.run, step, compensation: false }
    }
}
