//! A run as a person reads it.

use std::fmt::Write as _;

use onex::RunReport;
use onex::run::{CompensationState, StepState};

/// One line for the run and one for each step that had a part in it.
#[must_use]
pub fn run(report: &RunReport, served: Option<&str>) -> String {
    let mut text = format!("{}: {:?}", report.key, report.state);
    for step in report.steps.iter().filter(|step| step.state != StepState::NotRun) {
        let (id, state) = (step.id, format!("{:?}", step.state));
        let undone = if step.compensation == CompensationState::Done { ", undone" } else { "" };
        let why = step.error.as_deref().map(|error| format!("  {error}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(text, "\n    {id:8} {state}{undone}{why}");
    }
    let _ = write!(text, "\n    served now: {}", served.unwrap_or("nothing"));
    text
}
