//! A chain of up to 10,000 steps through the engine: tables and functions as the macros would write them, made by
//! `const` functions because nobody writes a thousand handlers.

use onex::message::Payload;
use onex::node::mount::{Mount, Mounted, StepCall, StepFns};
use onex::node::{Node, Workflow};
use onex::plan::{
    At, FailureRow, Growth, Kind, Mode, NodeTable, PaceRow, Said, StepRow, Strategy, UndoingRow, WorkflowRow,
    WorkflowType,
};

/// Each step depends on the one before it. `EFFECTS`: whether the steps are effects, each of which is committed
/// before it begins, or compute steps, which run in a row.
pub struct Chain<const EFFECTS: bool, const STEPS: usize>;

const AT: At = At { file: "chain.yaml", line: 1, column: 1 };
const DIGITS: usize = 4;
const MOST: usize = 10_000;
const NAMES: &[u8; MOST * DIGITS] = &names();
const POSITIONS: &[u32; MOST] = &positions();

const fn names() -> [u8; MOST * DIGITS] {
    let mut names = [b'0'; MOST * DIGITS];
    let mut index = 0;
    while index < MOST {
        let mut rest = index;
        let mut digit = DIGITS;
        while digit > 0 {
            digit -= 1;
            names[index * DIGITS + digit] += (rest % 10) as u8;
            rest /= 10;
        }
        index += 1;
    }
    names
}

const fn positions() -> [u32; MOST] {
    let mut positions = [0; MOST];
    let mut index = 0;
    while index < MOST {
        positions[index] = index as u32;
        index += 1;
    }
    positions
}

const fn name(index: usize) -> &'static str {
    let (name, _) = NAMES.split_at(index * DIGITS).1.split_at(DIGITS);
    match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => panic!("digits are UTF-8"),
    }
}

const fn steps<const STEPS: usize>(kind: Kind) -> [StepRow; STEPS] {
    let first = StepRow {
        id: name(0),
        kind,
        depends_on: &[],
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
        sends: &[],
        at: AT,
    };
    let mut steps = [first; STEPS];
    let mut index = 1;
    while index < STEPS {
        let (before, _) = POSITIONS.split_at(index - 1).1.split_at(1);
        steps[index] = StepRow { id: name(index), depends_on: before, ..first };
        index += 1;
    }
    steps
}

impl<const EFFECTS: bool, const STEPS: usize> Chain<EFFECTS, STEPS> {
    const KIND: Kind = if EFFECTS { Kind::Effect } else { Kind::Compute };
    const ROWS: &'static [StepRow] = &steps::<STEPS>(Self::KIND);
    const WORKFLOW: &'static WorkflowRow = &WorkflowRow {
        name: "chain",
        version: (1, 0, 0),
        workflow_type: WorkflowType::Standard,
        said: Said::ALL,
        mode: Mode::Sequential,
        strategy: Strategy::FailFast,
        max_retries: 0,
        timeout_ms: 3_600_000,
        max_parallel_steps: 1,

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
        dead_letter: true,
        undoing: UndoingRow::NONE,
        min_completed_percent: None,
        steps: Self::ROWS,
        entry: None,
    };
}

impl<const EFFECTS: bool, const STEPS: usize> Node for Chain<EFFECTS, STEPS> {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_chain_orchestrator",
        kind: Kind::Orchestrator,
        contract: "chain.yaml",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: Some(Self::WORKFLOW),
    };
}

impl<const EFFECTS: bool, const STEPS: usize> Workflow for Chain<EFFECTS, STEPS> {
    type Input = ();
}

impl<C, const EFFECTS: bool, const STEPS: usize> Mount<C> for Chain<EFFECTS, STEPS> {
    fn mounted() -> Mounted<C> {
        let mut mounted = Mounted::new(Self::TABLE);
        mounted.steps.extend((0..STEPS).map(|_| StepFns {
            group: None,
            fold: None,
            required: Vec::new(),
            condition: None,
            run: Some(|_, _, _| {
                if EFFECTS {
                    StepCall::Running(Box::pin(async { Ok(Payload::new(1_u64)) }))
                } else {
                    StepCall::Done(Ok(Payload::new(1_u64)))
                }
            }),
            compensate: None,
            read: None,
            optional: Vec::new(),
            told: Vec::new(),
            undo_told: Vec::new(),
        }));
        mounted
    }
}

/// Boxed futures awaited in a loop, their outputs kept: what a program would write that does not know its steps.
pub async fn by_hand(steps: usize) -> Vec<Payload> {
    let mut outputs = Vec::with_capacity(steps);
    for _ in 0..steps {
        let step: onex::node::mount::BoxFuture<Payload> = Box::pin(async { Payload::new(1_u64) });
        outputs.push(std::hint::black_box(step).await);
    }
    outputs
}
