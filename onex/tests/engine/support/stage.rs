//! A workflow of any shape, whose attempts do what they are told and are watched.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{CircuitPolicy, CircuitState, RetryBudget};
use onex::message::{DecodeError, RunId};
use onex::node::condition::ConditionFn;
use onex::node::mount::{BoxFuture, EachFns, EntriesFn, KeyFns, Mount, Mounted, StepCall, StepFns};
use onex::node::step::Outputs;
use onex::node::{FaultClass, Node, Workflow};
use onex::plan::*;
use onex::{Ctx, Fault, Payload};
use tokio::time::sleep;

/// What one attempt does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Succeeds(u64),
    Fails(u64, Option<FaultClass>),
    Panics(u64),
    Hangs,
    StopsWhenTold,
}

#[derive(Debug, Clone)]
pub struct Shape {
    pub steps: Vec<Shaped>,
    pub parallel: Option<u32>,
    pub strategy: Strategy,
    /// It is undone side by side.
    pub undone_at_once: bool,
    pub max_retries: u32,
    pub timeout_ms: u64,
    pub cancel_after_ms: Option<u64>,
    /// It is killed, in place of being cancelled.
    pub kills: bool,
    /// When each run is paused, and for how long: each after the one before.
    pub pauses: Vec<(u64, u64)>,
    /// For how long a run that only waits stays in memory.
    pub dormant_after_ms: u64,
    /// How long the journal takes for each commit.
    pub commit_ms: u64,
    /// How many runs there are, and how many of them at once.
    pub runs: usize,
    pub at_once: usize,
    /// The breaker of the one target that all effects act on.
    pub circuit: Option<CircuitPolicy>,
    pub retry_budget: Option<RetryBudget>,
    /// Of what is random in the engine: the jitter of retries.
    pub seed: u64,
}

#[derive(Debug, Clone)]
pub struct Shaped {
    pub kind: Kind,
    pub depends_on: BTreeSet<u32>,
    pub optional: bool,
    pub compensable: bool,
    pub continue_on_error: bool,
    pub enabled: bool,
    pub skip_on_failure: bool,
    pub run_always: bool,
    pub priority: u32,
    /// What its condition says, if it has one.
    pub holds: Option<bool>,
    /// The branch before it.
    pub else_of: Option<u32>,
    pub retry_count: Option<u32>,
    pub timeout_ms: u64,
    /// What the attempts do; the last one is repeated.
    pub acts: Vec<Act>,
    pub undo: Vec<Act>,
    /// How many entries the list has that it goes over, and for how many at once it is done.
    pub each: Option<(usize, u32)>,
    /// It waits for an event in place of doing anything.
    pub gate: Option<Gated>,
    /// What it gives is published.
    pub publishes: bool,
}

/// When the events of a gate come, after the start of the first run, and how long it waits for one.
#[derive(Debug, Clone)]
pub struct Gated {
    pub events_ms: Vec<u64>,
    pub timeout_ms: Option<u64>,
}

/// An event of a gate, and whose it is.
#[derive(Debug, Clone, onex::Event, serde::Serialize, serde::Deserialize)]
pub struct Opened {
    pub of: String,
}

pub fn gate_topic(step: usize) -> String {
    format!("onex.evt.simulated.opened-{step}.v1")
}

/// Where the steps that publish do.
pub const TOLD: &str = "onex.evt.simulated.told.v1";

/// The number of an instance, as attempts are seen: its step is the rest of a division by this.
pub const INSTANCE: u32 = 1000;

/// What was seen of an attempt, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Began { step: u32, undo: bool },
    Ended { step: u32, undo: bool, succeeded: bool },
}

/// Tells how a breaker stands, once there is one.
pub type AskCircuit = Box<dyn Fn() -> Option<CircuitState> + Send>;

pub struct Stage {
    pub shape: Shape,
    seen: Mutex<HashMap<RunId, Vec<Seen>>>,
    /// Tells how the breaker stands.
    pub circuit: Mutex<Option<AskCircuit>>,
    /// An effect began while its circuit was open.
    pub began_while_open: AtomicBool,
}

/// Tells of the end of an attempt, also of one that is dropped.
struct Watched {
    stage: Arc<Stage>,
    run: RunId,
    step: u32,
    undo: bool,
    succeeded: bool,
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Watched { step, undo, succeeded, .. } = *self;
        self.stage.note(self.run, Seen::Ended { step, undo, succeeded });
    }
}

impl Stage {
    pub fn new(shape: Shape) -> Arc<Self> {
        Arc::new(Stage {
            shape,
            seen: Mutex::default(),
            circuit: Mutex::new(None),
            began_while_open: AtomicBool::new(false),
        })
    }

