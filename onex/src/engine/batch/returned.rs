//! What the steps of a run have returned: of the workflow once, or of each item of a batch.

use std::sync::Arc;

use super::input::BatchInput;
use super::layout::Layout;
use crate::engine::other_plan::Places;
use crate::message::Payload;
use crate::node::step::Outputs;
use crate::plan::EntryRow;
use crate::run::StepId;

/// The outputs of one run. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Returned {
    /// How many the workflow has.
    steps: usize,
    /// Of the run, or of the steps of a batch that are done once.
    all: Arc<Outputs>,
    batch: Option<Arc<OfItems>>,
    /// Of a run on another plan than its workflow's.
    places: Option<Arc<Places>>,
}

/// The outputs of each item of a batch.
#[derive(Debug)]
struct OfItems {
    items: Box<[Arc<Outputs>]>,
    layout: Layout,
}

impl Returned {
    /// Of a run with one input.
    pub(crate) fn one(
        steps: usize,
        entry: Option<EntryRow>,
        input: &Payload,
        places: Option<Arc<Places>>,
    ) -> Self {
        let all = Outputs::new(steps);
        all.set_input(input.clone());
        if let Some(entry) = entry {
            all.set(entry.step, input.clone());
        }
        Returned { steps, all, batch: None, places }
    }

    /// Of a stream as a whole: what its reducers have made of all items.
    pub(crate) fn folded(steps: usize, all: Arc<Outputs>) -> Self {
        Returned { steps, all, batch: None, places: None }
    }

    /// Of a batch.
    pub(crate) fn many(steps: usize, layout: Layout, BatchInput(inputs): &BatchInput) -> Self {
        let items = inputs.iter().map(|input| {
            let outputs = Outputs::new(steps);
            outputs.set_input(input.clone());
            outputs
        });
        let batch = OfItems { items: items.collect(), layout };
        Returned { steps, all: Outputs::new(steps), batch: Some(Arc::new(batch)), places: None }
    }

    /// The step of the workflow that a step of the run is.
    #[inline]
    pub(crate) fn row(&self, step: StepId) -> StepId {
        match (&self.batch, &self.places) {
            (Some(batch), _) => batch.layout.row(step),
            (None, Some(places)) => places.row(step),
            (None, None) => step,
        }
    }

    /// The item that a step is for, if it is for one.
    #[inline]
    pub(crate) fn item(&self, step: StepId) -> Option<u32> {
        self.batch.as_ref()?.layout.item(step)
    }

    /// The step of the run that is this one of the workflow, for the same item as `beside`; `None` for the input.
    pub(crate) fn beside(&self, beside: StepId, row: u32) -> Option<StepId> {
        self.step(row, self.item(beside).unwrap_or(0))
    }

    /// The step of the run that is this one of the workflow, for an item if it is for one; `None` for the input,
    /// and for a step that the plan of the run does not have.
    pub(crate) fn step(&self, row: u32, item: u32) -> Option<StepId> {
        let row = Some(StepId(row)).filter(|row| row.index() < self.steps)?;
        match (&self.batch, &self.places) {
            (Some(batch), _) => Some(batch.layout.step(row, item)),
            (None, Some(places)) => places.step(row),
            (None, None) => Some(row),
        }
    }

    /// What a step may take.
    #[inline]
    pub(crate) fn of(&self, step: StepId) -> &Arc<Outputs> {
        self.item(step).and_then(|item| self.items().get(item as usize)).unwrap_or(&self.all)
    }

    /// Records an output. The first one stands.
    pub(crate) fn set(&self, step: StepId, output: Payload) {
        let row = self.row(step).0;
        if self.item(step).is_none() {
            self.items().iter().for_each(|item| item.set(row, output.clone()));
        }
        self.of(step).set(row, output);
    }

    /// How many steps the workflow has.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// The run has items, or would have, were there any.
    pub(crate) fn is_batch(&self) -> bool {
        self.batch.is_some()
    }

    /// Those of each item of a batch, in order.
    pub(crate) fn items(&self) -> &[Arc<Outputs>] {
        self.batch.as_ref().map_or(&[], |batch| &batch.items)
    }
}
