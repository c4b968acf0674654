//! What the reference makes of another process.

use onex::run::{Command, CompensationState, RunState, StepId, StepKind, StepState};

use crate::reference::Reference;

impl Reference {
    pub(crate) fn restart(&mut self, crash_limit: u32, commands: &mut Vec<Command>) {
        match self.state {
            RunState::Running | RunState::Paused => self.dispatch_again(crash_limit, commands),
            RunState::Stopping => self.give_up_in_flight(),
            RunState::Compensating => self.undo_again(crash_limit, commands),
            _ => {}
        }
    }

    fn dispatch_again(&mut self, crash_limit: u32, commands: &mut Vec<Command>) {
        let running = self.state == RunState::Running;
        let crashed: Vec<usize> =
            (0..self.steps.len()).filter(|&index| self.steps[index].state == StepState::Scheduled).collect();
        for &index in &crashed {
            let step = &mut self.steps[index];
            step.crashes += 1;
            if !running {
                step.state = StepState::RetryDue;
                step.attempt -= 1;
            }
        }
        let too_often = crashed.iter().any(|&index| self.steps[index].crashes >= crash_limit);
        if too_often && self.stop.is_none() {
            self.state = RunState::Parked;
            commands.push(Command::Finish);
            return;
        }
        for &index in crashed.iter().filter(|_| running) {
            self.dispatches.push(index);
            let (step, attempt) = (StepId(index as u32), self.steps[index].attempt);
            commands.push(Command::Dispatch { step, attempt });
        }
        for step in self.steps.iter_mut().filter(|step| step.state == StepState::Held) {
            step.state = if step.was_tried() { StepState::RetryDue } else { StepState::Waiting };
        }
    }

    fn undo_again(&mut self, crash_limit: u32, commands: &mut Vec<Command>) {
        let in_flight = |index: &usize| self.steps[*index].undo_in_flight;
        let mut crashed: Vec<usize> = (0..self.steps.len()).filter(in_flight).collect();
        crashed.sort_by_key(|&index| self.undo_turn(index));
        for index in crashed {
            let undone = &mut self.steps[index];
            undone.undo_crashes += 1;
            if undone.undo_crashes >= crash_limit {
                undone.undo_in_flight = false;
                undone.undo = CompensationState::Failed;
            } else {
                let (step, attempt) = (StepId(index as u32), undone.undo_attempt);
                commands.push(Command::Compensate { step, attempt });
            }
        }
    }

    pub(crate) fn give_up_in_flight(&mut self) {
        for (index, (spec, step)) in self.specs.iter().zip(&mut self.steps).enumerate() {
            if step.state == StepState::Scheduled {
                let effect = spec.kind == StepKind::Effect;
                step.state = if effect { StepState::Indeterminate } else { StepState::Cancelled };
                self.errors.extend(effect.then_some(step.of.unwrap_or(index)));
            }
        }
    }
}