    fn enter(self: &Arc<Self>, ctx: &Ctx) -> (Watched, Act) {
        let at = ctx.step.unwrap();
        let (index, undo) = (at.step[1..].parse::<u32>().unwrap(), at.compensating);
        let item = at.item.unwrap_or_default();
        let step = index + INSTANCE * item as u32;
        self.note(at.run, Seen::Began { step, undo });
        let shaped = &self.shape.steps[index as usize];
        let state = self.circuit.lock().unwrap().as_ref().and_then(|circuit| circuit());
        if shaped.kind == Kind::Effect && !undo && state == Some(CircuitState::Open) {
            self.began_while_open.store(true, Ordering::Relaxed);
        }
        let acts = if undo { &shaped.undo } else { &shaped.acts };
        let act = acts[(ctx.attempt as usize - 1 + item as usize).min(acts.len() - 1)];
        (Watched { stage: Arc::clone(self), run: at.run, step, undo, succeeded: false }, act)
    }

    /// What was seen of a run.
    pub fn seen(&self, run: RunId) -> Vec<Seen> {
        self.seen.lock().unwrap().get(&run).cloned().unwrap_or_default()
    }

    fn note(&self, run: RunId, seen: Seen) {
        self.seen.lock().unwrap().entry(run).or_default().push(seen);
    }

    async fn perform(self: Arc<Self>, ctx: Ctx) -> Result<u64, Fault> {
        let (mut watched, act) = self.enter(&ctx);
        match act {
            Act::Succeeds(after) => wait(after).await,
            Act::Fails(after, class) => {
                wait(after).await;
                return Err(Fault { class, message: "it failed".into() });
            }
            Act::Panics(after) => {
                wait(after).await;
                panic!("it panicked");
            }
            Act::Hangs => std::future::pending().await,
            Act::StopsWhenTold => ctx.cancellation.cancelled().await,
        }
        watched.succeeded = true;
        Ok(u64::from(watched.step % INSTANCE))
    }
}

/// 0 is not a timer that is due: it is done at the first poll.
pub async fn wait(after_ms: u64) {
    if after_ms > 0 {
        sleep(Duration::from_millis(after_ms)).await;
    }
}

fn run_step(_: &Arc<Outputs>, ctx: Ctx, stage: &Arc<Stage>) -> StepCall {
    let step = ctx.step.unwrap().step[1..].parse::<usize>().unwrap();
    if stage.shape.steps[step].kind == Kind::Effect {
        let performed = Arc::clone(stage).perform(ctx);
        return StepCall::Running(Box::pin(async { performed.await.map(Payload::new) }));
    }
    let (mut watched, act) = stage.enter(&ctx);
    StepCall::Done(match act {
        Act::Fails(_, class) => Err(Fault { class, message: "it failed".into() }),
        Act::Panics(_) => panic!("it panicked"),
        Act::Succeeds(_) | Act::Hangs | Act::StopsWhenTold => {
            watched.succeeded = true;
            Ok(Payload::new(u64::from(watched.step % INSTANCE)))
        }
    })
}

fn undo_step(_: &Arc<Outputs>, ctx: Ctx, stage: &Arc<Stage>) -> BoxFuture<Result<(), Fault>> {
    let performed = Arc::clone(stage).perform(ctx);
    Box::pin(async { performed.await.map(drop) })
}

fn read_opened(payload: &Payload) -> Result<Payload, DecodeError> {
    payload.get::<Opened>().map(Payload::shared)
}

/// Lists of so many entries.
const ENTRIES: [EntriesFn; 4] =
    [|_| Some(vec![]), |_| Some(entries(1)), |_| Some(entries(2)), |_| Some(entries(3))];

fn entries(count: u64) -> Vec<Payload> {
    (0..count).map(Payload::new).collect()
}

fn gather(outputs: &[&Payload]) -> Payload {
    Payload::new(outputs.iter().map(|output| *output.downcast_ref::<u64>().unwrap()).collect::<Vec<_>>())
}

fn key_of(event: &Payload) -> Option<String> {
    event.downcast_ref::<Opened>().map(|opened| opened.of.clone())
}

/// A node whose table is made when it is mounted.
pub struct Simulated;

thread_local! {
    static TABLE: Cell<Option<(&'static NodeTable, &'static Shape)>> = const { Cell::new(None) };
}

