//! The end of a run: the last commit, its dead letter if it failed, and the news to whoever wants to know.

use std::sync::Arc;

use super::Driver;
use super::commit::Beside;
use crate::engine::dead_letters::{self, Addressee};
use crate::engine::report::RunReport;
use crate::journal::{CommitError, DeadLetter, DeadLetterCause, Journal};
use crate::message::Envelope;
use crate::run::RunState;

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) async fn conclude(&mut self) -> Result<RunReport, CommitError> {
        let mut report = RunReport::new(
            &self.workflow,
            &self.start,
            &self.run,
            &self.messages,
            self.outputs.clone(),
            self.before + self.now.duration_since(self.started),
            self.engine.lease.clone(),
        );
        report.load_balanced_operations = self.operations;
        let letter = self.bury(&report);
        let elapsed_ms = u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX);
        // A parked run waits for a person: it is not over, and is retained until it is.
        let ended_unix_ms =
            report.state.is_final().then(|| self.start.started_unix_ms.saturating_add(elapsed_ms));
        let dead_letters = letter.as_slice();
        self.commit_with(Beside { ended_unix_ms, dead_letters, ..Beside::default() }).await?;
        self.engine.tally.run_ended(report.state);
        if report.state == RunState::Parked {
            self.engine.parked_runs.add(report.run);
        }
        self.workflow.meters.run_ended(&report);
        self.spans.run_ended(&report);
        if let Some(letter) = letter {
            self.engine.tell_of(&letter);
        }
        self.engine.reports.send(|| Arc::new(report.clone()));
        Ok(report)
    }

    /// A run that did not complete is a dead letter, with the envelope that started it, if its contract says so.
    fn bury(&mut self, report: &RunReport) -> Option<Arc<DeadLetter>> {
        let is_bad = matches!(report.state, RunState::Failed | RunState::TimedOut | RunState::Parked);
        // What failed as a step is its parent's to handle; what waits for a person, nobody else tells.
        let is_told = self.start.parent().is_some() && report.state.is_final();
        if !is_bad || is_told || !self.workflow.row.dead_letter {
            return None;
        }
        let (step, message) = report.failure();
        let cause = DeadLetterCause::RunFailed {
            run: report.run,
            state: report.state,
            step: step.map(str::to_owned),
            message,
        };
        let envelope = self.start.envelope.as_deref().cloned().unwrap_or_else(|| self.program_start());
        let addressee = Addressee { node: self.workflow.node, handler: self.workflow.row.name };
        let letter = dead_letters::letter(&envelope, cause, Some(addressee));
        self.ledger.outbox.extend(dead_letters::announcement(
            &letter,
            &envelope,
            Some(self.ledger.next_seq()),
        ));
        Some(letter)
    }

    /// The command that a program's start amounts to.
    fn program_start(&self) -> Envelope {
        let topic = self.workflow.start_topic();
        Envelope {
            correlation_id: self.start.correlation_id,
            ..Envelope::external(self.start.envelope_id, topic, self.start.input.clone())
        }
    }
}
