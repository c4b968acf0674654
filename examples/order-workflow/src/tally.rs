//! What became of each line: the runtime's news, joined to lines by the envelope that a line was delivered as.
//!
//! Everything that a message causes carries its id as `correlation_id`. Knows no files and no services.

use std::collections::HashMap;

use onex::engine::RunReport;
use onex::journal::{DeadLetter, DeadLetterCause};
use onex::run::{CompensationState, RunState, StepState};
use uuid::Uuid;

use crate::counts::{Counts, End};
use crate::dead_letters::SetAside;
use crate::ingest::Malformed;
use crate::lines::LineAt;
use crate::orders::events::OrderCompleted;
use crate::services::BankError;

/// What became of each line so far.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Counts,
    delivered: HashMap<Uuid, Delivered>,
    set_aside: Vec<SetAside>,
    sold: Sold,
    runs_ended: u64,
    strays: u64,
}

#[derive(Debug)]
struct Delivered {
    at: LineAt,
    ends: u32,
}

/// What completed orders come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sold {
    /// How many orders.
    pub orders: u64,
    /// What was paid, in cents.
    pub cents: u128,
    /// How many articles were sent.
    pub units: u128,
}

/// The tally of an input that is done.
#[derive(Debug)]
pub struct Finished {
    /// The numbers.
    pub counts: Counts,
    /// The lines for the dead-letter file, in their order.
    pub set_aside: Vec<SetAside>,
    /// What completed orders come to.
    pub sold: Sold,
    /// How many runs have ended.
    pub runs_ended: u64,
    /// The numbers of lines that never ended, in their order.
    pub never_ended: Vec<u64>,
    /// The numbers of lines that ended more than once, in their order.
    pub ended_twice: Vec<u64>,
    /// How much news came of messages that no line was delivered as.
    pub strays: u64,
}

impl Tally {
    /// The numbers so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A line that could not be made a message.
    pub fn malformed(&mut self, at: LineAt, malformed: &Malformed) {
        self.counts.lines += 1;
        self.counts.end(End::Malformed);
        self.set_aside.push(SetAside { at, end: End::Malformed, cause: malformed.to_string() });
    }

    /// A line that is about to be delivered as the envelope `id`.
    pub fn delivered(&mut self, id: Uuid, at: LineAt) {
        self.counts.lines += 1;
        self.delivered.insert(id, Delivered { at, ends: 0 });
    }

    /// `OrderValidated` was published.
    pub fn validated(&mut self) {
        self.counts.validated += 1;
    }

    /// `OrderRejected` was published.
    pub fn rejected(&mut self, correlation_id: Uuid) {
        self.end(correlation_id, End::Rejected);
    }

    /// `OrderCompleted` was published.
    pub fn completed(&mut self, correlation_id: Uuid, order: &OrderCompleted) {
        self.sold.orders += 1;
        self.sold.cents += u128::from(order.total_cents);
        self.sold.units += u128::from(order.units);
        self.end(correlation_id, End::Completed);
    }

    /// A run is over, or waits for a person.
    pub fn run_ended(&mut self, report: &RunReport) {
        self.runs_ended += 1;
        self.counts.retried += u64::from(report.retries());
        if let Some(charge) = report.step("charge") {
            let declined = BankError::Declined.to_string();
            self.counts.charged += u64::from(charge.state == StepState::Completed);
            // A process that ended while it was charged adds that to the bank's answer.
            let declined = charge.error.as_ref().is_some_and(|error| error.starts_with(&declined));
            self.counts.refused += u64::from(declined);
        }
        match report.state {
            // Not over: somebody has to look, and finds the line in the dead-letter file.
            RunState::Parked => self.set_aside(
                report.correlation_id,
                End::DeadLettered,
                format!("run {} is parked: what it did could not be undone", report.run),
            ),
            RunState::Failed | RunState::TimedOut | RunState::Cancelled => {
                // What undoes a step also runs when it is not known whether there is anything to undo.
                let undone = report.steps.iter().any(|step| {
                    step.state == StepState::Completed && step.compensation != CompensationState::None
                });
                self.end(report.correlation_id, if undone { End::Compensated } else { End::Failed });
            }
            // The line ends with `OrderCompleted`, which follows from the run's last step.
            RunState::Completed | RunState::CompletedWithErrors => {}
            // A run is not reported before it is over.
            RunState::Running | RunState::Paused | RunState::Stopping | RunState::Compensating => {}
        }
    }

