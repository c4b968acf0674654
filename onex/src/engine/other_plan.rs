//! A workflow for runs that are pinned to another plan than the program's: the plan is the run's, the functions are those of
//! today, found by the names of the steps.
//!
//! A function says by number which outputs it takes, and those numbers are today's. So outputs stay where today's workflow has
//! them, and [`Places`] says which of its steps each step of the run is.

use std::sync::Arc;

use super::action;
use super::action_limit::ActionLimit;
use super::held::{HeldCause, Misfit};
use super::workflow::Workflow;
use crate::journal::RunRecord;
use crate::plan::Mode;
use crate::run::{Need, Plan, Run, StepId, StepKind, StepSpec, StepState};

/// Which step of the workflow each step of a run is.
#[derive(Debug)]
pub(crate) struct Places {
    /// By the steps of the run.
    rows: Box<[u32]>,
    /// By the steps of the workflow; `None`: the run does not have it.
    steps: Box<[Option<u32>]>,
}

impl Places {
    fn new(rows: Vec<u32>, workflow_steps: usize) -> Self {
        let mut steps = vec![None; workflow_steps];
        for (step, row) in (0..).zip(&rows) {
            steps[*row as usize] = Some(step);
        }
        Places { rows: rows.into(), steps: steps.into() }
    }

    pub(crate) fn row(&self, step: StepId) -> StepId {
        // An instance of a step has none, and is asked for by its step.
        self.rows.get(step.index()).map_or(step, |row| StepId(*row))
    }

    pub(crate) fn step(&self, row: StepId) -> Option<StepId> {
        self.steps.get(row.index()).copied().flatten().map(StepId)
    }
}

impl<C> Workflow<C> {
    /// The plan that the run of this record is on, with the numbers of today.
    pub(crate) fn plan_of(&self, record: &RunRecord) -> Result<Arc<Plan>, HeldCause> {
        if self.pin.fingerprint == record.start.plan.fingerprint && self.once.is_none() {
            return Ok(Arc::clone(&self.plan));
        }
        let other = || HeldCause::OtherPlan { version: record.start.version };
        // The plan of a batch is made of its input, and a stream has no runs.
        let is_plain = !matches!(self.row.mode, Mode::Batch | Mode::Streaming);
        let shape = record.start.plan.shape.as_ref().filter(|_| is_plain).ok_or_else(other)?;
        shape.plan(self.plan.policy(), &self.plan).map(Arc::new).map_err(|_| other())
    }

    /// What drives the run of this record: this workflow, or one of its functions for the plan that the run is pinned to.
    ///
    /// Whether they can do what is left of the run, [`misfits`](Self::misfits) says.
    pub(crate) fn for_plan_of(self: &Arc<Self>, record: &RunRecord) -> Result<Arc<Self>, HeldCause> {
        let (pinned, version) = (&record.start.plan, record.start.version);
        if self.pin.fingerprint == pinned.fingerprint {
            return Ok(Arc::clone(self));
        }
        let plan = self.plan_of(record)?;
        let misfits = self.missing(&plan);
        if !misfits.is_empty() {
            return Err(HeldCause::Unfit { version, steps: misfits });
        }
        let rows: Vec<u32> =
            plan.steps().filter_map(|(_, spec)| self.named(&spec.id)).map(|row| row.0).collect();
        let places = Places::new(rows, self.steps.len());
        let action_rows = action::table(self.row, &plan, &self.steps, |step| places.row(step).index());
        let action_limit = self.action_limit.map(|limit| ActionLimit::new(limit.max, &plan));
        Ok(Arc::new(Workflow {
            node: self.node,
            row: self.row,
            plan,
            pin: Arc::clone(pinned),
            steps: Arc::clone(&self.steps),
            start: self.start,
            // Whoever drives the run has its place among those of the workflow of today.
            admission: None,
            action_limit,
            is_called: self.is_called,
            meters: Arc::clone(&self.meters),
            action_rows,
            at_once: self.at_once,
            batch_size: self.batch_size,
            arms: Arc::clone(&self.arms),
            once: None,
            places: Some(Arc::new(places)),
        }))
    }

    /// The step of this name.
    pub(crate) fn named(&self, id: &str) -> Option<StepId> {
        self.steps.iter().zip(0..).find(|(def, _)| def.id == id).map(|(_, row)| StepId(row))
    }

    fn missing(&self, plan: &Plan) -> Vec<Misfit> {
        let misfit = |(_, spec): (StepId, &StepSpec)| {
            let step = || spec.id.to_string();
            let Some(row) = self.named(&spec.id) else { return Some(Misfit::Gone { step: step() }) };
            let is = self.step(row).kind;
            // What starts a run is kept where today's entry has it.
            let is_entry = |kind| kind == StepKind::Entry;
            let differs = is_entry(is) != is_entry(spec.kind);
            differs.then(|| Misfit::OtherKind { step: step(), was: spec.kind, is })
        };
        plan.steps().filter_map(misfit).collect()
    }

    /// What of a run is left and cannot be done by the functions of this program, in the order of its steps. Of a run that is
    /// pinned to the program's own plan, nothing.
    pub(crate) fn misfits(&self, run: &Run) -> Vec<Misfit> {
        let Some(places) = &self.places else { return Vec::new() };
        let left = run.steps().filter_map(|(step, status)| self.misfit(places, run, step, status.state));
        left.collect()
    }

    fn misfit(&self, places: &Places, run: &Run, step: StepId, state: StepState) -> Option<Misfit> {
        let spec = run.plan().step(step);
        let def = self.step(places.row(step));
        let id = || spec.id.to_string();
        let may_be_undone =
            matches!(state, StepState::Completed | StepState::Indeterminate) || !state.is_final();
        if spec.compensable && may_be_undone && def.compensate.is_none() {
            return Some(Misfit::NotUndone { step: id() });
        }
        if state.is_final() {
            return None;
        }
        let is_other_work = def.calls.is_some() != spec.outlives_process;
        if def.kind != spec.kind || def.each.is_some() != spec.each.is_some() || is_other_work {
            return Some(Misfit::OtherKind { step: id(), was: spec.kind, is: def.kind });
        }
        if spec.conditional && def.condition.is_none() {
            return Some(Misfit::NoCondition { step: id() });
        }
        let takes_in_vain = |&&(row, need): &&(u32, Need)| {
            let has = places.step(StepId(row)).map(|on| {
                let declared = spec.depends_on.iter().find(|(depends_on, _)| *depends_on == on);
                declared.map(|(_, need)| *need)
            });
            match (need, has) {
                // The input of the run, which is no step.
                _ if row as usize >= self.steps.len() => false,
                // It is absent, which it may be.
                (Need::Optional, None) => false,
                (Need::Required, Some(Some(declared))) => declared != Need::Required,
                (_, Some(Some(_))) => false,
                (_, None | Some(None)) => true,
            }
        };
        let (row, _) = def.takes.iter().find(takes_in_vain)?;
        Some(Misfit::TakesMore { step: id(), takes: self.step(StepId(*row)).id.to_owned() })
    }
}
