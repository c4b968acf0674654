//! How the reference goes on after an input: stop, skip, dispatch, undo, end.

use onex::run::{
    Command, CompensationState, Mode, Need, RunState, StepId, StepKind, StepState, StopCause, Strategy,
};

use crate::reference::Reference;

impl Reference {
    pub(crate) fn proceed(&mut self, commands: &mut Vec<Command>) {
        if self.state == RunState::Running && self.stop.is_some() {
            self.state = RunState::Stopping;
            for (spec, step) in self.specs.iter().zip(&mut self.steps) {
                let held = step.state == StepState::Held;
                if held && !step.was_tried() {
                    step.state = StepState::NotRun;
                } else if held || matches!(step.state, StepState::RetryWaiting | StepState::RetryDue) {
                    let unsure = spec.kind == StepKind::Effect && step.may_have_happened();
                    step.state = if unsure { StepState::Indeterminate } else { StepState::Cancelled };
                }
            }
            if self.count(StepState::Scheduled) > 0 {
                commands.push(Command::SignalCancel);
            }
        }
        match self.state {
            RunState::Running | RunState::Paused => self.run(commands),
            RunState::Stopping if self.count(StepState::Scheduled) == 0 => {
                for index in 0..self.steps.len() {
                    if self.steps[index].state == StepState::Waiting {
                        self.steps[index].state = StepState::NotRun;
                    }
                    if self.policy.strategy == Strategy::Compensate
                        && self.specs[index].compensable
                        && matches!(self.steps[index].state, StepState::Completed | StepState::Indeterminate)
                    {
                        self.steps[index].undo = CompensationState::Pending;
                    }
                }
                self.state = RunState::Compensating;
                self.undo(commands);
            }
            RunState::Compensating => self.undo(commands),
            _ => {}
        }
    }

    fn run(&mut self, commands: &mut Vec<Command>) {
        while self.stop.is_none()
            && let Some(index) = (0..self.steps.len()).find(|&index| self.must_skip(index))
        {
            self.steps[index].state = StepState::Skipped;
        }
        while self.state == RunState::Running
            && self.has_room()
            && let Some(index) = (0..self.steps.len()).find(|&index| self.may_start(index))
        {
            let step = &mut self.steps[index];
            step.state = StepState::Scheduled;
            step.attempt += 1;
            self.dispatches.push(index);
            let attempt = step.attempt;
            commands.push(Command::Dispatch { step: StepId(index as u32), attempt });
        }
        if self.stop.is_none() && self.steps.iter().all(|step| step.state.is_final()) {
            let errors = self.count(StepState::Failed) + self.count(StepState::Indeterminate);
            self.state = if errors > 0 { RunState::CompletedWithErrors } else { RunState::Completed };
            commands.push(Command::Finish);
        }
    }

    fn undo(&mut self, commands: &mut Vec<Command>) {
        if self.steps.iter().any(|step| step.undo_in_flight || step.undo_waiting) {
            return;
        }
        let pending = |index: &&usize| self.steps[**index].undo == CompensationState::Pending;
        if let Some(&index) = self.dispatches.iter().rev().find(pending) {
            let step = &mut self.steps[index];
            step.undo_attempt += 1;
            step.undo_in_flight = true;
            let attempt = step.undo_attempt;
            commands.push(Command::Compensate { step: StepId(index as u32), attempt });
            return;
        }
        self.state = match self.stop {
            Some(StopCause::StepFailed { .. }) => RunState::Failed,
            Some(StopCause::RunTimedOut) => RunState::TimedOut,
            Some(StopCause::Cancelled) => RunState::Cancelled,
            None => unreachable!("only a stopped run is undone"),
        };
        commands.push(Command::Finish);
    }

    fn must_skip(&self, index: usize) -> bool {
        let needs = &self.specs[index].depends_on;
        let absent =
            |step: usize| self.steps[step].state.is_final() && self.steps[step].state != StepState::Completed;
        self.steps[index].state == StepState::Waiting
            && (needs.iter().any(|(step, need)| *need == Need::Required && absent(step.index()))
                || (!needs.is_empty() && needs.iter().all(|(step, _)| absent(step.index()))))
    }

    fn may_start(&self, index: usize) -> bool {
        let needs = &self.specs[index].depends_on;
        match self.steps[index].state {
            StepState::RetryDue => true,
            StepState::Waiting => needs.iter().all(|(step, _)| self.steps[step.index()].state.is_final()),
            _ => false,
        }
    }

    fn has_room(&self) -> bool {
        let in_flight = self.count(StepState::Scheduled);
        match self.policy.mode {
            Mode::Sequential => {
                in_flight + self.count(StepState::RetryWaiting) + self.count(StepState::Held) == 0
            }
            Mode::Parallel { max_steps } => in_flight < max_steps.get() as usize,
        }
    }

    pub(crate) fn count(&self, state: StepState) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }
}
