//! A mounted workflow: the kernel's plan and the functions of its steps, made once and shared by its runs.

mod compile;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::action::ActionRow;
use super::action_limit::ActionLimit;
use super::admission::Admission;
use super::batch::{BatchInput, Layout, Returned};
use super::circuit::Circuit;
use super::error::InputError;
use super::meters::WorkflowMeters;
use super::other_plan::Places;
use crate::bus::routing::Destination;
use crate::journal::PinnedPlan;
use crate::message::{DecodeError, Payload, Topic};
use crate::node::call::Callee;
use crate::node::condition::ConditionFn;
use crate::node::mount::{CompensateFn, EachFns, FoldStepFns, GroupFn, KeyFns, ReadFn, RunFn, StartFns};
use crate::node::step::Outputs;
use crate::node::{AskedFn, AskedIntent};
use crate::plan::{OnDuplicate, WorkflowRow};
use crate::run::{Need, Plan, StepId, StepKind};

pub(super) use compile::backoff;

/// How many steps a batch may have, all items taken together: they are all in memory.
const MOST_STEPS: usize = 4_000_000;

/// A workflow of a node whose handlers are known.
pub(crate) struct Workflow<C> {
    pub(crate) node: &'static str,
    pub(crate) row: &'static WorkflowRow,
    pub(crate) plan: Arc<Plan>,
    pub(crate) pin: Arc<PinnedPlan>,
    pub(crate) steps: Arc<[StepDef<C>]>,
    pub(crate) start: Option<StartFns>,
    /// How many of its runs there may be at once, if its contract says so.
    pub(crate) admission: Option<Admission>,
    /// To how many actions one of its runs may come, if the program says so and the contract does not.
    pub(crate) action_limit: Option<ActionLimit>,
    /// Its runs may be steps of others.
    pub(crate) is_called: bool,
    pub(crate) meters: Arc<WorkflowMeters>,
    /// What is the same of the actions of all its runs.
    pub(crate) action_rows: Arc<[ActionRow]>,
    /// How many of its steps, of the calls of a batch, or of the effects of a stream, there are at once.
    pub(crate) at_once: NonZeroU32,
    /// How many items of a batch a step that takes groups is called for at once.
    pub(crate) batch_size: NonZeroU32,
    /// The events of steps that one of several completes, by the topics on which they come.
    pub(super) arms: Arc<[Arm]>,
    /// Of a batch: which steps are done once, for all items.
    pub(super) once: Option<Arc<[bool]>>,
    /// Of one that is for runs of another plan: which of its steps those of the runs are.
    pub(super) places: Option<Arc<Places>>,
}

/// One of several events that complete a step.
pub(super) struct Arm {
    step: StepId,
    topic: Topic,
    read: ReadFn,
}

/// What driving a step takes.
pub(crate) struct StepDef<C> {
    pub(crate) id: &'static str,
    pub(crate) kind: StepKind,
    pub(crate) run: Option<RunFn<C>>,
    /// For a group of items of a batch.
    pub(crate) group: Option<GroupFn<C>>,
    /// Of a reducer of a batch or a stream.
    pub(crate) fold: Option<FoldStepFns>,
    pub(crate) compensate: Option<CompensateFn<C>>,
    pub(crate) read: Option<ReadFn>,
    pub(crate) condition: Option<ConditionFn>,
    /// The steps whose ends the functions of its condition may be told of.
    pub(crate) decided_by: Box<[u32]>,
    /// The steps whose ends its handler, and the function that undoes it, are told of.
    pub(crate) told: Box<[u32]>,
    pub(crate) undo_told: Box<[u32]>,
    /// The steps whose outputs or ends its functions take, and whether they can do without.
    pub(crate) takes: Box<[(u32, Need)]>,
    pub(crate) timeout: Duration,
    /// Of one attempt to undo it.
    pub(crate) compensation_timeout: Duration,
    /// What it acts on may be left alone for a while.
    pub(crate) circuit: Option<Arc<Circuit>>,
    pub(crate) publishes: Option<Destination>,
    /// The list that it goes over.
    pub(crate) each: Option<EachFns>,
    /// What it waits for.
    pub(crate) gate: Option<Gate>,
    /// The workflow that it is, and how long a run of that may take, if the step says so.
    pub(crate) calls: Option<(Callee, Option<Duration>)>,
    /// The intents that it sends.
    pub(crate) sends: Option<Sends>,
}