    /// A message that nobody could handle.
    pub fn dead_letter(&mut self, letter: &DeadLetter) {
        let handler = letter.handler.as_deref().unwrap_or("nobody");
        let (end, cause) = match &letter.cause {
            // The run's report says more.
            DeadLetterCause::RunFailed { .. } => return,
            DeadLetterCause::DuplicateRun { run, key } => {
                (End::Duplicate, format!("run {run} has the order id `{key}` already"))
            }
            DeadLetterCause::Decode { message } => (End::DeadLettered, message.clone()),
            DeadLetterCause::HandlerFailed { attempts, message } => {
                (End::DeadLettered, format!("`{handler}` failed {attempts} times: {message}"))
            }
            DeadLetterCause::TransitionRefused { message, .. } => (End::DeadLettered, message.clone()),
            DeadLetterCause::HandlerPanicked { message } => {
                (End::DeadLettered, format!("`{handler}` panicked: {message}"))
            }
            DeadLetterCause::EndedProcess { message, .. } => {
                (End::DeadLettered, format!("`{handler}` did not come back: {message}"))
            }
            DeadLetterCause::NoRoute { asked } => (End::DeadLettered, format!("nobody does `{asked}`")),
            DeadLetterCause::EventRefused { because, .. } => (End::DeadLettered, because.to_string()),
            DeadLetterCause::Unroutable => {
                (End::DeadLettered, format!("nobody takes what travels on `{}`", letter.envelope.topic))
            }
        };
        self.set_aside(letter.envelope.correlation_id, end, cause);
    }

    /// Nothing more is to come.
    #[must_use]
    pub fn finish(self) -> Finished {
        let mut set_aside = self.set_aside;
        set_aside.sort_by_key(|aside| aside.at);
        let numbers = |wanted: fn(u32) -> bool| {
            let lines = self.delivered.values().filter(|line| wanted(line.ends));
            let mut numbers: Vec<u64> = lines.map(|line| line.at.number).collect();
            numbers.sort_unstable();
            numbers
        };
        Finished {
            counts: self.counts,
            set_aside,
            sold: self.sold,
            runs_ended: self.runs_ended,
            never_ended: numbers(|ends| ends == 0),
            ended_twice: numbers(|ends| ends > 1),
            strays: self.strays,
        }
    }

    fn set_aside(&mut self, correlation_id: Uuid, end: End, cause: String) {
        if let Some(at) = self.end(correlation_id, end) {
            self.set_aside.push(SetAside { at, end, cause });
        }
    }

    fn end(&mut self, correlation_id: Uuid, end: End) -> Option<LineAt> {
        let Some(line) = self.delivered.get_mut(&correlation_id) else {
            self.strays += 1;
            return None;
        };
        line.ends += 1;
        self.counts.end(end);
        Some(line.at)
    }
}

#[cfg(test)]
mod tests {
    use onex::journal::StoredEnvelope;
    use onex::message::{Envelope, Payload, Topic};

    use super::*;

    fn at(number: u64) -> LineAt {
        LineAt { number, offset: number * 10, len: 9 }
    }

    fn letter(correlation_id: Uuid, cause: DeadLetterCause) -> DeadLetter {
        let topic = Topic::new("onex.cmd.orders.place-order.v1");
        let envelope = Envelope::external(correlation_id, topic, Payload::new(1_u8));
        DeadLetter {
            envelope: StoredEnvelope::of(&envelope),
            cause,
            node: Some("node".into()),
            handler: Some("order_placed".into()),
            at_unix_ms: 0,
            parked: None,
        }
    }

    #[test]
    fn a_handler_that_panicked_sets_its_line_aside() {
        let mut tally = Tally::default();
        let id = Uuid::from_u128(1);
        tally.delivered(id, at(1));
        tally.dead_letter(&letter(id, DeadLetterCause::HandlerPanicked { message: "ouch".into() }));
        let finished = tally.finish();
        assert_eq!(finished.counts.of(End::DeadLettered), 1);
        assert_eq!(finished.set_aside[0].cause, "`order_placed` panicked: ouch");
        assert!(finished.never_ended.is_empty());
    }

    #[test]
    fn lines_are_set_aside_in_their_order() {
        let mut tally = Tally::default();
        let [first, second] = [1, 2].map(Uuid::from_u128);
        tally.delivered(first, at(1));
        tally.delivered(second, at(2));
        tally.malformed(at(3), &Malformed::Blank);
        tally.dead_letter(&letter(second, DeadLetterCause::Unroutable));
        tally.dead_letter(&letter(first, DeadLetterCause::Decode { message: "no order".into() }));
        let numbers: Vec<u64> = tally.finish().set_aside.iter().map(|aside| aside.at.number).collect();
        assert_eq!(numbers, [1, 2, 3]);
    }

    #[test]
    fn a_line_that_is_lost_and_one_that_ends_twice_are_seen() {
        let mut tally = Tally::default();
        for n in 1..=3 {
            tally.delivered(Uuid::from_u128(n), at(n as u64));
        }
        [2, 3, 3, 4].into_iter().for_each(|n| tally.rejected(Uuid::from_u128(n)));
        let finished = tally.finish();
        assert_eq!((finished.never_ended, finished.ended_twice, finished.strays), (vec![1], vec![3], 1));
    }
}
