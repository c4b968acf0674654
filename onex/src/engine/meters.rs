//! The metrics of a runtime, through the `metrics` facade: registered once, when it is built, so that counting costs no look-up.
//!
//! Without the feature `metrics` it is all nothing, and costs nothing.

#[cfg(feature = "metrics")]
pub(crate) use self::counting::{Active, Meters, WorkflowMeters};
#[cfg(not(feature = "metrics"))]
pub(crate) use self::nothing::{Active, Meters, WorkflowMeters};

#[cfg(feature = "metrics")]
mod counting {
    use metrics::{Counter, Gauge, Histogram};

    use crate::engine::action::ActionType;
    use crate::engine::output::ErrorType;
    use crate::engine::report::RunReport;
    use crate::plan::{Kind, WorkflowRow};

    const KINDS: [Kind; 4] = [Kind::Compute, Kind::Effect, Kind::Reducer, Kind::Orchestrator];
    /// How a run can stand when it is not driven any more.
    const STATUSES: [&str; 4] = ["completed", "failed", "cancelled", "paused"];

    /// What is counted for all workflows together.
    pub(crate) struct Meters {
        active: Gauge,
        actions: [Counter; 4],
    }

    /// What is counted for one workflow.
    pub(crate) struct WorkflowMeters {
        durations: [Histogram; 4],
        /// By the type of the error.
        errors: [Counter; ErrorType::ALL.len()],
    }

    /// One run that is being driven.
    pub(crate) struct Active(Gauge);

    impl Meters {
        pub(crate) fn new() -> Self {
            describe();
            Meters {
                active: metrics::gauge!("active_workflows"),
                actions: KINDS.map(
                    |kind| metrics::counter!("actions_emitted_total", "action_type" => ActionType::from(kind).as_str()),
                ),
            }
        }

        pub(crate) fn run_begins(&self) -> Active {
            self.active.increment(1.0);
            Active(self.active.clone())
        }

        pub(crate) fn action(&self, kind: Kind) {
            if let Some(index) = KINDS.iter().position(|of| *of == kind) {
                self.actions[index].increment(1);
            }
        }
    }

    impl WorkflowMeters {
        pub(crate) fn new(row: &WorkflowRow) -> Self {
            let workflow_type = row.workflow_type.as_str();
            metrics::gauge!("workflow_step_count", "workflow" => row.name).set(row.steps.len() as f64);
            WorkflowMeters {
                durations: STATUSES.map(|status| {
                    metrics::histogram!(
                        "workflow_duration_seconds",
                        "workflow_type" => workflow_type,
                        "execution_status" => status,
                    )
                }),
                errors: ErrorType::ALL.map(|error_type| {
                    metrics::counter!(
                        "workflow_errors_total",
                        "error_type" => error_type.as_str(),
                        "workflow_type" => workflow_type,
                    )
                }),
            }
        }

        pub(crate) fn run_ended(&self, report: &RunReport) {
            let status = report.execution_status();
            if let Some(index) = STATUSES.iter().position(|of| *of == status) {
                self.durations[index].record(report.duration.as_secs_f64());
            }
            for error in report.standing().errors() {
                self.errors[error.error_type as usize].increment(1);
            }
        }
    }

    impl Drop for Active {
        fn drop(&mut self) {
            self.0.decrement(1.0);
        }
    }

    fn describe() {
        use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
        describe_histogram!("workflow_duration_seconds", Unit::Seconds, "Time spent on workflow execution");
        describe_gauge!("workflow_step_count", "Number of steps in workflow");
        describe_counter!("actions_emitted_total", "Total actions emitted");
        describe_counter!("workflow_errors_total", "Total workflow errors");
        describe_gauge!("active_workflows", "Number of currently active workflows");
    }
}

#[cfg(not(feature = "metrics"))]
mod nothing {
    use crate::engine::report::RunReport;
    use crate::plan::{Kind, WorkflowRow};

    pub(crate) struct Meters;
    pub(crate) struct WorkflowMeters;
    pub(crate) struct Active;

    impl Meters {
        pub(crate) fn new() -> Self {
            Meters
        }

        pub(crate) fn run_begins(&self) -> Active {
            Active
        }

        pub(crate) fn action(&self, _: Kind) {}
    }

    impl WorkflowMeters {
        pub(crate) fn new(_: &WorkflowRow) -> Self {
            WorkflowMeters
        }

        pub(crate) fn run_ended(&self, _: &RunReport) {}
    }
}