impl Node for Simulated {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_simulated",
        kind: Kind::Orchestrator,
        contract: "simulated.yaml",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

impl Workflow for Simulated {
    type Input = u64;
}

impl Mount<Arc<Stage>> for Simulated {
    fn mounted() -> Mounted<Arc<Stage>> {
        let (table, shape) = TABLE.get().unwrap();
        let mut mounted = Mounted::new(table);
        mounted.steps = (shape.steps.iter())
            .map(|step| StepFns {
                run: step.gate.is_none().then_some(run_step as _),
                group: None,
                fold: None,
                calls: None,
                compensate: step.compensable.then_some(undo_step as _),
                read: None,
                required: Vec::new(),
                told: Vec::new(),
                undo_told: Vec::new(),
                condition: step.holds.map(|holds| -> ConditionFn {
                    if holds { |_| true } else { |_| false }
                }),
                optional: if step.optional { step.depends_on.iter().copied().collect() } else { Vec::new() },
            })
            .collect();
        let each = (0..).zip(&shape.steps).filter_map(|(index, step)| Some((index, step.each?.0)));
        mounted.each =
            each.map(|(index, items)| (index, EachFns { entries: ENTRIES[items], gather })).collect();
        for (index, _) in &mounted.each {
            mounted.steps[*index].read = Some(|payload| payload.get::<u64>().map(Payload::shared));
        }
        let gates = (0..).zip(&shape.steps).filter(|(_, step)| step.gate.is_some());
        mounted.gates = gates.map(|(index, _)| (index, KeyFns { input: read_opened, key: key_of })).collect();
        mounted
    }
}

const AT: At = At { file: "simulated.yaml", line: 1, column: 1 };
const BACKOFF_MS: (u64, u64) = (50, 400);

/// Prepares the next mount of [`Simulated`].
pub fn set_shape(shape: &Shape) {
    let leaked: &'static Shape = Box::leak(Box::new(shape.clone()));
    TABLE.set(Some((table(leaked), leaked)));
}

fn table(shape: &Shape) -> &'static NodeTable {
    let steps: Vec<StepRow> = (shape.steps.iter().enumerate())
        .map(|(index, step)| StepRow {
            id: Box::leak(format!("s{index}").into_boxed_str()),
            kind: step.kind,
            depends_on: Box::leak(step.depends_on.iter().copied().collect()),
            timeout_ms: step.timeout_ms,
            says_timeout: true,
            retry_count: step.retry_count,
            continue_on_error: step.continue_on_error,
            error_action: None,
            enabled: step.enabled,
            skip_on_failure: step.skip_on_failure,
            priority: step.priority,
            order_index: 0,
            run_always: step.run_always,
            looks_at: &[],
            else_of: step.else_of,
            compensation: step.compensable.then_some(CompensationRow {
                name: "undo",
                timeout_ms: None,
                retries: None,
                priority: 100,
                delay_ms: 0,
            }),
            circuit: None,
            publishes: step.publishes.then_some(shape.steps.len()),
            each: step.each.map(|(_, at_once)| EachRow { of: None, at_once }),
            workflow: None,
            gate: step.gate.as_ref().map(|gate| GateRow {
                events: Vec::leak(vec![index]),
                timeout_ms: gate.timeout_ms,
                at: AT,
            }),
            sends: &[],
            at: AT,
        })
        .collect();
    let workflow = WorkflowRow {
        name: "simulated",
        version: (1, 0, 0),
        workflow_type: WorkflowType::Standard,
        said: Said::ALL,
        mode: if shape.parallel.is_some() { Mode::Parallel } else { Mode::Sequential },
        strategy: shape.strategy,
        max_retries: shape.max_retries,
        timeout_ms: shape.timeout_ms,
        max_parallel_steps: shape.parallel.unwrap_or(1),

        batch_size: 10,
        pace: PaceRow {
            initial_delay_ms: BACKOFF_MS.0,
            growth: Growth::Times(2.0),
            max_delay_ms: BACKOFF_MS.1,
            jitter: 0.5,
        },
        breaker: None,
        max_concurrent_runs: None,
        grace_ms: None,
        max_depth: 10,
        dead_letter: true,
        lasting: None,
        undoing: UndoingRow {
            order: if shape.undone_at_once { UndoOrder::Parallel } else { UndoOrder::Reverse },
            ..UndoingRow::NONE
        },
        min_completed_percent: None,
        steps: Vec::leak(steps),
        entry: None,
    };
    // One for each step, so that the event of a gate has its number, and behind them the one that is published.
    let opened = (0..shape.steps.len()).map(|index| EventRow {
        name: "Opened",
        topic: Box::leak(gate_topic(index).into_boxed_str()),
        wire_type: "simulated.opened",
        consumed: true,
        published: false,
        external: true,
        at: AT,
    });
    let told = EventRow {
        name: "Told",
        topic: TOLD,
        wire_type: "simulated.told",
        consumed: false,
        published: true,
        external: true,
        at: AT,
    };
    let events = opened.chain([told]);
    Box::leak(Box::new(NodeTable {
        events: Vec::leak(events.collect()),
        workflow: Some(Box::leak(Box::new(workflow))),
        ..*Simulated::TABLE
    }))
}
