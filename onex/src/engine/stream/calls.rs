//! The attempts in flight of all items of one stream: polled where the stream is, no task for any of them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::super::circuit::{Permit, Verdict};
use super::super::contain::CatchPanic;
use super::super::driver::attempt::{Failed, ended, timed_out};
use super::super::spans::AttemptSpan;
use crate::message::Payload;
use crate::node::Fault;
use crate::run::{StepId, StepKind};

/// An attempt of a step for one item, which is named by its number in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Attempt {
    pub(super) item: u64,
    pub(super) step: StepId,
    pub(super) attempt: u32,
}

/// An attempt that is over.
#[derive(Debug)]
pub(super) struct Over {
    pub(super) of: Attempt,
    pub(super) outcome: Result<Payload, Failed>,
}

/// Attempts in flight: at most `max_parallel_steps` that run, so a list.
#[derive(Default)]
pub(super) struct Calls {
    calls: Vec<Call>,
    running: usize,
}

struct Call {
    of: Attempt,
    span: AttemptSpan,
    timeout: Duration,
    /// Set when it turns out to be pending: one that is done at once needs no timer.
    deadline: Option<Instant>,
    stage: Stage,
    work: CatchPanic<Result<Payload, Fault>>,
}

enum Stage {
    /// What it acts on is left alone for a while: it has not begun, and takes nobody's place.
    Entering(Pin<Box<dyn Future<Output = Permit> + Send>>),
    /// It may begin as soon as there is a place.
    Admitted(Permit),
    Running(Option<Permit>),
}

impl Calls {
    /// How many run.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// One that begins with the next poll.
    pub(super) fn begin(
        &mut self,
        (of, span): (Attempt, AttemptSpan),
        timeout: Duration,
        work: CatchPanic<Result<Payload, Fault>>,
        permit: Option<Permit>,
    ) {
        self.running += 1;
        self.calls.push(Call { of, span, timeout, deadline: None, stage: Stage::Running(permit), work });
    }

    /// One that begins when what it acts on is back.
    pub(super) fn wait(
        &mut self,
        (of, span): (Attempt, AttemptSpan),
        timeout: Duration,
        work: CatchPanic<Result<Payload, Fault>>,
        entering: impl Future<Output = Permit> + Send + 'static,
    ) {
        let stage = Stage::Entering(Box::pin(entering));
        self.calls.push(Call { of, span, timeout, deadline: None, stage, work });
    }

    /// Polls every attempt, of which at most `places` run; those that are over move to `over`.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, places: usize, over: &mut Vec<Over>) {
        let (mut now, running) = (None, &mut self.running);
        self.calls.retain_mut(|call| {
            if let Stage::Entering(entering) = &mut call.stage
                && let Poll::Ready(permit) = entering.as_mut().poll(cx)
            {
                call.stage = Stage::Admitted(permit);
            }
            if matches!(call.stage, Stage::Admitted(_)) && *running < places {
                let admitted = std::mem::replace(&mut call.stage, Stage::Running(None));
                if let Stage::Admitted(permit) = admitted {
                    call.stage = Stage::Running(Some(permit));
                }
                *running += 1;
            }
            let Stage::Running(permit) = &mut call.stage else { return true };
            let work = Pin::new(&mut call.work);
            let Poll::Ready(returned) = call.span.within(|| work.poll(cx)) else {
                if call.deadline.is_none() {
                    call.deadline = now.get_or_insert_with(Instant::now).checked_add(call.timeout);
                }
                return true;
            };
            let outcome = ended(StepKind::Effect, returned);
            settle(permit.take(), &outcome);
            over.push(Over { of: call.of, outcome });
            *running -= 1;
            false
        });
    }

    /// Ends the attempts whose time is up.
    pub(super) fn expire(&mut self, now: Instant, over: &mut Vec<Over>) {
        let running = &mut self.running;
        self.calls.retain_mut(|call| {
            let expired = call.deadline.is_some_and(|deadline| deadline <= now);
            if expired {
                let outcome = Err(timed_out(call.timeout));
                if let Stage::Running(permit) = &mut call.stage {
                    settle(permit.take(), &outcome);
                    *running -= 1;
                }
                over.push(Over { of: call.of, outcome });
            }
            !expired
        });
    }

    /// When the first attempt's time is up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.calls.iter().filter_map(|call| call.deadline).min()
    }

    /// Takes back the attempts for an item that have not begun.
    pub(super) fn take_back(&mut self, item: u64) -> Vec<Attempt> {
        let waits = |call: &mut Call| call.of.item == item && !matches!(call.stage, Stage::Running(_));
        self.calls.extract_if(.., waits).map(|call| call.of).collect()
    }

    /// Drops every attempt for an item where it is.
    pub(super) fn abandon(&mut self, item: u64) {
        let running = &mut self.running;
        self.calls.retain(|call| {
            let is_its = call.of.item == item;
            if is_its && matches!(call.stage, Stage::Running(_)) {
                *running -= 1;
            }
            !is_its
        });
    }
}

fn settle(permit: Option<Permit>, outcome: &Result<Payload, Failed>) {
    if let Some(permit) = permit {
        permit.settle(outcome.as_ref().err().map_or(Verdict::Success, |failed| failed.failure.into()));
    }
}
