//! Steps that are done once for each entry of a list: the entries, and what was made of them.
//!
//! The entries are a function of recorded outputs, so they are not journalled: whoever reads the run has them again.

use std::collections::HashMap;
use std::sync::Arc;

use super::action_limit;
use super::batch::Returned;
use super::contain::contained;
use super::workflow::{StepDef, Workflow};
use crate::journal::{DetailBody, RunRecord};
use crate::message::Payload;
use crate::node::condition::Known;
use crate::node::mount::EachFns;
use crate::node::step::Outputs;
use crate::run::{Fact, Plan, Run, StepId};

/// The lists of one run that were counted and count still. A run may have as many as its plan has steps.
#[derive(Debug, Default)]
pub(crate) struct Fans {
    /// In the order in which they were counted, which is that of their instances' numbers.
    all: Vec<Fan>,
    /// Which of them is a step's.
    of_step: HashMap<StepId, usize>,
    /// To how many actions what is done for their entries may come.
    actions: u64,
}

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
    pub(crate) fn add(&mut self, plan: &Plan, step: StepId, first: u32, entries: Vec<Payload>) {
        let outputs = vec![None; entries.len()];
        self.of_step.insert(step, self.all.len());
        self.actions += action_limit::of_step(plan, step) * entries.len() as u64;
        self.all.push(Fan { step, first, entries, outputs });
    }

    /// The actions to which the run may come for the lists that were counted, and for another of the step.
    pub(crate) fn actions_with(&self, plan: &Plan, step: StepId, items: u32) -> u64 {
        self.actions + action_limit::of_step(plan, step) * u64::from(items)
    }

    /// Which list has the instance, and which of its entries that is.
    fn find(&self, instance: StepId) -> Option<(usize, usize)> {
        let list = self.all.partition_point(|fan| fan.first <= instance.0).checked_sub(1)?;
        Some((list, self.all[list].index(instance)?))
    }

    /// Nothing is gathered where there are none.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Keeps what an instance returned. False: it is none.
    #[inline]
    pub(crate) fn set(&mut self, instance: StepId, output: &Payload) -> bool {
        let Some((list, index)) = self.find(instance) else { return false };
        self.all[list].outputs[index] = Some(output.clone());
        true
    }

    /// What the step returns to whoever depends on it: what its instances have returned, in the order of the list.
    pub(crate) fn gathered(&self, step: StepId, each: &EachFns) -> Option<Payload> {
        let fan = &self.all[*self.of_step.get(&step)?];
        let outputs: Vec<&Payload> = fan.outputs.iter().flatten().collect();
        Some((each.gather)(&outputs))
    }

    /// What an instance sees: its entry and, for what undoes it, a list of the one output that it has returned.
    pub(crate) fn view<C>(&self, instance: StepId, def: &StepDef<C>, base: &Arc<Outputs>) -> Arc<Outputs> {
        let Some((list, index)) = self.find(instance) else { return Arc::clone(base) };
        let fan = &self.all[list];
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
                    fans.add(run.plan(), step, next, entries);
                    next += items;
                }
                Fact::StepCompleted { step, .. } => {
                    let def = workflow.step(outputs.row(run.step_of(step)));
                    if let Some((of, _)) = run.instance_of(step) {
                        let place = record.details.partition_point(|detail| detail.seq < seq as u64);
                        let detail = record.details.get(place).filter(|detail| detail.seq == seq as u64)?;
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