/// What a step sends of that which the steps before it ask for.
pub(crate) struct Sends {
    asked: AskedFn,
    intents: Box<[Destination]>,
    /// How long it waits for them to be executed, by the clock on the wall; `None`: as long as the run.
    pub(crate) timeout: Option<Duration>,
}

impl Sends {
    /// The intents that it sends, in the order in which they were asked for, and where to.
    pub(crate) fn asked(&self, outputs: &Outputs) -> Vec<(&Destination, Payload)> {
        let destination = |asked: &AskedIntent| {
            self.intents.iter().find(|destination| *destination.wire_type == *asked.intent_type)
        };
        let asked = (self.asked)(outputs).into_iter();
        asked.filter_map(|asked| Some((destination(&asked)?, asked.payload))).collect()
    }
}

/// The event that completes a step.
pub(crate) struct Gate {
    pub(crate) event: KeyFns,
    /// How long it is waited for, by the clock on the wall; `None`: as long as the run.
    pub(crate) timeout: Option<Duration>,
}

impl<C> Workflow<C> {
    /// The input of a run in the types that its steps take.
    pub(crate) fn read_input(&self, input: &Payload) -> Result<Payload, InputError> {
        let read =
            |input: &Payload| self.start.map_or_else(|| Ok(input.clone()), |start| (start.input)(input));
        let Some(once) = &self.once else { return Ok(read(input)?) };
        let given = input.get::<BatchInput>()?;
        let items = given.0.len();
        if Layout::steps(once, items).is_none_or(|steps| steps > MOST_STEPS) {
            return Err(InputError::TooManyItems { items, steps: once.len(), most: MOST_STEPS });
        }
        let read: Result<Vec<Payload>, _> = given.0.iter().map(read).collect();
        Ok(Payload::new(BatchInput(read?)))
    }

    /// What a run with this input executes, which [`read_input`](Self::read_input) has given, and what its steps return.
    pub(crate) fn instance(&self, input: &Payload) -> (Arc<Plan>, Returned) {
        let steps = self.steps.len();
        if let (Some(once), Some(items)) = (&self.once, input.downcast_ref::<BatchInput>()) {
            let layout = Layout::new(once, u32::try_from(items.0.len()).unwrap_or(u32::MAX));
            let plan = Arc::new(layout.expand(&self.plan));
            return (plan, Returned::many(steps, layout, items));
        }
        let returned = Returned::one(steps, self.row.entry, input, self.places.clone());
        (Arc::clone(&self.plan), returned)
    }

    pub(crate) fn is_batch(&self) -> bool {
        self.once.is_some()
    }

    /// Where the command travels that a start by a program, or by a step, amounts to.
    pub(crate) fn start_topic(&self) -> Topic {
        let name = self.row.name.replace('_', "-");
        Topic::new(format!("onex.cmd.{name}.start.v{}", self.row.version.0))
    }

    /// An event that came on this topic, as what the step gives that it completes.
    ///
    /// # Errors
    /// It is not the event that comes there.
    pub(crate) fn as_awaited(
        &self,
        step: StepId,
        topic: &Topic,
        payload: &Payload,
    ) -> Result<Payload, DecodeError> {
        match self.arms.iter().find(|arm| arm.step == step && arm.topic == *topic) {
            Some(arm) => (arm.read)(payload),
            None => Ok(payload.clone()),
        }
    }

    /// The same of what starts a run.
    pub(crate) fn as_entry(&self, topic: &Topic, payload: &Payload) -> Result<Payload, DecodeError> {
        match self.row.entry {
            Some(entry) => self.as_awaited(StepId(entry.step), topic, payload),
            None => Ok(payload.clone()),
        }
    }

    /// How the key of what starts its runs is read, if the contract declares one.
    pub(crate) fn key(&self) -> Option<KeyFns> {
        let StartFns { input, key } = self.start?;
        key.map(|key| KeyFns { input, key })
    }

    /// How long its steps in flight may take to stop, if its contract says so.
    pub(crate) fn grace(&self) -> Option<Duration> {
        self.row.grace_ms.map(Duration::from_millis)
    }

    pub(crate) fn on_duplicate(&self) -> OnDuplicate {
        self.row.entry.map_or(OnDuplicate::Reject, |entry| entry.on_duplicate)
    }

    pub(crate) fn step(&self, step: StepId) -> &StepDef<C> {
        &self.steps[step.index()]
    }
}
