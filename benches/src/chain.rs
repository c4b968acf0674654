//! Many steps through the engine, one after the other or side by side: tables and functions as the macros would write them,
//! made when they are mounted, because nobody writes a hundred thousand handlers.

use onex::message::Payload;
use onex::node::mount::{BoxFuture, Mount, Mounted, RunFn, StepCall, StepFns};
use onex::node::{Node, Workflow};
use onex::plan::{
    At, FailureRow, Growth, Kind, Mode, NodeTable, PaceRow, Said, StepRow, Strategy, UndoingRow, WorkflowRow,
    WorkflowType,
};
use tokio::task::JoinSet;

/// Each step depends on the one before it. `EFFECTS`: whether the steps are effects, each of which is committed
/// before it begins, or compute steps, which run in a row.
pub struct Chain<const EFFECTS: bool, const STEPS: usize>;

/// Effects of which none depends on another, [`AT_ONCE`] of them at once.
pub struct Fan<const STEPS: usize>;

/// How many effects of a [`Fan`] there are at once.
pub const AT_ONCE: u32 = 64;

const AT: At = At { file: "chain.yaml", line: 1, column: 1 };

const TABLE: NodeTable = NodeTable {
    name: "node_chain_orchestrator",
    kind: Kind::Orchestrator,
    contract: "chain.yaml",
    events: &[],
    routes: &[],
    intents: &[],
    failures: FailureRow::NONE,
    workflow: None,
};

fn step(index: usize, kind: Kind, depends_on: Vec<u32>) -> StepRow {
    StepRow {
        id: index.to_string().leak(),
        kind,
        depends_on: depends_on.leak(),
        timeout_ms: 30_000,
        says_timeout: true,
        retry_count: None,
        continue_on_error: false,
        error_action: None,
        enabled: true,
        skip_on_failure: false,
        priority: 100,
        order_index: 0,
        run_always: false,
        looks_at: &[],
        else_of: None,
        compensation: None,
        circuit: None,
        publishes: None,
        each: None,
        gate: None,
        workflow: None,
        sends: &[],
        at: AT,
    }
}

fn workflow(mode: Mode, max_parallel_steps: u32, steps: Vec<StepRow>) -> WorkflowRow {
    WorkflowRow {
        name: "chain",
        version: (1, 0, 0),
        workflow_type: WorkflowType::Standard,
        said: Said::ALL,
        mode,
        strategy: Strategy::FailFast,
        max_retries: 0,
        timeout_ms: 3_600_000,
        max_parallel_steps,
        batch_size: 10,
        pace: PaceRow {
            initial_delay_ms: 1000,
            growth: Growth::Times(2.0),
            max_delay_ms: 30_000,
            jitter: 0.5,
        },
        breaker: None,
        max_concurrent_runs: None,
        grace_ms: None,
        max_depth: 10,
        dead_letter: true,
        lasting: None,
        undoing: UndoingRow::NONE,
        min_completed_percent: None,
        steps: steps.leak(),
        entry: None,
    }
}

/// The tables live as long as the program, as those of the macros do.
fn mounted<C>(row: WorkflowRow, run: RunFn<C>) -> Mounted<C> {
    let steps = row.steps.len();
    let table = NodeTable { workflow: Some(Box::leak(Box::new(row))), ..TABLE };
    let mut mounted = Mounted::new(Box::leak(Box::new(table)));
    mounted.steps.extend((0..steps).map(|_| StepFns {
        group: None,
        calls: None,
        fold: None,
        required: Vec::new(),
        condition: None,
        run: Some(run),
        compensate: None,
        read: None,
        optional: Vec::new(),
        told: Vec::new(),
        undo_told: Vec::new(),
    }));
    mounted
}

async fn effect() -> Payload {
    Payload::new(1_u64)
}

impl<const EFFECTS: bool, const STEPS: usize> Node for Chain<EFFECTS, STEPS> {
    const TABLE: &'static NodeTable = &TABLE;
}

impl<const EFFECTS: bool, const STEPS: usize> Workflow for Chain<EFFECTS, STEPS> {
    type Input = ();
}

impl<C, const EFFECTS: bool, const STEPS: usize> Mount<C> for Chain<EFFECTS, STEPS> {
    fn mounted() -> Mounted<C> {
        let kind = if EFFECTS { Kind::Effect } else { Kind::Compute };
        let before = |index: usize| index.checked_sub(1).map(|before| before as u32).into_iter().collect();
        let steps = (0..STEPS).map(|index| step(index, kind, before(index))).collect();
        mounted(workflow(Mode::Sequential, 1, steps), |_, _, _| {
            if EFFECTS {
                StepCall::Running(Box::pin(async { Ok(effect().await) }))
            } else {
                StepCall::Done(Ok(Payload::new(1_u64)))
            }
        })
    }
}

impl<const STEPS: usize> Node for Fan<STEPS> {
    const TABLE: &'static NodeTable = &TABLE;
}

impl<const STEPS: usize> Workflow for Fan<STEPS> {
    type Input = ();
}

impl<C, const STEPS: usize> Mount<C> for Fan<STEPS> {
    fn mounted() -> Mounted<C> {
        let steps = (0..STEPS).map(|index| step(index, Kind::Effect, Vec::new())).collect();
        mounted(workflow(Mode::Parallel, AT_ONCE, steps), |_, _, _| {
            StepCall::Running(Box::pin(async { Ok(effect().await) }))
        })
    }
}

/// Boxed futures awaited in a loop, their outputs kept: what a program would write that does not know its steps.
pub async fn by_hand(steps: usize) -> Vec<Payload> {
    let mut outputs = Vec::with_capacity(steps);
    for _ in 0..steps {
        let step: BoxFuture<Payload> = Box::pin(effect());
        outputs.push(std::hint::black_box(step).await);
    }
    outputs
}

/// A task for each step, [`AT_ONCE`] of them at once: what is usually written on tokio.
///
/// # Panics
/// When a task does, which none of these does.
pub async fn fan_by_hand(steps: usize) -> Vec<Payload> {
    let (mut outputs, mut tasks) = (Vec::with_capacity(steps), JoinSet::new());
    for _ in 0..steps {
        if tasks.len() == AT_ONCE as usize
            && let Some(output) = tasks.join_next().await
        {
            outputs.push(output.expect("it does not panic"));
        }
        tasks.spawn(effect());
    }
    outputs.extend(tasks.join_all().await);
    outputs
}
