//! When nothing of a run is under way but waiting: how long it stays in memory, how it leaves, and how it comes back.
//!
//! All that a sleeping run needs is in its journal, but for the clocks of this process: those are kept.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Driver;
use super::alarms::{Alarms, Retry};
use super::take_over::replayed;
use crate::engine::admission::Admitted;
use crate::engine::asleep::Asleep;
use crate::engine::control::Control;
use crate::engine::core::Engine;
use crate::engine::held::HeldCause;
use crate::engine::live::LiveGuard;
use crate::engine::workflow::Workflow;
use crate::journal::{Journal, RunRecord, RunStart, Timer};
use crate::run::{Decision, Input, RunState, StepId, StepState};

/// What a driver knows of time and its journal does not, as of the moment at which it leaves.
#[derive(Debug)]
pub(crate) struct Clocks {
    left: Instant,
    /// How long the run had been there, and how long it had been driven.
    before: Duration,
    active_before: Duration,
    is_paused: bool,
    /// No active time passes while it is asleep.
    stands_still: bool,
    retries: Box<[Retry]>,
    gates: Box<[(StepId, Instant)]>,
}

impl Clocks {
    /// Somebody has stopped them.
    pub(crate) fn are_paused(&self) -> bool {
        self.is_paused
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Clocks {
            left: Instant::now(),
            before: Duration::ZERO,
            active_before: Duration::ZERO,
            is_paused: false,
            stands_still: false,
            retries: Box::default(),
            gates: Box::default(),
        }
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Waits until something has happened. True: nothing has, and the run may leave memory.
    pub(super) async fn rest(&mut self) -> bool {
        let only_waits = self.only_waits();
        self.leaves = if only_waits { self.leaves_at() } else { None };
        if only_waits {
            self.control.note_resting(true);
        }
        if self.only_waits_at_gates() {
            self.freeze_the_clock();
        }
        let is_due = self.leaves.is_some_and(|leaves| leaves <= self.now);
        self.attend(!is_due).await;
        let nothing_happened = self.orders.is_empty() && self.next_due().is_none_or(|due| due > self.now);
        let leaves = self.leaves.take().is_some_and(|leaves| leaves <= self.now) && nothing_happened;
        if !leaves {
            self.rises();
        }
        leaves
    }

    /// It does not rest any more.
    fn rises(&mut self) {
        self.control.note_resting(false);
        if self.run.state() == RunState::Running {
            self.start_the_clock();
        }
    }

    /// Nothing is under way but gates, delays of retries, a pause, or in a shutdown runs that are steps and rest, and nothing of
    /// that is ahead of the journal.
    fn only_waits(&self) -> bool {
        let rests = |step: StepId, state: StepState| match state {
            // Whoever executes its intents tells the driver.
            StepState::Awaiting => self.def(step).sends.is_none(),
            StepState::Waiting | StepState::RetryWaiting | StepState::RetryDue | StepState::FannedOut => true,
            StepState::Scheduled => self.slots.len() > 0,
            StepState::Held => false,
            state => state.is_final(),
        };
        (self.slots.len() == 0 || self.waits_for_calls_at_rest())
            && matches!(self.run.state(), RunState::Running | RunState::Paused)
            && self.run.is_started()
            && self.live.is_some()
            && self.ledger.is_empty()
            && self.circuits.is_idle()
            && self.effects.is_empty()
            && self.inline.is_empty()
            && self.void.is_empty()
            && self.finished.is_empty()
            && !self.workflow.is_batch()
            && self.run.all_steps().all(|(step, status)| rests(step, status.state))
    }

    /// When a run that is at rest leaves memory; `None`: it does not.
    fn leaves_at(&self) -> Option<Instant> {
        if let Some(until) = self.engine.closing.get() {
            // What comes due while a shutdown waits is waited for.
            let comes_due = |due: Instant| until.is_none_or(|until| due <= until);
            return (!self.next_due().is_some_and(comes_due)).then_some(self.now);
        }
        if self.stays {
            return None;
        }
        // Others wait for its place, and it does nothing with it.
        let stays_for =
            if self.engine.waiting_runs() > 0 { Duration::ZERO } else { self.engine.settings.dormant_after };
        self.now.checked_add(stays_for)
    }

    /// When it has to go on by itself.
    pub(super) fn next_due(&self) -> Option<Instant> {
        // Of a paused run, a gate that is due acts when it goes on.
        let gate = self.gates.next().filter(|_| self.run.state() == RunState::Running);
        self.alarms.next().into_iter().chain(gate).min()
    }

    /// Leaves memory, unless it has been told something. Expects a run that is at rest.
    pub(super) fn fall_asleep(mut self: Box<Self>) -> Result<(), Box<Self>> {
        if self.only_waits_at_gates() {
            self.freeze_the_clock();
        }
        let (engine, control) = (Arc::clone(&self.engine), Arc::clone(&self.control));
        let first = engine.live.put_to_sleep(self.start.run, &control, || self.asleep());
        match first {
            None => {
                self.rises();
                Err(self)
            }
            Some(first) => {
                self.count_attempts();
                engine.journal.rests(self.start.run);
                self.nudge_parents();
                if first {
                    engine.look_after_sleepers();
                }
                Ok(())
            }
        }
    }

    /// Expects a run that is at rest.
    fn asleep(&mut self) -> Option<(LiveGuard, Asleep)> {
        let live = self.live.take()?;
        let due = self.next_due();
        let Driver { engine, gates, audience, .. } = self;
        let asleep = Asleep {
            row: self.workflow.row,
            is_sub_run: self.start.parent().is_some(),
            due,
            clocks: Clocks {
                is_paused: self.run.state() == RunState::Paused,
                left: self.now,
                before: self.before + self.now.duration_since(self.started),
                active_before: self.active_before + self.alarms.active(self.started, self.now),
                stands_still: self.alarms.is_frozen(),
                retries: mem::take(&mut self.alarms).left_at(self.now),
                gates: gates.take_due(),
            },
            arrivals: Some(mem::take(&mut gates.arrivals)).filter(|kept| !kept.is_empty()).map(Box::new),
            shown: audience.take_shown(),
            active: mem::replace(&mut self.active, engine.meters.run_begins()),
            in_flight: mem::replace(&mut self.in_flight, engine.in_flight.enter()).fall_asleep(),
        };
        Some((live, asleep))
    }

    /// A run that was asleep in this process, as its record and its clocks say.
    pub(crate) fn wake(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        record: &RunRecord,
        live: LiveGuard,
        (control, permit, asleep): (Arc<Control>, Admitted, Asleep),
    ) -> Result<Box<Self>, (LiveGuard, HeldCause)> {
        let Asleep { clocks, arrivals, shown, active, in_flight, .. } = asleep;
        let run = match replayed(&workflow, record) {
            Ok(run) => run,
            Err(cause) => return Err((live, cause)),
        };
        let start = RunStart::clone(&record.start);
        let restored = Self::restored(
            engine,
            workflow,
            (record, start),
            run,
            None,
            control,
            Some(permit),
            in_flight.wake(),
        );
        let mut driver = match restored {
            Ok(driver) => driver,
            Err(cause) => return Err((live, cause)),
        };
        driver.live = Some(live);
        (driver.started, driver.before, driver.active_before) =
            (clocks.left, clocks.before, clocks.active_before);
        let left = driver.run.plan().policy().timeout.saturating_sub(clocks.active_before);
        let (run, still) = (clocks.left.checked_add(left), clocks.stands_still.then_some(clocks.left));
        driver.alarms = Alarms::resumed(run, clocks.retries, still);
        driver.gates.resume(clocks.gates, arrivals.map_or_else(Vec::new, |kept| *kept));
        driver.audience.resume(shown);
        driver.active = active;
        driver.rises();
        if driver.run.in_flight() > 0 {
            driver.feed(Input::Restarted { crash_limit: driver.engine.settings.crash_limit });
            driver.wait_for_calls_again();
        }
        Ok(driver)
    }

    /// Of a run that another process had left at rest: it is asleep from the beginning.
    pub(crate) fn sleeps_on(mut self: Box<Self>, timers: &[Timer]) -> Result<(), Box<Self>> {
        self.set_clocks(timers);
        if self.only_waits() && !self.has_more_to_do() { self.fall_asleep() } else { Err(self) }
    }

    /// The other process may have ended before it did all that follows from what it had committed.
    fn has_more_to_do(&self) -> bool {
        let (mut run, mut decision) = (self.run.clone(), Decision::default());
        run.handle(Input::Restarted { crash_limit: self.engine.settings.crash_limit }, &mut decision);
        !decision.is_empty() || run.undecided().is_some() || run.uncounted().is_some()
    }

    /// The place among those that are driven.
    pub(crate) fn admitted(&mut self, permit: Admitted) {
        self.permit = Some(permit);
    }
}
