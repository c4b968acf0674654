//! What the steps of a run have returned so far.

use std::sync::{Arc, OnceLock};

use crate::message::Payload;
use crate::node::Outcome;

/// What the steps of one run have returned so far, and the run's input.
#[derive(Debug)]
pub struct Outputs {
    slots: Box<[OnceLock<Outcome<Payload>>]>,
    instance: Option<Instance>,
}

/// What one instance of a step sees beside what all see.
#[derive(Debug)]
struct Instance {
    base: Arc<Outputs>,
    entry: Payload,
    /// The step itself, and what stands for its output.
    own: Option<(u32, Outcome<Payload>)>,
}

impl Outputs {
    /// Room for the outputs of `steps` steps and for the run's input.
    #[must_use]
    pub fn new(steps: usize) -> Arc<Self> {
        Arc::new(Outputs { slots: (0..=steps).map(|_| OnceLock::new()).collect(), instance: None })
    }

    /// What an instance of a step sees that is done once for each entry of a list: `base`, the entry and, where it has
    /// one, `own` for the output of the step itself.
    #[must_use]
    pub fn for_instance(base: &Arc<Self>, entry: Payload, own: Option<(u32, Payload)>) -> Arc<Self> {
        let own = own.map(|(step, output)| (step, Outcome::Completed(output)));
        let instance = Some(Instance { base: Arc::clone(base), entry, own });
        Arc::new(Outputs { slots: Box::default(), instance })
    }

    /// The entry of the list that this is about, if it is about one.
    #[must_use]
    pub fn entry(&self) -> Option<&Payload> {
        self.instance.as_ref().map(|instance| &instance.entry)
    }

    /// Records an output. The first one stands: a step completes once.
    pub fn set(&self, step: u32, output: Payload) {
        if let Some(slot) = self.slots.get(step as usize) {
            let _ = slot.set(Outcome::Completed(output));
        }
    }

    /// Records how a step ended, for whoever takes it as an [`Outcome`]. It may be recorded again: a step ends once.
    pub fn end(&self, step: u32, outcome: Outcome<Payload>) {
        if let Some(slot) = self.slots.get(step as usize) {
            let _ = slot.set(outcome);
        }
    }

    /// Records the run's input.
    pub fn set_input(&self, input: Payload) {
        if let Some(slot) = self.slots.last() {
            let _ = slot.set(Outcome::Completed(input));
        }
    }

    /// An output, if the step has completed.
    #[must_use]
    pub fn get(&self, step: u32) -> Option<&Payload> {
        match self.ended(step)? {
            Outcome::Completed(output) => Some(output),
            _ => None,
        }
    }

    /// How a step ended, if it completed or if that was recorded.
    pub(super) fn ended(&self, step: u32) -> Option<&Outcome<Payload>> {
        match &self.instance {
            None => self.slots.get(step as usize)?.get(),
            Some(Instance { own: Some((own, output)), .. }) if *own == step => Some(output),
            Some(instance) => instance.base.ended(step),
        }
    }
}
