//! Spans of `tracing`: `run`, in it `step`, in it `attempt`, and `route` for the handlers of routes. What a handler logs is in
//! the span of its attempt. In a stream, an attempt is in its run, with its step and its item. There are ids in them and names from contracts, and nothing of a user.
//!
//! Without the feature `tracing` it is all nothing, and costs nothing.

#[cfg(not(feature = "tracing"))]
pub(crate) use self::nothing::{AttemptSpan, RunSpans, StreamSpan, route};
#[cfg(feature = "tracing")]
pub(crate) use self::traced::{AttemptSpan, RunSpans, StreamSpan, route};

#[cfg(feature = "tracing")]
mod traced {
    use tracing::field::{Empty, display};
    use tracing::{Span, info_span};
    use uuid::Uuid;

    use crate::engine::report::RunReport;
    use crate::journal::RunStart;
    use crate::message::{Envelope, RunId};
    use crate::node::Ctx;
    use crate::run::StepState;

    /// The span of a run, and those of its steps that have begun and not ended: few at a time, so a list.
    pub(crate) struct RunSpans {
        run: Span,
        steps: Vec<(u32, Span)>,
    }

    /// The span of the run that a stream is. A step has none: its items pass through it side by side.
    pub(crate) struct StreamSpan(Span);

    /// The span of an attempt.
    pub(crate) struct AttemptSpan(Span);

    impl RunSpans {
        pub(crate) fn new(start: &RunStart, node: &'static str, workflow: &'static str) -> Self {
            let run = info_span!(
                "run",
                run = %start.run,
                node,
                workflow,
                correlation_id = %start.correlation_id,
                envelope_id = %start.envelope_id,
                traceparent = Empty,
                status = Empty,
            );
            if let Some(trace) = start.traceparent() {
                run.record("traceparent", display(trace));
            }
            RunSpans { run, steps: Vec::new() }
        }

        pub(crate) fn attempt(
            &mut self,
            (index, step): (u32, &'static str),
            ctx: &Ctx,
            compensating: bool,
        ) -> AttemptSpan {
            let known = self.steps.iter().find(|(of, _)| *of == index).map(|(_, span)| span.clone());
            let of_step = known.unwrap_or_else(|| {
                let span = info_span!(parent: &self.run, "step", step, state = Empty);
                if !span.is_disabled() {
                    self.steps.push((index, span.clone()));
                }
                span
            });
            let span = info_span!(parent: &of_step, "attempt", attempt = ctx.attempt, action_id = Empty, compensating);
            // Where nobody listens, the id is not made.
            if !span.is_disabled() {
                span.record("action_id", display(ctx.idempotency_key()));
            }
            AttemptSpan(span)
        }

        /// The step will not be tried again.
        pub(crate) fn step_ended(&mut self, index: u32, state: StepState) {
            if let Some(position) = self.steps.iter().position(|(of, _)| *of == index) {
                let (_, span) = self.steps.swap_remove(position);
                span.record("state", tracing::field::debug(state));
            }
        }

        pub(crate) fn run_ended(&mut self, report: &RunReport) {
            self.steps.clear();
            self.run.record("status", report.execution_status());
        }
    }

    impl StreamSpan {
        pub(crate) fn new(run: RunId, node: &'static str, workflow: &'static str) -> Self {
            StreamSpan(info_span!("run", run = %run, node, workflow, status = Empty))
        }

        pub(crate) fn attempt(&self, ctx: &Ctx) -> AttemptSpan {
            let (step, item) = (ctx.step.map(|of| of.step), ctx.step.and_then(|of| of.item));
            let span = info_span!(
                parent: &self.0,
                "attempt",
                step,
                item,
                attempt = ctx.attempt,
                action_id = Empty,
                compensating = false,
            );
            // Where nobody listens, the id is not made.
            if !span.is_disabled() {
                span.record("action_id", display(ctx.idempotency_key()));
            }
            AttemptSpan(span)
        }

        pub(crate) fn run_ended(&self, report: &RunReport) {
            self.0.record("status", report.execution_status());
        }
    }

    impl AttemptSpan {
        /// Does what belongs to the attempt.
        pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
            self.0.in_scope(work)
        }
    }

    /// The call of a route's handler.
    pub(crate) fn route(
        node: &'static str,
        handler: &'static str,
        envelope: &Envelope,
        attempt: u32,
    ) -> AttemptSpan {
        let envelope_id: Uuid = envelope.envelope_id;
        let span = info_span!(
            "route",
            node,
            handler,
            attempt,
            envelope_id = %envelope_id,
            correlation_id = %envelope.correlation_id,
            traceparent = Empty,
        );
        if let Some(trace) = envelope.traceparent {
            span.record("traceparent", display(trace));
        }
        AttemptSpan(span)
    }
}

#[cfg(not(feature = "tracing"))]
mod nothing {
    use crate::engine::report::RunReport;
    use crate::journal::RunStart;
    use crate::message::{Envelope, RunId};
    use crate::node::Ctx;
    use crate::run::StepState;

    pub(crate) struct RunSpans;
    pub(crate) struct StreamSpan;
    pub(crate) struct AttemptSpan;

    impl RunSpans {
        pub(crate) fn new(_: &RunStart, _: &'static str, _: &'static str) -> Self {
            RunSpans
        }

        pub(crate) fn attempt(&mut self, _: (u32, &'static str), _: &Ctx, _: bool) -> AttemptSpan {
            AttemptSpan
        }

        pub(crate) fn step_ended(&mut self, _: u32, _: StepState) {}

        pub(crate) fn run_ended(&mut self, _: &RunReport) {}
    }

    impl StreamSpan {
        pub(crate) fn new(_: RunId, _: &'static str, _: &'static str) -> Self {
            StreamSpan
        }

        pub(crate) fn attempt(&self, _: &Ctx) -> AttemptSpan {
            AttemptSpan
        }

        pub(crate) fn run_ended(&self, _: &RunReport) {}
    }

    impl AttemptSpan {
        pub(crate) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
            work()
        }
    }

    pub(crate) fn route(_: &'static str, _: &'static str, _: &Envelope, _: u32) -> AttemptSpan {
        AttemptSpan
    }
}
