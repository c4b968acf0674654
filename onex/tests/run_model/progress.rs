//! How the reference goes on after an input: stop, skip, dispatch, undo, end.

use onex::run::{
    Command, CompensationState, Mode, Need, OnFailure, RunState, SkipReason, StepId, StepKind, StepState,
    StopCause, Strategy, UndoOrder,
};
use std::time::Duration;

use crate::reference::{RefStep, Reference};

impl Reference {
    pub(crate) fn proceed(&mut self, commands: &mut Vec<Command>) {
        if self.state == RunState::Running && self.stop.is_some() {
            self.state = RunState::Stopping;
            for (index, (spec, step)) in self.specs.iter().zip(&mut self.steps).enumerate() {
                let held = step.state == StepState::Held;
                if held && !step.was_tried() {
                    step.state = StepState::NotRun;
                } else if step.state == StepState::Awaiting {
                    step.state = StepState::Cancelled;
                } else if held || matches!(step.state, StepState::RetryWaiting | StepState::RetryDue) {
                    let unsure = spec.kind == StepKind::Effect && step.may_have_happened();
                    step.state = if unsure { StepState::Indeterminate } else { StepState::Cancelled };
                    self.errors.extend(unsure.then_some(step.of.unwrap_or(index)));
                }
            }
            if self.count(StepState::Scheduled) > 0 {
                commands.push(Command::SignalCancel);
            }
        }
        match self.state {
            RunState::Running | RunState::Paused => self.run(commands),
            RunState::Stopping if self.count(StepState::Scheduled) == 0 => {
                for step in self.steps.iter_mut().filter(|step| step.state == StepState::Waiting) {
                    step.state = StepState::NotRun;
                }
                self.end_with_instances();
                for index in 0..self.steps.len() {
                    if self.undoes()
                        && self.specs[index].compensable
                        && self.specs[index].each.is_none()
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

    /// Ends each step whose instances all have.
    fn end_with_instances(&mut self) {
        for index in 0..self.steps.len() {
            let instances: Vec<usize> =
                (0..self.steps.len()).filter(|&other| self.is_instance(other, index)).collect();
            let ended = instances.iter().all(|&instance| self.steps[instance].state.is_final());
            if self.steps[index].state != StepState::FannedOut || !ended {
                continue;
            }
            let has = |state| instances.iter().any(|&instance| self.steps[instance].state == state);
            let goes_on = self.state != RunState::Stopping;
            let failed = has(StepState::Failed) || has(StepState::Indeterminate);
            let left_out = failed && goes_on && self.tolerates(index) && has(StepState::Completed);
            let all = instances.iter().all(|&instance| self.steps[instance].state == StepState::Completed);
            self.steps[index].state = if all || left_out {
                StepState::Completed
            } else if has(StepState::Indeterminate) {
                StepState::Indeterminate
            } else if failed {
                StepState::Failed
            } else {
                StepState::Cancelled
            };
        }
    }

    /// The step whose list is to be counted before anything else begins.
    pub(crate) fn uncounted(&self) -> Option<usize> {
        let running = self.started && self.state == RunState::Running && self.stop.is_none();
        let next = self.next_to_start().filter(|_| running && self.undecided().is_empty())?;
        self.specs[next].each.is_some().then_some(next)
    }

    fn run(&mut self, commands: &mut Vec<Command>) {
        self.end_with_instances();
        while self.stop.is_none()
            && let Some((index, reason)) =
                self.in_turn().find_map(|index| Some((index, self.skip_reason(index)?)))
        {
            self.steps[index].state = StepState::Skipped;
            self.steps[index].skipped = Some(reason);
        }
        while self.state == RunState::Running
            && self.undecided().is_empty()
            && self.uncounted().is_none()
            && let Some(index) = self.next_to_start()
        {
            let step = &mut self.steps[index];
            if self.specs[index].kind == StepKind::Gate {
                step.state = StepState::Awaiting;
                commands.push(Command::Await { step: StepId(index as u32) });
                continue;
            }
            step.state = StepState::Scheduled;
            step.attempt += 1;
            self.dispatches.push(index);
            let attempt = step.attempt;
            commands.push(Command::Dispatch { step: StepId(index as u32), attempt });
        }
        if self.stop.is_none() && self.steps.iter().all(|step| step.state.is_final()) {
            if self.completed_too_few() {
                if self.state == RunState::Running {
                    self.stop = Some(StopCause::TooFewCompleted);
                    self.proceed(commands);
                }
                return;
            }
            self.state =
                if !self.errors.is_empty() { RunState::CompletedWithErrors } else { RunState::Completed };
            commands.push(Command::Finish);
        }
    }

    fn undo(&mut self, commands: &mut Vec<Command>) {
        while let Some(index) = self.next_to_undo() {
            let before_all = if self.undo_begun { Duration::ZERO } else { self.policy.undoing.delay };
            let after =
                Duration::from_millis((before_all + self.specs[index].compensation_delay).as_millis() as u64);
            if after > Duration::ZERO {
                self.steps[index].undo_waiting = true;
                let step = StepId(index as u32);
                commands.push(Command::RetryAfter { step, attempt: 0, after, compensation: true });
            } else {
                self.try_to_undo(index, commands);
            }
        }
        if self.steps.iter().any(RefStep::is_being_undone) {
            return;
        }
        if !self.is_killed() && self.has_not_undone() {
            self.state = RunState::Parked;
            commands.push(Command::Finish);
            return;
        }
        self.state = match self.stop {
            Some(StopCause::StepFailed { .. } | StopCause::TooFewCompleted) => RunState::Failed,
            Some(StopCause::RunTimedOut) => RunState::TimedOut,
            Some(StopCause::Cancelled | StopCause::Killed) => RunState::Cancelled,
            None => unreachable!("only a stopped run is undone"),
        };
        commands.push(Command::Finish);
    }

    pub(crate) fn try_to_undo(&mut self, index: usize, commands: &mut Vec<Command>) {
        let step = &mut self.steps[index];
        step.undo_attempt += 1;
        (step.undo_in_flight, step.undo_waiting) = (true, false);
        self.undo_begun = true;
        commands.push(Command::Compensate { step: StepId(index as u32), attempt: step.undo_attempt });
    }

    fn has_not_undone(&self) -> bool {
        self.steps.iter().any(|step| step.undo == CompensationState::Failed)
    }

    /// What has begun or failed bars what comes after it: all else, or what has another priority.
    fn next_to_undo(&self) -> Option<usize> {
        let all = || 0..self.steps.len();
        let untouched = |index: &usize| {
            self.steps[*index].undo == CompensationState::Pending && !self.steps[*index].is_being_undone()
        };
        let next = all().filter(untouched).min_by_key(|&index| self.undo_turn(index))?;
        let bars = |index: &usize| {
            self.steps[*index].is_being_undone() || self.steps[*index].undo == CompensationState::Failed
        };
        let has_turn = match self.policy.undoing.order {
            UndoOrder::LatestFirst | UndoOrder::EarliestFirst => !all().any(|index| bars(&index)),
            UndoOrder::AtOnce { most } => {
                let priority = |index: usize| self.specs[index].compensation_priority;
                let under_way = self.steps.iter().filter(|step| step.is_being_undone()).count();
                under_way < most.get() as usize
                    && all().filter(bars).all(|index| priority(index) == priority(next))
            }
        };
        (has_turn && !self.is_killed()).then_some(next)
    }

    /// The lesser goes first.
    pub(crate) fn undo_turn(&self, index: usize) -> (u32, i64) {
        let latest = self.dispatches.iter().rposition(|&other| other == index).map_or(-1, |at| at as i64);
        let turn = match self.policy.undoing.order {
            UndoOrder::LatestFirst | UndoOrder::AtOnce { .. } => -latest,
            UndoOrder::EarliestFirst => latest,
        };
        (self.specs[index].compensation_priority, turn)
    }

    fn completed_too_few(&self) -> bool {
        let plan = || (0..self.steps.len()).filter(|&index| self.steps[index].of.is_none());
        let completed = plan().filter(|&index| self.steps[index].state == StepState::Completed).count();
        let missing = plan().filter(|&index| self.is_missing(index)).count();
        let Some(min) = self.policy.min_completed_percent else { return false };
        missing > 0 && (completed as f64) * 100.0 / ((completed + missing) as f64) < min
    }

    /// It did not complete because something failed: itself, or what it needs.
    fn is_missing(&self, index: usize) -> bool {
        match (self.steps[index].state, self.steps[index].skipped) {
            (StepState::Skipped, Some(SkipReason::NoOutput { .. })) => {
                let taken = |need: Need| matches!(need, Need::Required | Need::Optional);
                let mut needs = self.specs[index].depends_on.iter();
                needs.any(|&(step, need)| taken(need) && self.is_missing(step.index()))
            }
            (StepState::Skipped, Some(SkipReason::AfterFailure { .. })) => true,
            (state, _) => {
                matches!(state, StepState::Failed | StepState::Indeterminate | StepState::Cancelled)
            }
        }
    }

    /// The steps in the order of their turns.
    fn in_turn(&self) -> impl Iterator<Item = usize> + Clone + use<> {
        let mut turns: Vec<usize> = (0..self.steps.len()).collect();
        turns.sort_by_key(|&index| match self.steps[index].of {
            Some(_) => (true, (0, 0), index),
            None => (false, self.specs[index].precedence, index),
        });
        turns.into_iter()
    }

    /// The run is undone when it has stopped.
    fn undoes(&self) -> bool {
        let said = match self.stop {
            Some(StopCause::StepFailed { step }) => self.specs[step.index()].on_failure,
            _ => None,
        };
        said.map_or(self.policy.strategy == Strategy::Compensate, |said| said == OnFailure::Compensate)
    }

    fn is_absent(&self, step: StepId) -> bool {
        let state = self.steps[step.index()].state;
        state.is_final() && state != StepState::Completed
    }

    fn skip_reason(&self, index: usize) -> Option<SkipReason> {
        let spec = &self.specs[index];
        if self.steps[index].state != StepState::Waiting {
            return None;
        }
        let having = |wanted: Need| {
            spec.depends_on.iter().filter(move |(_, need)| *need == wanted).map(|(step, _)| *step)
        };
        if !spec.enabled {
            return Some(SkipReason::Disabled);
        }
        // Which of several absent outputs decided it depends on when each came to be absent: any of them will do.
        if let Some(of) = having(Need::Required).find(|step| self.is_absent(*step)) {
            return Some(SkipReason::NoOutput { of });
        }
        let takes = having(Need::Required).chain(having(Need::Optional));
        let is_free = self.is_free(index);
        if is_free
            && !spec.runs_without_inputs
            && takes.clone().count() > 0
            && takes.clone().all(|step| self.is_absent(step))
        {
            return having(Need::Optional).next().map(|of| SkipReason::NoOutput { of });
        }
        if let Some(runs) = having(Need::Else).find_map(|branch| self.taken(branch)) {
            return Some(SkipReason::OtherBranch { runs });
        }
        if let Some(&first) = self.errors.first()
            && spec.skip_on_failure
        {
            return Some(SkipReason::AfterFailure { of: StepId(first as u32) });
        }
        (self.steps[index].condition == Some(false)).then_some(SkipReason::ConditionFalse)
    }

    /// The branch that runs, if this one does or is skipped in favour of another.
    fn taken(&self, branch: StepId) -> Option<StepId> {
        let step = &self.steps[branch.index()];
        match step.skipped {
            Some(SkipReason::OtherBranch { runs }) => Some(runs),
            // It was chosen, and was not to run after all.
            Some(_) => (step.condition == Some(true)).then_some(branch),
            None => (step.condition == Some(true) || step.state.is_final()).then_some(branch),
        }
    }

    fn is_free(&self, index: usize) -> bool {
        self.specs[index].depends_on.iter().all(|(step, _)| self.steps[step.index()].state.is_final())
    }

    /// The steps of which only the condition is not known.
    pub(crate) fn undecided(&self) -> Vec<usize> {
        if !self.started || self.stop.is_some() || !matches!(self.state, RunState::Running | RunState::Paused)
        {
            return Vec::new();
        }
        let asks = |index: &usize| {
            self.specs[*index].conditional
                && self.steps[*index].state == StepState::Waiting
                && self.steps[*index].condition.is_none()
                && self.is_free(*index)
                && self.skip_reason(*index).is_none()
        };
        self.in_turn().filter(asks).collect()
    }

    /// Side by side with others a gate is opened first, and needs no room.
    fn next_to_start(&self) -> Option<usize> {
        let mut may_start = self.in_turn().filter(|&index| self.may_start(index));
        let is_gate = |index: &usize| self.specs[*index].kind == StepKind::Gate;
        let at_once = self.policy.mode != Mode::Sequential;
        if at_once && let Some(gate) = may_start.clone().find(is_gate) {
            return Some(gate);
        }
        may_start.next().filter(|_| self.has_room())
    }

    fn may_start(&self, index: usize) -> bool {
        let one_by_one = self.policy.mode == Mode::Sequential;
        let limited = match self.steps[index].of {
            Some(of) => {
                let siblings = self.steps.iter().filter(|step| step.of == Some(of));
                let at_once = siblings.filter(|step| step.state == StepState::Scheduled).count();
                at_once >= self.specs[of].each.map_or(0, |most| most.get() as usize)
            }
            None => one_by_one && self.count(StepState::FannedOut) > 0,
        };
        !limited && self.may_start_in_turn(index)
    }

    fn may_start_in_turn(&self, index: usize) -> bool {
        match self.steps[index].state {
            StepState::RetryDue => true,
            StepState::Waiting => self.is_free(index),
            _ => false,
        }
    }

    fn has_room(&self) -> bool {
        let in_flight = self.count(StepState::Scheduled);
        match self.policy.mode {
            Mode::Sequential => {
                let aside = [StepState::RetryWaiting, StepState::Held, StepState::Awaiting];
                in_flight + aside.map(|state| self.count(state)).iter().sum::<usize>() == 0
            }
            Mode::Parallel { max_steps } => in_flight < max_steps.get() as usize,
        }
    }

    pub(crate) fn count(&self, state: StepState) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }
}
