//! Steps that are done once for each entry of a list: the entries, and what was made of them.
//!
//! The entries are a function of recorded outputs, so they are not journalled: whoever reads the run has them again.

use std::sync::Arc;

use super::batch::Returned;
use super::contain::contained;
use super::workflow::{StepDef, Workflow};
use crate::journal::{DetailBody, RunRecord};
use crate::message::Payload;
use crate::node::condition::Known;
use crate::node::mount::EachFns;
use crate::node::step::Outputs;
use crate::run::{Fact, Run, StepId};

/// The lists of one run that were counted, in that order.
#[derive(Debug, Default)]
pub(crate) struct Fans(Vec<Fan>);

#[derive(Debug)]
struct Fan {
    step: StepId,
    /// The number of the first instance.
    first: u32,
    entries: Vec<Payload>,
    outputs: Vec<Option<Payload>>,
}

impl Fan {
    fn index(&self, instance: StepId) -> Option<usize> {
        let index = instance.0.checked_sub(self.first)? as usize;
        (index < self.entries.len()).then_some(index)
    }
}

impl Fans {
    /// A step has been counted, in a run that has `first` steps and instances so far.
    pub(crate) fn add(&mut self, step: StepId, first: u32, entries: Vec<Payload>) {
        let outputs = vec![None; entries.len()];
        self.0.push(Fan { step, first, entries, outputs });
    }

    fn of(&self, instance: StepId) -> Option<(&Fan, usize)> {
        self.0.iter().find_map(|fan| Some((fan, fan.index(instance)?)))
    }

    /// Nothing is gathered where there are none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps what an instance returned. False: it is none.
    #[inline]
    pub(crate) fn set(&mut self, instance: StepId, output: &Payload) -> bool {
        for fan in &mut self.0 {
            if let Some(index) = fan.index(instance) {
                fan.outputs[index] = Some(output.clone());
                return true;
            }
        }
        false
    }

    /// What the step returns to whoever depends on it: what its instances have returned, in the order of the list.
    pub(crate) fn gathered(&self, step: StepId, each: &EachFns) -> Option<Payload> {
        let fan = self.0.iter().find(|fan| fan.step == step)?;
        let outputs: Vec<&Payload> = fan.outputs.iter().flatten().collect();
        Some((each.gather)(&outputs))
    }

    /// What an instance sees: its entry and, for what undoes it, a list of the one output that it has returned.
    pub(crate) fn view<C>(&self, instance: StepId, def: &StepDef<C>, base: &Arc<Outputs>) -> Arc<Outputs> {
        let Some((fan, index)) = self.of(instance) else { return Arc::clone(base) };
        let own = fan.outputs[index].as_ref().zip(def.each);
        let own = own.map(|(output, each)| (fan.step.0, (each.gather)(&[output])));
        Outputs::for_instance(base, fan.entries[index].clone(), own)
    }

    /// What the journal tells of those that the run has now; the outputs of the steps are completed by what their instances
    /// returned. None: it does not fit what the program makes of the same outputs.
    pub(crate) fn replay<C>(
        workflow: &Workflow<C>,
        run: &Run,
        record: &RunRecord,
        outputs: &Returned,
    ) -> Option<Self> {
        let (mut fans, mut next, mut counted) = (Fans::default(), run.plan().len() as u32, 0);
        for (seq, fact) in record.facts.iter().enumerate().skip(record.since()) {
            match *fact {
                Fact::StepFannedOut { step, items } => {
                    counted += 1;
                    if run.is_list_over(counted - 1) {
                        // What it was counted from may be done again, too.
                        next += items;
                        continue;
                    }
                    let each = workflow.step(outputs.row(step)).each?;
                    let entries = entries(&each, outputs.of(step)).ok()?;
                    if entries.len() != items as usize {
                        return None;
                    }
                    fans.add(step, next, entries);
                    next += items;
                }
                Fact::StepCompleted { step, .. } => {
                    let def = workflow.step(outputs.row(run.step_of(step)));
                    if let Some((of, _)) = run.instance_of(step) {
                        let detail = record.details.iter().find(|detail| detail.seq == seq as u64)?;
                        let DetailBody::Output(output) = &detail.body else { return None };
                        let read = workflow.step(outputs.row(of)).read?;
                        fans.set(step, &contained(|| read(output)).ok()?.ok()?);
                    } else if let Some(gathered) = def.each.and_then(|each| fans.gathered(step, &each)) {
                        outputs.set(step, gathered);
                    }
                }
                _ => {}
            }
        }
        Some(fans)
    }
}

/// The entries of the list that a step goes over, or why they cannot be had. Copying them is the user's code.
pub(crate) fn entries(each: &EachFns, outputs: &Outputs) -> Result<Vec<Payload>, String> {
    let known = Known::new(outputs, &|_| None);
    match contained(|| (each.entries)(&known)) {
        Ok(Some(entries)) => Ok(entries),
        Ok(None) => Err("the list that it goes over is absent".to_owned()),
        Err(panicked) => Err(panicked.message),
    }
}
