//! Workflows of scripted steps, in the shape that the macros emit.

use onex::plan::{
    At, Growth, Kind, Mode, PaceRow, Said, StepRow, Strategy, UndoingRow, WorkflowRow, WorkflowType,
};

/// What a step has unless a test says otherwise.
pub const STEP: StepRow = StepRow {
    id: "",
    kind: Kind::Effect,
    depends_on: &[],
    timeout_ms: 60_000,
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
    at: At { file: "test.yaml", line: 1, column: 1 },
};

/// What a workflow has unless a test says otherwise.
pub const WORKFLOW: WorkflowRow = WorkflowRow {
    name: "",
    version: (1, 0, 0),
    workflow_type: WorkflowType::Standard,
    said: Said::ALL,
    mode: Mode::Sequential,
    strategy: Strategy::FailFast,
    max_retries: 0,
    timeout_ms: 600_000,
    max_parallel_steps: 10,

    batch_size: 10,
    pace: PaceRow { initial_delay_ms: 100, growth: Growth::Times(2.0), max_delay_ms: 10_000, jitter: 0.5 },
    breaker: None,
    max_concurrent_runs: None,
    grace_ms: None,
    max_depth: 10,
    dead_letter: true,
    lasting: None,
    undoing: UndoingRow::NONE,
    min_completed_percent: None,
    steps: &[],
    entry: None,
};

pub const fn index_of(steps: &[StepRow], id: &str) -> u32 {
    let mut index = 0;
    while index < steps.len() {
        if same(steps[index].id, id) {
            return index as u32;
        }
        index += 1;
    }
    panic!("no such step");
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// What a run starts with: the event of the entry, or a number.
macro_rules! input_of {
    () => {
        u64
    };
    ($event:ident) => {
        $event
    };
}

/// A node in a module of its own: `workflow!(chain { mode: .. } [a Effect []; b Compute [0] undo take_back { .. }])`.
/// An `entry(Event, "topic", OnDuplicate, key)` becomes step 0; `when` names a condition beside the module.
macro_rules! workflow {
    (
        $module:ident $(entry($event:ident, $topic:literal, $on_duplicate:ident, $key:expr))?
        $(publishes($published:ident, $published_topic:literal))?
        { $($row:tt)* }
        [ $($step:ident $kind:ident $depends_on:tt $(undo $undo:ident)? $(when $holds:ident)? $({ $($field:tt)* })?);* $(;)? ]
    ) => {
        #[allow(non_camel_case_types, missing_docs, unreachable_pub, unused_imports, unused_qualifications)]
        pub mod $module {
            use $crate::support::*;
            use onex::node::mount::{Mount, Mounted};
            use onex::node::step::{Attempt, Compensation, CompensationHandler, Step, StepHandler};
            use onex::node::{Ctx, Dep, Fault, Node as OnexNode};
            use onex::plan::*;
            use std::future::Future;
            use std::sync::Arc;

            pub struct Node;

            const STEPS: &[StepRow] = &[
                $(StepRow { id: stringify!($event), ..STEP },)?
                $(StepRow {
                    id: stringify!($step),
                    kind: Kind::$kind,
                    depends_on: &$depends_on,
                    $(compensation: Some(CompensationRow {
                        name: stringify!($undo), timeout_ms: None, retries: None, priority: 100, delay_ms: 0,
                    }),)?
                    $($($field)*,)?
                    ..STEP
                },)*
            ];

            impl OnexNode for Node {
                const TABLE: &'static NodeTable = &NodeTable {
                    name: concat!("node_", stringify!($module)),
                    kind: Kind::Orchestrator,
                    contract: "test.yaml",
                    events: &[
                        $(EventRow {
                            name: <$event as onex::Event>::NAME,
                            topic: $topic,
                            wire_type: stringify!($event),
                            consumed: true,
                            published: false,
                            external: true,
                            at: At { file: "test.yaml", line: 3, column: 1 },
                        },)?
                        $(EventRow {
                            name: stringify!($published),
                            topic: $published_topic,
                            wire_type: stringify!($published),
                            consumed: false,
                            published: true,
                            external: false,
                            at: At { file: "test.yaml", line: 4, column: 1 },
                        },)?
                    ],
                    routes: &[],
                    intents: &[],
                    failures: FailureRow::NONE,
                    workflow: Some(&WorkflowRow {
                        name: stringify!($module),
                        steps: STEPS,
                        $(entry: Some(EntryRow { step: 0, events: &[0], on_duplicate: OnDuplicate::$on_duplicate }),)?
                        $($row)*
                        ..WORKFLOW
                    }),
                };
            }

            impl onex::node::Workflow for Node {
                type Input = input_of!($($event)?);
            }

            $(
                pub enum $step {}
                impl Step for $step {
                    type Node = Node;
                    const ID: &'static str = stringify!($step);
                    const INDEX: u32 = index_of(STEPS, stringify!($step));
                }
                impl<X> StepHandler<X> for $step {
                    type Output = u64;
                    type Gives = u64;
                    type Inputs = ();
                    type Deps = (Dep<Scripts>,);
                    const ASYNC: bool = matches!(Kind::$kind, Kind::Effect);
                    fn run<'a>(
                        (): (),
                        ctx: Ctx,
                        (scripts,): (Dep<Scripts>,),
                    ) -> Attempt<u64, impl Future<Output = Result<u64, Fault>> + Send + 'a> {
                        if <Self as StepHandler<X>>::ASYNC {
                            Attempt::Running(Scripts::call_async(scripts, stringify!($step), ctx))
                        } else {
                            Attempt::Done(scripts.call(stringify!($step), ctx))
                        }
                    }
                }
                $(
                    pub enum $undo {}
                    impl Compensation for $undo {
                        type Undoes = $step;
                    }
                    impl<X> CompensationHandler<X> for $undo {
                        type Inputs = ();
                        type Deps = (Dep<Scripts>,);
                        fn run<'a>(
                            (): (),
                            ctx: Ctx,
                            (scripts,): (Dep<Scripts>,),
                        ) -> impl Future<Output = Result<(), Fault>> + Send + 'a {
                            let done = Scripts::call_async(scripts, stringify!($undo), ctx);
                            async move { done.await.map(drop) }
                        }
                    }
                )?
            )*

            impl Mount<World> for Node {
                fn mounted() -> Mounted<World> {
                    let mounted = Mounted::new(Self::TABLE);
                    $(
                        let mounted = mounted.entry();
                        let mounted = mounted.input::<$event>($key);
                    )?
                    mounted$(.step::<$step>()$(.compensation::<$undo>())?$(.condition(super::$holds))?)*
                }
            }
        }
    };
}
