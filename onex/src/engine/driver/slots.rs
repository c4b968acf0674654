//! The asynchronous attempts of one run, all polled by its driver: no task per step.

use std::future::Future;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::attempt::{Dispatch, Failed, Finished, each, ended, timed_out};
use crate::engine::contain::{CatchPanic, Panicked};
use crate::engine::spans::AttemptSpan;
use crate::engine::sub_run::AwaitedRun;
use crate::message::{Payload, RunId};
use crate::node::Fault;
use crate::node::step::GroupOf;
use crate::run::StepKind;

/// Attempts in flight: at most `max_parallel_steps`, so a list.
#[derive(Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    /// Some attempt has not been polled yet, so it has not begun.
    fresh: bool,
}

/// One attempt.
pub(super) struct Slot {
    pub(super) dispatch: Dispatch,
    pub(super) kind: StepKind,
    pub(super) timeout: Duration,
    /// Set when the attempt turns out to be pending: one that is done at once needs no timer.
    deadline: Option<Instant>,
    span: AttemptSpan,
    work: Work,
}

pub(super) enum Work {
    Step(CatchPanic<Result<Payload, Fault>>),
    Compensation(CatchPanic<Result<(), Fault>>),
    /// A run that is a step: it keeps to its own time.
    Call(Pin<Box<dyn Future<Output = Result<Payload, Failed>> + Send>>, AwaitedRun),
    /// For many items of a batch at once; the slot is that of the first.
    Group(Vec<Dispatch>, CatchPanic<Result<GroupOf<Payload>, Fault>>),
}

impl Slots {
    #[inline]
    pub(super) fn push(
        &mut self,
        dispatch: Dispatch,
        kind: StepKind,
        timeout: Duration,
        span: AttemptSpan,
        work: Work,
    ) {
        self.slots.push(Slot { dispatch, kind, timeout, deadline: None, span, work });
        self.fresh = true;
    }

    /// How many calls are in flight.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Each of them is a step that waits for one of these runs, which has begun.
    pub(super) fn are_calls_of(&self, which: impl Fn(RunId) -> bool) -> bool {
        self.slots.iter().all(|slot| match &slot.work {
            Work::Call(_, awaited) => {
                awaited.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(&which)
            }
            Work::Step(_) | Work::Compensation(_) | Work::Group(..) => false,
        })
    }

    pub(super) fn has_fresh(&self) -> bool {
        self.fresh
    }

    /// Polls every attempt; those that are over move to `finished`.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, finished: &mut Vec<Finished>) {
        self.fresh = false;
        let mut now = None;
        self.slots.retain_mut(|slot| match slot.poll(cx, finished) {
            Poll::Ready(()) => false,
            Poll::Pending => {
                if slot.deadline.is_none() {
                    slot.deadline = now.get_or_insert_with(Instant::now).checked_add(slot.timeout);
                }
                true
            }
        });
    }

    /// Ends the attempts whose time is up.
    pub(super) fn expire(&mut self, now: Instant, finished: &mut Vec<Finished>) {
        self.slots.retain(|slot| {
            let expired = slot.deadline.is_some_and(|deadline| deadline <= now);
            if expired {
                let all = match &slot.work {
                    Work::Group(all, _) => &all[..],
                    Work::Step(_) | Work::Compensation(_) | Work::Call(..) => {
                        std::slice::from_ref(&slot.dispatch)
                    }
                };
                finished.extend(
                    all.iter().map(|dispatch| Finished {
                        dispatch: *dispatch,
                        outcome: Err(timed_out(slot.timeout)),
                    }),
                );
            }
            !expired
        });
    }

    /// When the first attempt's time is up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.slots.iter().filter_map(|slot| slot.deadline).min()
    }

    /// Drops every attempt where it is.
    pub(super) fn abandon(&mut self) {
        self.slots.clear();
        self.fresh = false;
    }
}

impl Slot {
    fn poll(&mut self, cx: &mut Context<'_>, finished: &mut Vec<Finished>) -> Poll<()> {
        let Slot { span, work, .. } = self;
        let returned: Result<Result<Option<Payload>, Fault>, Panicked> = match work {
            Work::Step(work) => match span.within(|| Pin::new(work).poll(cx)) {
                Poll::Ready(returned) => returned.map(|result| result.map(Some)),
                Poll::Pending => return Poll::Pending,
            },
            Work::Compensation(work) => match span.within(|| Pin::new(work).poll(cx)) {
                Poll::Ready(returned) => returned.map(|result| result.map(|()| None)),
                Poll::Pending => return Poll::Pending,
            },
            Work::Call(work, _) => match span.within(|| work.as_mut().poll(cx)) {
                Poll::Ready(outcome) => {
                    finished.push(Finished { dispatch: self.dispatch, outcome: outcome.map(Some) });
                    return Poll::Ready(());
                }
                Poll::Pending => return Poll::Pending,
            },
            Work::Group(all, work) => match span.within(|| Pin::new(work).poll(cx)) {
                Poll::Ready(returned) => {
                    finished.extend(each(self.kind, all, returned));
                    return Poll::Ready(());
                }
                Poll::Pending => return Poll::Pending,
            },
        };
        finished.push(Finished { dispatch: self.dispatch, outcome: ended(self.kind, returned) });
        Poll::Ready(())
    }
}
