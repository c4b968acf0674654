//! Steps that are workflows: what their dispatch begins.

use std::sync::Arc;
use std::time::Duration;

use super::Driver;
use super::attempt::{Dispatch, Failed, Finished, ended};
use super::slots::Work;
use crate::engine::contain::contained;
use crate::engine::spans::AttemptSpan;
use crate::engine::sub_run::{Asked, AwaitedRun, STOPPED, SubRun, id_of};
use crate::journal::Journal;
use crate::message::RunId;
use crate::node::call::Callee;
use crate::node::mount::StepCall;
use crate::node::step::Outputs;
use crate::node::{Ctx, Fault};
use crate::run::{Fact, Failure, FailureCause, FailureClass, StepId, StepKind, StepState, StopCause};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Begins the run that the step is, or goes on waiting for it.
    pub(super) fn begin_call(
        &mut self,
        dispatch: Dispatch,
        (callee, timeout): (Callee, Option<Duration>),
        outputs: Arc<Outputs>,
        ctx: Ctx,
        span: AttemptSpan,
    ) {
        let def = self.workflow.step(self.row(dispatch.step));
        let called = self.engine.registry.workflow_of((callee.node)());
        // Both were proven when the runtime was built.
        let (Some(called), Some(function)) = (called.cloned(), def.run) else {
            let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
            let message = format!("the node `{}` is not mounted", callee.table.name);
            let outcome = Err(Failed { failure, message: Some(message.into()) });
            return self.finished.push(Finished { dispatch, outcome });
        };
        let asking = ctx.clone();
        let input: Asked<C> = Box::new(move |container| {
            let returned = contained(|| match function(&outputs, asking, container) {
                StepCall::Done(input) => input,
                StepCall::Running(_) => Err(Fault::permanent("what a run starts with is made at once")),
            });
            ended(StepKind::Compute, returned)
        });
        let awaited = AwaitedRun::default();
        let going = Box::pin(
            SubRun {
                engine: Arc::clone(&self.engine),
                last: StepId(callee.last),
                run: self.sub_run(dispatch.step),
                parent: self.start.run,
                awaited: Arc::clone(&awaited),
                correlation_id: ctx.correlation_id,
                traceparent: ctx.traceparent,
                cancellation: ctx.cancellation,
                read: def.read,
                timeout,
                grace: self.engine.registry.time_to_end(&called, self.engine.settings.grace),
                workflow: called,
            }
            .go(input),
        );
        let work = Work::Call(going, awaited);
        self.slots.push(dispatch, def.kind, Duration::MAX, span, work);
    }

    /// The run that the latest dispatch of a step began, or is to begin.
    fn sub_run(&self, step: StepId) -> RunId {
        id_of(self.start.run, self.def(step).id, &self.run, step)
    }

    /// Waits again for the runs that were begun before this driver: they are under way, and hear what the run is told.
    ///
    /// Expects that [`Input::Restarted`](crate::run::Input::Restarted) was fed last.
    pub(super) fn wait_for_calls_again(&mut self) {
        let begins = |step| Fact::StepScheduled { step, attempt: self.run.step(step).attempt };
        let goes_on = |dispatch: &Dispatch| {
            !dispatch.compensating
                && self.def(dispatch.step).calls.is_some()
                && !self.decision.facts.contains(&begins(dispatch.step))
        };
        let (calls, effects) = self.effects.iter().partition(|dispatch| goes_on(dispatch));
        self.effects = effects;
        let calls: Vec<Dispatch> = calls;
        calls.into_iter().for_each(|dispatch| self.begin_attempt(dispatch));
    }

    /// Tells the runs to stop that are steps in flight, of a run that was told to.
    pub(super) fn stop_sub_runs(&self) {
        let mut causes = self.run.stop_cause().into_iter().chain(self.run.later_causes());
        if causes.any(|cause| cause == StopCause::Killed) {
            return self.kill_sub_runs(&STOPPED.into());
        }
        for run in self.sub_runs() {
            self.engine.live.cancel(run, STOPPED.into());
        }
    }

    /// In a shutdown: nothing is in flight but steps that wait for runs of which nothing is under way here.
    pub(super) fn waits_for_calls_at_rest(&self) -> bool {
        let rests = |run| !self.engine.live.is_driven(run);
        self.engine.closing.get().is_some() && self.slots.are_calls_of(rests)
    }

    /// In a shutdown: whoever waits for this run may rest now, or has to go on.
    pub(super) fn nudge_parents(&self) {
        if self.engine.closing.get().is_some() {
            let parents = self.engine.sub_runs.parents(self.start.run);
            parents.into_iter().for_each(|parent| self.engine.live.nudge(parent));
        }
    }

    /// Tells them not to undo what they did, either.
    pub(super) fn kill_sub_runs(&self, reason: &Arc<str>) {
        for run in self.sub_runs() {
            self.engine.live.kill(run, Arc::clone(reason));
        }
    }

    fn sub_runs(&self) -> impl Iterator<Item = RunId> {
        let in_flight = self.run.steps().filter(|(_, status)| status.state == StepState::Scheduled);
        in_flight.filter(|(step, _)| self.def(*step).calls.is_some()).map(|(step, _)| self.sub_run(step))
    }
}
