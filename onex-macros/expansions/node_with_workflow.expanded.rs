#[doc = " Sells."]
#[doc = "\n\nTakes orders and fulfils them.\n\nThe node `node_shop_orchestrator` 1.0.0, an orchestrator as `expansions/shop.yaml` describes it.\n\n# Routes\n\n| what arrives | by | handler | what it may emit |\n|---|---|---|---|\n| [`OrderPlaced`](shop::OrderPlaced) | `onex.cmd.shop.place-order.v1` | `order_placed` | `OrderAccepted` on `onex.evt.shop.order-accepted.v1`, intent `bell.ring` to `node_bell_effect` |\n\n# Workflow `fulfil`\n\nfulfil 1.0.0: conditional, compensate.\n\n| step | after | what it is |\n|---|---|---|\n| [`accepted`](shop::accepted) | `OrderAccepted` | effect step, starts one run per order_id |\n| [`price`](shop::price) | `accepted` | compute step: What the items cost together. |\n| [`reserve`](shop::reserve) | `accepted` | effect step, undone by [`release`](shop::release) |\n| [`charge`](shop::charge) | `price`, `reserve` | effect step, runs on a condition, a branch of payment, 3 retries |\n| [`waive`](shop::waive) | `price`, `reserve` | effect step, a branch of payment |\n"]
#[cfg_attr(
    doc,
    doc = "\n\n# Picture\n\n```mermaid\n---\ntitle: \"node_shop_orchestrator (orchestrator)\"\n---\nflowchart TD\n    topic_onex_cmd_shop_place_order_v1[(\"onex.cmd.shop.place-order.v1<br/>topic, from outside\")]\n    event_OrderPlaced([\"OrderPlaced<br/>event\"])\n    handler_order_placed[\"order_placed<br/>handler\"]\n    event_OrderAccepted([\"OrderAccepted<br/>event\"])\n    topic_onex_evt_shop_order_accepted_v1[(\"onex.evt.shop.order-accepted.v1<br/>topic\")]\n    intent_bell_ring{{\"bell.ring<br/>intent\"}}\n    node_node_bell_effect[[\"node_bell_effect<br/>node\"]]\n    subgraph workflow[\"fulfil 1.0.0: conditional, compensate\"]\n        step_accepted(\"accepted<br/>effect step<br/>starts one run per order_id\")\n        step_price(\"price<br/>compute step\")\n        step_reserve(\"reserve<br/>effect step\")\n        step_charge(\"charge<br/>effect step<br/>runs on a condition<br/>a branch of payment<br/>3 retries\")\n        step_waive(\"waive<br/>effect step<br/>a branch of payment\")\n        compensation_release[/\"release<br/>undoes reserve\"/]\n    end\n    topic_onex_cmd_shop_place_order_v1 --> event_OrderPlaced\n    event_OrderPlaced --> handler_order_placed\n    handler_order_placed --> event_OrderAccepted\n    event_OrderAccepted --> topic_onex_evt_shop_order_accepted_v1\n    intent_bell_ring --> node_node_bell_effect\n    event_OrderAccepted --> step_accepted\n    step_accepted --> step_price\n    step_accepted --> step_reserve\n    step_reserve -.-> compensation_release\n    step_price --> step_charge\n    step_reserve --> step_charge\n    step_price --> step_waive\n    step_reserve --> step_waive\n```\n"
)]
pub struct Shop;
#[doc = "What the contract `expansions/shop.yaml` declares: use these paths in `#[handler(..)]`."]
#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    dead_code,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic
)]
pub mod shop {
    #[doc = "The event `OrderPlaced`, handled by `order_placed`."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:7:7`."]
    pub enum OrderPlaced {}
    #[doc = "The step `accepted`, of kind effect."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:21:11`."]
    pub enum accepted {}
    #[doc = "The step `price`, of kind compute.\n\nWhat the items cost together."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:22:11`."]
    pub enum price {}
    #[doc = "The step `reserve`, of kind effect."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:23:11`."]
    pub enum reserve {}
    #[doc = "Undoes the step `reserve`."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:23:88`."]
    pub enum release {}
    #[doc = "The step `charge`, of kind effect."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:24:11`."]
    pub enum charge {}
    #[doc = "The step `waive`, of kind effect."]
    #[doc = "\n\nDeclared at `expansions/shop.yaml:31:11`."]
    pub enum waive {}
    #[doc = "What started the run of `fulfil`."]
    pub enum input {}
    #[doc(hidden)]
    pub const __NAMES: ::onex::__private::Names = ::onex::__private::Names {
        node: "Shop",
        events: &["OrderPlaced"],
        intents: &[],
        steps: &["price", "reserve", "charge", "waive"],
        inputs: &["accepted", "input"],
        senders: &[],
        compensations: &["release"],
        conditions: &[],
        transitions: &[],
        operations: &[],
        payloads: &[],
        topics: &[],
        defaults: &[],
        routes_at: " --> expansions/shop.yaml:7:7\n  |\n7 |     - event_model: { name: OrderPlaced, module: shop.events }\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        steps_at: "  --> expansions/shop.yaml:21:9\n   |\n21 |         - { node_id: accepted, node_type: effect, step_config: { event_pattern: shop.order-accepted }, key: order_id }\n   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        broken: false,
    };
}
#[allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    unused_imports,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::restriction
)]
const _: () = {
    use ::onex::__private::{
        AlwaysGiven as _, AsksNothing as _, Declared as _, Given as _, NoHandlerThere as _,
        NoHandlerYet as _, NoItemYet as _, NoOutputYet as _, NotChecked as _, NotDecidedYet as _,
        NotMade as _,
    };
    use shop as __onex_node;
    static __ONEX_EVENTS: [::onex::__private::EventRow; 2usize] = [
        ::onex::__private::EventRow {
            name: "OrderPlaced",
            topic: "onex.cmd.shop.place-order.v1",
            wire_type: "shop.place-order",
            consumed: true,
            published: false,
            external: true,
            at: ::onex::__private::At { file: "expansions/shop.yaml", line: 11u32, column: 5u32 },
        },
        ::onex::__private::EventRow {
            name: "OrderAccepted",
            topic: "onex.evt.shop.order-accepted.v1",
            wire_type: "shop.order-accepted",
            consumed: false,
            published: true,
            external: false,
            at: ::onex::__private::At { file: "expansions/shop.yaml", line: 13u32, column: 5u32 },
        },
    ];
    static __ONEX_INTENTS: [::onex::__private::IntentRow; 1usize] = [::onex::__private::IntentRow {
        intent_type: "bell.ring",
        node: "node_bell_effect",
        at: ::onex::__private::At { file: "expansions/shop.yaml", line: 15u32, column: 27u32 },
    }];
    static __ONEX_WORKFLOW: ::onex::__private::WorkflowRow = ::onex::__private::WorkflowRow {
        name: "fulfil",
        version: (1u32, 0u32, 0u32),
        workflow_type: ::onex::__private::WorkflowType::Standard,
        said: ::onex::__private::Said {
            timeout: false,
            retries: false,
            parallel_steps: false,
            batch_size: false,
            pace: false,
            actions: false,
        },
        mode: ::onex::__private::Mode::Conditional,
        strategy: ::onex::__private::Strategy::Compensate,
        max_retries: 3u32,
        timeout_ms: 300000u64,
        max_parallel_steps: 5u32,
        batch_size: 10u32,
        pace: ::onex::__private::PaceRow {
            initial_delay_ms: 1000u64,
            growth: ::onex::__private::Growth::Times(2f64),
            max_delay_ms: 30000u64,
            jitter: 0.5f64,
        },
        breaker: ::onex::__private::Option::None,
        max_concurrent_runs: ::onex::__private::Option::None,
        grace_ms: ::onex::__private::Option::None,
        max_depth: 10u32,
        dead_letter: true,
        lasting: ::onex::__private::Option::None,
        undoing: ::onex::__private::UndoingRow::NONE,
        min_completed_percent: ::onex::__private::Option::None,
        steps: &[
            ::onex::__private::StepRow {
                id: "accepted",
                kind: ::onex::__private::Kind::Effect,
                depends_on: &[],
                timeout_ms: 30000u64,
                says_timeout: false,
                retry_count: ::onex::__private::Option::None,
                continue_on_error: false,
                error_action: ::onex::__private::Option::None,
                enabled: true,
                skip_on_failure: false,
                priority: 100u32,
                order_index: 0u32,
                run_always: false,
                looks_at: &[],
                else_of: ::onex::__private::Option::None,
                compensation: ::onex::__private::Option::None,
                circuit: ::onex::__private::Option::None,
                publishes: ::onex::__private::Option::None,
                each: ::onex::__private::Option::None,
                gate: ::onex::__private::Option::None,
                workflow: ::onex::__private::Option::None,
                sends: &[],
                at: ::onex::__private::At { file: "expansions/shop.yaml", line: 21u32, column: 22u32 },
            },
            ::onex::__private::StepRow {
                id: "price",
                kind: ::onex::__private::Kind::Compute,
                depends_on: &[0u32],
                timeout_ms: 30000u64,
                says_timeout: false,
                retry_count: ::onex::__private::Option::None,
                continue_on_error: false,
                error_action: ::onex::__private::Option::None,
                enabled: true,
                skip_on_failure: false,
                priority: 100u32,
                order_index: 0u32,
                run_always: false,
                looks_at: &[],
                else_of: ::onex::__private::Option::None,
                compensation: ::onex::__private::Option::None,
                circuit: ::onex::__private::Option::None,
                publishes: ::onex::__private::Option::None,
                each: ::onex::__private::Option::None,
                gate: ::onex::__private::Option::None,
                workflow: ::onex::__private::Option::None,
                sends: &[],
                at: ::onex::__private::At { file: "expansions/shop.yaml", line: 22u32, column: 22u32 },
            },
            ::onex::__private::StepRow {
                id: "reserve",
                kind: ::onex::__private::Kind::Effect,
                depends_on: &[0u32],
                timeout_ms: 30000u64,
                says_timeout: false,
                retry_count: ::onex::__private::Option::None,
                continue_on_error: false,
                error_action: ::onex::__private::Option::None,
                enabled: true,
                skip_on_failure: false,
                priority: 100u32,
                order_index: 0u32,
                run_always: false,
                looks_at: &[],
                else_of: ::onex::__private::Option::None,
                compensation: ::onex::__private::Option::Some(::onex::__private::CompensationRow {
                    name: "release",
                    timeout_ms: ::onex::__private::Option::None,
                    retries: ::onex::__private::Option::None,
                    priority: 100u32,
                    delay_ms: 0u64,
                }),
                circuit: ::onex::__private::Option::None,
                publishes: ::onex::__private::Option::None,
                each: ::onex::__private::Option::None,
                gate: ::onex::__private::Option::None,
                workflow: ::onex::__private::Option::None,
                sends: &[],
                at: ::onex::__private::At { file: "expansions/shop.yaml", line: 23u32, column: 22u32 },
            },
            ::onex::__private::StepRow {
                id: "charge",
                kind: ::onex::__private::Kind::Effect,
                depends_on: &[1u32, 2u32],
                timeout_ms: 2000u64,
                says_timeout: true,
                retry_count: ::onex::__private::Option::Some(3u32),
                continue_on_error: false,
                error_action: ::onex::__private::Option::None,
                enabled: true,
                skip_on_failure: false,
                priority: 100u32,
                order_index: 0u32,
                run_always: false,
                looks_at: &[1u32],
                else_of: ::onex::__private::Option::None,
                compensation: ::onex::__private::Option::None,
                circuit: ::onex::__private::Option::None,
                publishes: ::onex::__private::Option::None,
                each: ::onex::__private::Option::None,
                gate: ::onex::__private::Option::None,
                workflow: ::onex::__private::Option::None,
                sends: &[],
                at: ::onex::__private::At { file: "expansions/shop.yaml", line: 24u32, column: 20u32 },
            },
            ::onex::__private::StepRow {
                id: "waive",
                kind: ::onex::__private::Kind::Effect,
                depends_on: &[1u32, 2u32],
                timeout_ms: 30000u64,
                says_timeout: false,
                retry_count: ::onex::__private::Option::None,
                continue_on_error: false,
                error_action: ::onex::__private::Option::None,
                enabled: true,
                skip_on_failure: false,
                priority: 100u32,
                order_index: 0u32,
                run_always: false,
                looks_at: &[],
                else_of: ::onex::__private::Option::Some(3u32),
                compensation: ::onex::__private::Option::None,
                circuit: ::onex::__private::Option::None,
                publishes: ::onex::__private::Option::None,
                each: ::onex::__private::Option::None,
                gate: ::onex::__private::Option::None,
                workflow: ::onex::__private::Option::None,
                sends: &[],
                at: ::onex::__private::At { file: "expansions/shop.yaml", line: 31u32, column: 22u32 },
            },
        ],
        entry: ::onex::__private::Option::Some(::onex::__private::EntryRow {
            step: 0u32,
            events: &[1usize],
            on_duplicate: ::onex::__private::OnDuplicate::Reject,
        }),
    };
    static __ONEX_NODE: ::onex::__private::NodeTable = ::onex::__private::NodeTable {
        name: "node_shop_orchestrator",
        kind: ::onex::__private::Kind::Orchestrator,
        contract: "expansions/shop.yaml",
        events: &__ONEX_EVENTS,
        routes: &[::onex::__private::RouteRow {
            brings: ::onex::__private::BringsRow::Event(0usize),
            handler: "order_placed",
            parks: false,
            at: ::onex::__private::At { file: "expansions/shop.yaml", line: 7u32, column: 7u32 },
        }],
        intents: &__ONEX_INTENTS,
        failures: ::onex::__private::FailureRow {
            breaker: ::onex::__private::Option::None,
            backends: &[],
            retry: ::onex::__private::Option::None,
            timeout_ms: ::onex::__private::Option::None,
        },
        workflow: ::onex::__private::Option::Some(&__ONEX_WORKFLOW),
    };
    impl ::onex::__private::Node for Shop {
        const TABLE: &'static ::onex::__private::NodeTable = &__ONEX_NODE;
        const SAID: ::onex::__private::Option<&'static ::onex::__private::system::Said> =
            ::onex::__private::Option::Some(&::onex::__private::system::Said {
                broken: false,
                name: ::onex::__private::system::Mark {
                    text: "node_shop_orchestrator",
                    at: " --> expansions/shop.yaml:1:7\n  |\n1 | name: node_shop_orchestrator\n  |       ^^^^^^^^^^^^^^^^^^^^^^",
                },
                kind: ::onex::__private::Kind::Orchestrator,
                kind_at: " --> expansions/shop.yaml:2:12\n  |\n2 | node_type: orchestrator\n  |            ^^^^^^^^^^^^",
                group: ::onex::__private::Option::None,
                takes_anything: false,
                consumed: &[::onex::__private::system::TopicUse {
                    topic: ::onex::__private::system::Mark {
                        text: "onex.cmd.shop.place-order.v1",
                        at: "  --> expansions/shop.yaml:11:14\n   |\n11 |   - { topic: onex.cmd.shop.place-order.v1, event_type: OrderPlaced, external: true }\n   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                    },
                    elsewhere: true,
                    in_entry: true,
                    by: ::onex::__private::system::JoinedBy::Name,
                    carries: ::onex::__private::Option::Some(::onex::__private::system::Carried {
                        name: ::onex::__private::system::Mark {
                            text: "OrderPlaced",
                            at: " --> expansions/shop.yaml:7:28\n  |\n7 |     - event_model: { name: OrderPlaced, module: shop.events }\n  |                            ^^^^^^^^^^^",
                        },
                        module: ::onex::__private::Option::Some(&["shop", "events"] as &[&str]),
                        rust: <Shop as ::onex::__private::system::Names<0usize>>::RUST,
                    }),
                }],
                produced: &[::onex::__private::system::TopicUse {
                    topic: ::onex::__private::system::Mark {
                        text: "onex.evt.shop.order-accepted.v1",
                        at: "  --> expansions/shop.yaml:13:14\n   |\n13 |   - { topic: onex.evt.shop.order-accepted.v1, event_type: OrderAccepted }\n   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                    },
                    elsewhere: true,
                    in_entry: true,
                    by: ::onex::__private::system::JoinedBy::Name,
                    carries: ::onex::__private::Option::Some(::onex::__private::system::Carried {
                        name: ::onex::__private::system::Mark {
                            text: "OrderAccepted",
                            at: " --> expansions/shop.yaml:9:23\n  |\n9 |       output_events: [OrderAccepted]\n  |                       ^^^^^^^^^^^^^",
                        },
                        module: ::onex::__private::Option::None,
                        rust: <Shop as ::onex::__private::system::Names<1usize>>::RUST,
                    }),
                }],
                patterns: &[],
                sent: &[::onex::__private::system::Sent {
                    intent: ::onex::__private::system::Mark {
                        text: "bell.ring",
                        at: "  --> expansions/shop.yaml:15:27\n   |\n15 |   intent_routing_table: { bell.ring: node_bell_effect }\n   |                           ^^^^^^^^^",
                    },
                    to: ::onex::__private::system::Receiver::Executor(::onex::__private::system::Mark {
                        text: "node_bell_effect",
                        at: "  --> expansions/shop.yaml:15:38\n   |\n15 |   intent_routing_table: { bell.ring: node_bell_effect }\n   |                                      ^^^^^^^^^^^^^^^^",
                    }),
                }],
                executed: &[],
                named: &[],
                workflow: ::onex::__private::Option::Some(::onex::__private::system::OwnWorkflow {
                    name: ::onex::__private::system::Mark {
                        text: "fulfil",
                        at: "  --> expansions/shop.yaml:18:41\n   |\n18 |     workflow_metadata: { workflow_name: fulfil, workflow_version: 1.0.0 }\n   |                                         ^^^^^^",
                    },
                    max_depth: 10u32,
                    max_depth_at: ::onex::__private::Option::None,
                }),
                sub_workflows: &[],
            });
    }
    impl ::onex::__private::Contracted for Shop {}
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the event `OrderPlaced`",
            label = "required by this contract",
            note = "the route is declared here\n --> expansions/shop.yaml:7:7\n  |\n7 |     - event_model: {{ name: OrderPlaced, module: shop.events }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            note = "write `#[handler(event = shop::OrderPlaced)]` above `async fn order_placed(event: OrderPlaced) -> Emit<shop::OrderPlaced>`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::RouteHandler<()>> HasHandler for T {}
        const fn every_route_has_a_handler<T: HasHandler>() {}
        every_route_has_a_handler::<__onex_node::OrderPlaced>();
    }
    #[diagnostic::on_unimplemented(
        message = "the route brings `OrderPlaced`, but this handler takes `{Self}`",
        label = "expected `OrderPlaced` or `&OrderPlaced`",
        note = "the route is declared here\n --> expansions/shop.yaml:7:7\n  |\n7 |     - event_model: {{ name: OrderPlaced, module: shop.events }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )]
    trait BroughtByRoute0 {}
    impl<P: BroughtByRoute0> ::onex::__private::Brings<P> for __onex_node::OrderPlaced {}
    #[diagnostic::on_unimplemented(
        message = "the contract of `Shop` does not let the handler of `OrderPlaced` emit `{Self}`",
        label = "not among its `output_events`",
        note = "it may emit what is listed here\n --> expansions/shop.yaml:9:22\n  |\n9 |       output_events: [OrderAccepted]\n  |                      ^^^^^^^^^^^^^^^",
        note = "add `{Self}` to `output_events` and give it a topic in `published_events`, or emit one of those"
    )]
    trait ListedInOutputEvents0 {
        const EVENT: &'static ::onex::__private::EventRow;
    }
    impl<M: ListedInOutputEvents0> ::onex::__private::Emits<M> for __onex_node::OrderPlaced {
        const EVENT: &'static ::onex::__private::EventRow = M::EVENT;
    }
    impl<M: ListedInIntentRoutingTable> ::onex::__private::Intends<M> for __onex_node::OrderPlaced {
        const TARGET: &'static ::onex::__private::IntentRow = M::TARGET;
    }
    {
        #[diagnostic::on_unimplemented(
            message = "`OrderPlaced` starts no run, so its handler cannot either",
            label = "not the entry of a workflow",
            note = "a run is started by the event named here\n  --> expansions/shop.yaml:21:81\n   |\n21 |         - {{ node_id: accepted, node_type: effect, step_config: {{ event_pattern: shop.order-accepted }}, key: order_id }}\n   |                                                                                 ^^^^^^^^^^^^^^^^^^^",
            note = "emit that event instead: it starts the run, or its handler decides"
        )]
        trait IsTheEntry {}
        impl<X: IsTheEntry> ::onex::__private::Starts<X> for __onex_node::OrderPlaced {}
    }
    {
        #[diagnostic::on_unimplemented(
            message = "this handles `OrderPlaced`, but answers for another route",
            label = "expected `Emit<shop::OrderPlaced>`, found `{Self}`",
            note = "the route is declared here\n --> expansions/shop.yaml:7:7\n  |\n7 |     - event_model: {{ name: OrderPlaced, module: shop.events }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
        )]
        trait AnswersRoute0 {}
        impl AnswersRoute0 for ::onex::__private::Emit<__onex_node::OrderPlaced> {}
        impl<T: AnswersRoute0> ::onex::__private::Answers<{ ::onex::__private::EMIT }, T>
            for __onex_node::OrderPlaced
        {
        }
        #[diagnostic::on_unimplemented(
            message = "ORCHESTRATOR cannot set result - use events[] and intents[] only. Only COMPUTE nodes return typed results.",
            label = "this handler returns `Emit<shop::OrderPlaced>`, not `{Self}`",
            note = "give the value to its consumer as an event, `Emit::event(..)`, or ask an effect for work, `Emit::intent(..)`",
            note = "the contract says what the node is\n --> expansions/shop.yaml:2:12\n  |\n2 | node_type: orchestrator\n  |            ^^^^^^^^^^^^"
        )]
        trait EmitOfRoute0 {}
        impl EmitOfRoute0 for ::onex::__private::Emit<__onex_node::OrderPlaced> {}
        impl<T: EmitOfRoute0> ::onex::__private::Answers<{ ::onex::__private::VALUE }, T>
            for __onex_node::OrderPlaced
        {
        }
        #[diagnostic::on_unimplemented(
            message = "the handler of `OrderPlaced` says nothing",
            label = "this handler returns `Emit<shop::OrderPlaced>`, not `{Self}`",
            note = "an orchestrator that has nothing to say returns `Emit::nothing()`",
            note = "the contract says what the node is\n --> expansions/shop.yaml:2:12\n  |\n2 | node_type: orchestrator\n  |            ^^^^^^^^^^^^"
        )]
        trait AnswerOfRoute0 {}
        impl AnswerOfRoute0 for ::onex::__private::Emit<__onex_node::OrderPlaced> {}
        impl<T: AnswerOfRoute0> ::onex::__private::Answers<{ ::onex::__private::NOTHING }, T>
            for __onex_node::OrderPlaced
        {
        }
    }
    impl<X> ::onex::__private::MayAwait<X> for __onex_node::OrderPlaced {}
    {
        #[diagnostic::on_unimplemented(
            message = "the handler of `OrderPlaced` cannot take a `Dep`: its node is an orchestrator",
            label = "remove this parameter",
            note = "what an orchestrator decides follows from the event alone, so that it can be decided again after a crash; ask an effect for work with `Emit::intent(..)`",
            note = "the contract says what the node is\n --> expansions/shop.yaml:2:12\n  |\n2 | node_type: orchestrator\n  |            ^^^^^^^^^^^^"
        )]
        trait OnlyEffectsTakeDependencies {}
        impl<W: OnlyEffectsTakeDependencies> ::onex::__private::MayTake<W> for __onex_node::OrderPlaced {}
    }
    #[diagnostic::on_unimplemented(
        message = "the contract of `Shop` routes the intent `{Self}` to no node",
        label = "no target for this intent",
        note = "it routes the intents that are listed here\n  --> expansions/shop.yaml:15:27\n   |\n15 |   intent_routing_table: {{ bell.ring: node_bell_effect }}\n   |                           ^^^^^^^^^",
        note = "add a line to `intent_routing_table`: the intent's name, as its `#[intent(..)]` says, and the node that executes it"
    )]
    trait ListedInIntentRoutingTable {
        const TARGET: &'static ::onex::__private::IntentRow;
    }
    trait IsInTable {
        const TARGET: &'static ::onex::__private::IntentRow;
    }
    #[diagnostic::do_not_recommend]
    impl<I: ::onex::__private::Intent<Id: IsInTable>> ListedInIntentRoutingTable for I {
        const TARGET: &'static ::onex::__private::IntentRow = <I::Id as IsInTable>::TARGET;
    }
    impl IsInTable for ::onex::__private::IntentId<{ ::onex::__private::intent_hash("bell.ring") }> {
        const TARGET: &'static ::onex::__private::IntentRow = &__ONEX_INTENTS[0usize];
    }
    impl ::onex::__private::Step for __onex_node::input {
        type Node = Shop;
        const ID: &'static str = "input";
        const INDEX: u32 = 5u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the run is started with a `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the parameter `input` is what started the run"
        )]
        trait IsTheInput<Actual> {}
        impl<T> IsTheInput<T> for T {}
        impl<T: IsTheInput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::input {}
    };
    impl ::onex::__private::Step for __onex_node::accepted {
        type Node = Shop;
        const ID: &'static str = "accepted";
        const INDEX: u32 = 0u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `accepted` is completed by a `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the step is declared here\n  --> expansions/shop.yaml:21:22\n   |\n21 |         - {{ node_id: accepted, node_type: effect, step_config: {{ event_pattern: shop.order-accepted }}, key: order_id }}\n   |                      ^^^^^^^^"
        )]
        trait IsTheOutput<Actual> {}
        impl<T> IsTheOutput<T> for T {}
        impl<T: IsTheOutput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::accepted {}
    };
    impl<X> ::onex::__private::MayTakeOne<X> for __onex_node::accepted {}
    impl<W> ::onex::__private::MayUse<W> for __onex_node::accepted {}
    impl<D> ::onex::__private::DependsOn<D> for __onex_node::accepted {
        type Presence = ::onex::__private::Always;
    }
    impl ::onex::__private::Step for __onex_node::price {
        type Node = Shop;
        const ID: &'static str = "price";
        const INDEX: u32 = 1u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `price` returns `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^"
        )]
        trait IsTheOutput<Actual> {}
        impl<T> IsTheOutput<T> for T {}
        impl<T: IsTheOutput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::price {}
    };
    impl<X> ::onex::__private::Executed<X> for __onex_node::price {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `price` takes the output of `{Self}`, but does not depend on it",
            label = "not in the `depends_on` of `price`",
            note = "it depends on what is listed here\n  --> expansions/shop.yaml:22:61\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                                                             ^^^^^^^^^^",
            note = "add it to `depends_on` in the contract, or remove this parameter"
        )]
        pub trait ListedInDependsOnOf_price {
            type Presence;
        }
        impl<D: ListedInDependsOnOf_price> ::onex::__private::DependsOn<D> for __onex_node::price {
            type Presence = D::Presence;
        }
        impl ListedInDependsOnOf_price for __onex_node::input {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_price for __onex_node::accepted {
            type Presence = ::onex::__private::Always;
        }
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "`price` is a compute step and pure: it cannot be async or take a `Dep`",
            label = "remove this",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:40\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                                        ^^^^^^^",
            note = "what talks to the outside is an effect: declare the step with `node_type: EFFECT_GENERIC`, or move the work to one that is"
        )]
        trait OnlyEffectsMay {}
        impl<W: OnlyEffectsMay> ::onex::__private::MayUse<W> for __onex_node::price {}
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `price` is no workflow, so nothing is called",
            label = "no workflow",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^",
            note = "write `step = ..`, or say `node_type: orchestrator` and which `workflow` it is in the contract"
        )]
        trait OnlyWorkflowsAre {}
        impl<X: OnlyWorkflowsAre> ::onex::__private::MayCall<X> for __onex_node::price {
            const WORKFLOW: &'static str = "";
            const AT: &'static str = "";
        }
    };
    impl<X> ::onex::__private::MayTakeOne<X> for __onex_node::price {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `price` takes one item at a time: its workflow is executed in the mode `conditional`",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^",
            note = "write `step = ..` and take `&T`, or say `execution_mode: batch` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayTakeGroups<X> for __onex_node::price {}
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "`price` folds nothing: it is no reducer of a batch or a stream",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^",
            note = "write `step = ..`, or say `node_type: reducer` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayFold<X> for __onex_node::price {}
    };
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the step `price`",
            label = "required by this contract",
            note = "the step is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^",
            note = "write `#[handler(step = shop::price)]` above `fn price(accepted: &..)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::StepHandler<()>> HasHandler for T {}
        const fn every_step_has_a_handler<T: HasHandler>() {}
        every_step_has_a_handler::<__onex_node::price>();
    }
    impl ::onex::__private::Step for __onex_node::reserve {
        type Node = Shop;
        const ID: &'static str = "reserve";
        const INDEX: u32 = 2u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `reserve` returns `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the step is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^"
        )]
        trait IsTheOutput<Actual> {}
        impl<T> IsTheOutput<T> for T {}
        impl<T: IsTheOutput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::reserve {}
    };
    impl<X> ::onex::__private::Executed<X> for __onex_node::reserve {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `reserve` takes the output of `{Self}`, but does not depend on it",
            label = "not in the `depends_on` of `reserve`",
            note = "it depends on what is listed here\n  --> expansions/shop.yaml:23:62\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                                                              ^^^^^^^^^^",
            note = "add it to `depends_on` in the contract, or remove this parameter"
        )]
        pub trait ListedInDependsOnOf_reserve {
            type Presence;
        }
        impl<D: ListedInDependsOnOf_reserve> ::onex::__private::DependsOn<D> for __onex_node::reserve {
            type Presence = D::Presence;
        }
        impl ListedInDependsOnOf_reserve for __onex_node::input {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_reserve for __onex_node::accepted {
            type Presence = ::onex::__private::Always;
        }
    };
    impl<W> ::onex::__private::MayUse<W> for __onex_node::reserve {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `reserve` is no workflow, so nothing is called",
            label = "no workflow",
            note = "the step is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^",
            note = "write `step = ..`, or say `node_type: orchestrator` and which `workflow` it is in the contract"
        )]
        trait OnlyWorkflowsAre {}
        impl<X: OnlyWorkflowsAre> ::onex::__private::MayCall<X> for __onex_node::reserve {
            const WORKFLOW: &'static str = "";
            const AT: &'static str = "";
        }
    };
    impl<X> ::onex::__private::MayTakeOne<X> for __onex_node::reserve {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `reserve` takes one item at a time: its workflow is executed in the mode `conditional`",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^",
            note = "write `step = ..` and take `&T`, or say `execution_mode: batch` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayTakeGroups<X> for __onex_node::reserve {}
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "`reserve` folds nothing: it is no reducer of a batch or a stream",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^",
            note = "write `step = ..`, or say `node_type: reducer` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayFold<X> for __onex_node::reserve {}
    };
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the step `reserve`",
            label = "required by this contract",
            note = "the step is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^",
            note = "write `#[handler(step = shop::reserve)]` above `async fn reserve(accepted: &..)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::StepHandler<()>> HasHandler for T {}
        const fn every_step_has_a_handler<T: HasHandler>() {}
        every_step_has_a_handler::<__onex_node::reserve>();
    }
    impl ::onex::__private::Compensation for __onex_node::release {
        type Undoes = __onex_node::reserve;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the compensation `release` takes the output of `{Self}`, which has nothing to do with what it undoes",
            label = "remove this parameter",
            note = "it undoes this step, and may take its output and those that the step depends on\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^"
        )]
        pub trait MayBeTakenBy_release {
            type Presence;
        }
        impl<D: MayBeTakenBy_release> ::onex::__private::DependsOn<D> for __onex_node::release {
            type Presence = D::Presence;
        }
        impl MayBeTakenBy_release for __onex_node::input {
            type Presence = ::onex::__private::Always;
        }
        impl MayBeTakenBy_release for __onex_node::accepted {
            type Presence = ::onex::__private::Always;
        }
        impl MayBeTakenBy_release for __onex_node::reserve {
            type Presence = ::onex::__private::Maybe;
        }
    };
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the compensation `release`",
            label = "required by this contract",
            note = "it is declared here\n  --> expansions/shop.yaml:23:88\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                                                                                        ^^^^^^^",
            note = "write `#[handler(compensation = shop::release)]` above `async fn release(reserve: Option<&..>)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::CompensationHandler<()>> HasHandler for T {}
        const fn every_compensation_has_a_handler<T: HasHandler>() {}
        every_compensation_has_a_handler::<__onex_node::release>();
    }
    impl ::onex::__private::Step for __onex_node::charge {
        type Node = Shop;
        const ID: &'static str = "charge";
        const INDEX: u32 = 3u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `charge` returns `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the step is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^"
        )]
        trait IsTheOutput<Actual> {}
        impl<T> IsTheOutput<T> for T {}
        impl<T: IsTheOutput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::charge {}
    };
    impl<X> ::onex::__private::Executed<X> for __onex_node::charge {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `charge` takes the output of `{Self}`, but does not depend on it",
            label = "not in the `depends_on` of `charge`",
            note = "it depends on what is listed here\n  --> expansions/shop.yaml:26:23\n   |\n26 |           depends_on: [price, reserve]\n   |                       ^^^^^^^^^^^^^^^^",
            note = "add it to `depends_on` in the contract, or remove this parameter"
        )]
        pub trait ListedInDependsOnOf_charge {
            type Presence;
        }
        impl<D: ListedInDependsOnOf_charge> ::onex::__private::DependsOn<D> for __onex_node::charge {
            type Presence = D::Presence;
        }
        impl ListedInDependsOnOf_charge for __onex_node::input {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_charge for __onex_node::price {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_charge for __onex_node::reserve {
            type Presence = ::onex::__private::Always;
        }
    };
    impl<W> ::onex::__private::MayUse<W> for __onex_node::charge {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `charge` is no workflow, so nothing is called",
            label = "no workflow",
            note = "the step is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
            note = "write `step = ..`, or say `node_type: orchestrator` and which `workflow` it is in the contract"
        )]
        trait OnlyWorkflowsAre {}
        impl<X: OnlyWorkflowsAre> ::onex::__private::MayCall<X> for __onex_node::charge {
            const WORKFLOW: &'static str = "";
            const AT: &'static str = "";
        }
    };
    impl<X> ::onex::__private::MayTakeOne<X> for __onex_node::charge {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `charge` takes one item at a time: its workflow is executed in the mode `conditional`",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
            note = "write `step = ..` and take `&T`, or say `execution_mode: batch` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayTakeGroups<X> for __onex_node::charge {}
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "`charge` folds nothing: it is no reducer of a batch or a stream",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
            note = "write `step = ..`, or say `node_type: reducer` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayFold<X> for __onex_node::charge {}
    };
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the step `charge`",
            label = "required by this contract",
            note = "the step is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
            note = "write `#[handler(step = shop::charge)]` above `async fn charge(price: &.., reserve: &..)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::StepHandler<()>> HasHandler for T {}
        const fn every_step_has_a_handler<T: HasHandler>() {}
        every_step_has_a_handler::<__onex_node::charge>();
    }
    impl ::onex::__private::Step for __onex_node::waive {
        type Node = Shop;
        const ID: &'static str = "waive";
        const INDEX: u32 = 4u32;
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `waive` returns `{Actual}`, but this parameter takes `{Self}`",
            label = "expected `&{Actual}`",
            note = "the step is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^"
        )]
        trait IsTheOutput<Actual> {}
        impl<T> IsTheOutput<T> for T {}
        impl<T: IsTheOutput<A>, A> ::onex::__private::GivesTo<T, A> for __onex_node::waive {}
    };
    impl<X> ::onex::__private::Executed<X> for __onex_node::waive {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `waive` takes the output of `{Self}`, but does not depend on it",
            label = "not in the `depends_on` of `waive`",
            note = "it depends on what is listed here\n  --> expansions/shop.yaml:31:60\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                                                            ^^^^^^^^^^^^^^^^",
            note = "add it to `depends_on` in the contract, or remove this parameter"
        )]
        pub trait ListedInDependsOnOf_waive {
            type Presence;
        }
        impl<D: ListedInDependsOnOf_waive> ::onex::__private::DependsOn<D> for __onex_node::waive {
            type Presence = D::Presence;
        }
        impl ListedInDependsOnOf_waive for __onex_node::input {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_waive for __onex_node::price {
            type Presence = ::onex::__private::Always;
        }
        impl ListedInDependsOnOf_waive for __onex_node::reserve {
            type Presence = ::onex::__private::Always;
        }
    };
    impl<W> ::onex::__private::MayUse<W> for __onex_node::waive {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `waive` is no workflow, so nothing is called",
            label = "no workflow",
            note = "the step is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
            note = "write `step = ..`, or say `node_type: orchestrator` and which `workflow` it is in the contract"
        )]
        trait OnlyWorkflowsAre {}
        impl<X: OnlyWorkflowsAre> ::onex::__private::MayCall<X> for __onex_node::waive {
            const WORKFLOW: &'static str = "";
            const AT: &'static str = "";
        }
    };
    impl<X> ::onex::__private::MayTakeOne<X> for __onex_node::waive {}
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the step `waive` takes one item at a time: its workflow is executed in the mode `conditional`",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
            note = "write `step = ..` and take `&T`, or say `execution_mode: batch` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayTakeGroups<X> for __onex_node::waive {}
    };
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "`waive` folds nothing: it is no reducer of a batch or a stream",
            label = "items do not come here so",
            note = "the step is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
            note = "write `step = ..`, or say `node_type: reducer` in the contract"
        )]
        trait OnlyOtherSteps {}
        impl<X: OnlyOtherSteps> ::onex::__private::MayFold<X> for __onex_node::waive {}
    };
    {
        #[diagnostic::on_unimplemented(
            message = "`Shop` has no handler for the step `waive`",
            label = "required by this contract",
            note = "the step is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
            note = "write `#[handler(step = shop::waive)]` above `async fn waive(price: &.., reserve: &..)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::StepHandler<()>> HasHandler for T {}
        const fn every_step_has_a_handler<T: HasHandler>() {}
        every_step_has_a_handler::<__onex_node::waive>();
    }
    fn __onex_condition_of_charge(known: &::onex::__private::Known<'_>) -> ::core::primitive::bool {
        {
            struct Stand0 {
                cents: Stand1,
            }
            type Stand1 = ::onex::__private::UnknownField;
            #[diagnostic::on_unimplemented(
                message = "the condition of `charge` asks whether `price.cents` is greater than 0, and that cannot be asked of a `{Self}`",
                label = "a condition of this contract looks at a field of this type",
                note = "the condition is here\n  --> expansions/shop.yaml:28:32\n   |\n28 |           condition: {{ output: price.cents, operator: greater_than, value: 0 }}\n   |                                ^^^^^^^^^^^"
            )]
            trait CanBeAsked {
                fn holds(&self) -> ::core::primitive::bool;
            }
            #[diagnostic::do_not_recommend]
            impl<__T: ::onex::__private::OrderedWith<::core::primitive::i64>> CanBeAsked for __T {
                fn holds(&self) -> ::core::primitive::bool {
                    ::core::matches!(
                        ::onex::__private::OrderedWith::<::core::primitive::i64>::ordered_with(self, &0i64),
                        ::onex::__private::Option::Some(::core::cmp::Ordering::Greater)
                    )
                }
            }
            fn condition_holds<__T: CanBeAsked>(field: &__T) -> ::core::primitive::bool {
                field.holds()
            }
            match ::onex::__private::Output::<__onex_node::price>(::onex::__private::PhantomData)
                .of(known, ::onex::__private::PhantomData::<Stand0>)
            {
                ::onex::__private::Option::Some(output) => {
                    #[allow(non_camel_case_types)]
                    struct condition_in_line_28_of_shop_yaml<T>(T);
                    impl<T> ::core::ops::Deref for condition_in_line_28_of_shop_yaml<&T> {
                        type Target = T;
                        fn deref(&self) -> &T {
                            self.0
                        }
                    }
                    let looked_at = condition_in_line_28_of_shop_yaml(output);
                    let field = &looked_at.cents;
                    condition_holds(field)
                }
                ::onex::__private::Option::None => false,
            }
        }
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the runs of `Shop` have no one output: no step depends on `charge`, nor on `waive`",
            label = "several steps come last",
            note = "`charge` is here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
            note = "`waive` is here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
            note = "take each from the report: `report.get::<shop::charge>()`"
        )]
        pub trait HasOneLastStep {
            type Last: ::onex::__private::Step;
        }
        impl<__X: HasOneLastStep> ::onex::__private::Completes<__X> for Shop {
            type Last = __X::Last;
        }
    };
    struct __OnexKey;
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the handler of `OrderPlaced` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n --> expansions/shop.yaml:7:7\n  |\n7 |     - event_model: {{ name: OrderPlaced, module: shop.events }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_OrderPlaced<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_OrderPlaced<C> for D {}
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the step `price` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n  --> expansions/shop.yaml:22:22\n   |\n22 |         - {{ node_id: price, node_type: compute, depends_on: [accepted], description: What the items cost together. }}\n   |                      ^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_price<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_price<C> for D {}
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the step `reserve` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n  --> expansions/shop.yaml:23:22\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                      ^^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_reserve<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_reserve<C> for D {}
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the compensation `release` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n  --> expansions/shop.yaml:23:88\n   |\n23 |         - {{ node_id: reserve, node_type: effect, depends_on: [accepted], compensation: release }}\n   |                                                                                        ^^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_release<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_release<C> for D {}
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the step `charge` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n  --> expansions/shop.yaml:24:20\n   |\n24 |         - node_id: charge\n   |                    ^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_charge<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_charge<C> for D {}
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the step `waive` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n  --> expansions/shop.yaml:31:22\n   |\n31 |         - {{ node_id: waive, node_type: effect, depends_on: [price, reserve], branch_group: payment }}\n   |                      ^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_waive<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_waive<C> for D {}
    impl<__C> ::onex::__private::Mount<__C> for Shop
    where
        __onex_node::OrderPlaced: ::onex::__private::RouteHandler<__C, Deps: DependenciesOf_OrderPlaced<__C>>,
        __onex_node::price: ::onex::__private::StepHandler<
                __C,
                Output: ::onex::__private::StepValue,
                Deps: DependenciesOf_price<__C>,
            >,
        __onex_node::reserve: ::onex::__private::StepHandler<
                __C,
                Output: ::onex::__private::StepValue,
                Deps: DependenciesOf_reserve<__C>,
            >,
        __onex_node::release: ::onex::__private::CompensationHandler<__C, Deps: DependenciesOf_release<__C>>,
        __onex_node::charge: ::onex::__private::StepHandler<
                __C,
                Output: ::onex::__private::StepValue,
                Deps: DependenciesOf_charge<__C>,
            >,
        __onex_node::waive: ::onex::__private::StepHandler<
                __C,
                Output: ::onex::__private::StepValue,
                Deps: DependenciesOf_waive<__C>,
            >,
        __onex_node::input: ::onex::__private::RunInput<__C, Type: ::onex::__private::RunValue>,
    {
        fn mounted() -> ::onex::__private::Mounted<__C> {
            let mounted = ::onex::__private::Mounted::new(<Self as ::onex::__private::Node>::TABLE);
            let mounted = mounted.route::<__onex_node::OrderPlaced>();
            let mounted = mounted.entry();
            let mounted = mounted.step::<__onex_node::price>();
            let mounted = mounted.step::<__onex_node::reserve>();
            let mounted = mounted.compensation::<__onex_node::release>();
            let mounted = mounted.step::<__onex_node::charge>();
            let mounted = mounted.condition(__onex_condition_of_charge);
            let mounted = mounted.step::<__onex_node::waive>();
            let mounted = mounted
                .input::<<__onex_node::input as ::onex::__private::RunInput<__C>>::Type>(__OnexKey::OF);
            mounted
        }
    }
    {
        mod __onex_missing {
            pub(super) struct OrderAccepted {
                pub(super) order_id: ::core::primitive::u8,
            }
            pub(super) enum OrderPlaced {}
            impl ::onex::__private::Placeholder for OrderAccepted {}
            impl ::onex::__private::Placeholder for OrderPlaced {}
            impl ::onex::__private::RunValue for OrderAccepted {
                fn read(
                    payload: &::onex::__private::Payload,
                ) -> ::onex::__private::Result<::onex::__private::Payload, ::onex::__private::DecodeError>
                {
                    ::onex::__private::Result::Ok(::core::clone::Clone::clone(payload))
                }
                fn borrow(_: &::onex::__private::Payload) -> ::onex::__private::Option<&Self> {
                    ::onex::__private::Option::None
                }
            }
            impl ::onex::__private::RunValue for OrderPlaced {
                fn read(
                    payload: &::onex::__private::Payload,
                ) -> ::onex::__private::Result<::onex::__private::Payload, ::onex::__private::DecodeError>
                {
                    ::onex::__private::Result::Ok(::core::clone::Clone::clone(payload))
                }
                fn borrow(_: &::onex::__private::Payload) -> ::onex::__private::Option<&Self> {
                    ::onex::__private::Option::None
                }
            }
        }
        use __onex_missing::*;
        {
            use ::shop::events::*;
            const _: () = if ::onex::__private::Probe::<OrderPlaced>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Shop` names the event `OrderPlaced`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/shop.yaml:7:28\n  |\n7 |     - event_model: { name: OrderPlaced, module: shop.events }\n  |                            ^^^^^^^^^^^"
                )
            };
            impl ::onex::__private::system::Names<0usize> for Shop {
                const RUST: ::onex::__private::Option<::onex::__private::system::RustType> =
                    ::onex::__private::Probe::<OrderPlaced>::DEFINED;
            }
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an event",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/shop.yaml:7:28\n  |\n7 |     - event_model: {{ name: OrderPlaced, module: shop.events }}\n  |                            ^^^^^^^^^^^",
                    note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
                )]
                trait IsEvent {
                    const NAME: &'static str;
                }
                #[diagnostic::do_not_recommend]
                impl<T: ::onex::__private::Event> IsEvent for T {
                    const NAME: &'static str = T::NAME;
                }
                #[diagnostic::do_not_recommend]
                impl IsEvent for __onex_missing::OrderPlaced {
                    const NAME: &'static str = "OrderPlaced";
                }
                const _: () = ::onex::__private::check_event_name(
                    <OrderPlaced as IsEvent>::NAME,
                    "OrderPlaced",
                    " --> expansions/shop.yaml:7:28\n  |\n7 |     - event_model: { name: OrderPlaced, module: shop.events }\n  |                            ^^^^^^^^^^^",
                );
            }
            impl BroughtByRoute0 for OrderPlaced {}
            impl ::onex::__private::Route for __onex_node::OrderPlaced {
                type Node = Shop;
                type Message = OrderPlaced;
                const INDEX: usize = 0usize;
                const DECLARED: &'static str = " --> expansions/shop.yaml:8:24\n  |\n8 |       handler: { name: order_placed }\n  |                        ^^^^^^^^^^^^";
            }
            impl ::onex::__private::Routes<OrderPlaced> for Shop {
                type Route = __onex_node::OrderPlaced;
            }
        }
        {
            use self::*;
            const _: () = if ::onex::__private::Probe::<OrderAccepted>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Shop` names the event `OrderAccepted`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/shop.yaml:9:23\n  |\n9 |       output_events: [OrderAccepted]\n  |                       ^^^^^^^^^^^^^"
                )
            };
            impl ::onex::__private::system::Names<1usize> for Shop {
                const RUST: ::onex::__private::Option<::onex::__private::system::RustType> =
                    ::onex::__private::Probe::<OrderAccepted>::DEFINED;
            }
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an event",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/shop.yaml:9:23\n  |\n9 |       output_events: [OrderAccepted]\n  |                       ^^^^^^^^^^^^^",
                    note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
                )]
                trait IsEvent {
                    const NAME: &'static str;
                }
                #[diagnostic::do_not_recommend]
                impl<T: ::onex::__private::Event> IsEvent for T {
                    const NAME: &'static str = T::NAME;
                }
                #[diagnostic::do_not_recommend]
                impl IsEvent for __onex_missing::OrderAccepted {
                    const NAME: &'static str = "OrderAccepted";
                }
                const _: () = ::onex::__private::check_event_name(
                    <OrderAccepted as IsEvent>::NAME,
                    "OrderAccepted",
                    " --> expansions/shop.yaml:9:23\n  |\n9 |       output_events: [OrderAccepted]\n  |                       ^^^^^^^^^^^^^",
                );
            }
            impl ListedInOutputEvents0 for OrderAccepted {
                const EVENT: &'static ::onex::__private::EventRow = &__ONEX_EVENTS[1usize];
            }
            impl ::onex::__private::StepOutput for __onex_node::accepted {
                type Type = OrderAccepted;
            }
        }
        {
            use self::*;
            impl ::onex::__private::StepOutput for __onex_node::input {
                type Type = OrderAccepted;
            }
            impl<__X> ::onex::__private::RunInput<__X> for __onex_node::input {
                type Type = OrderAccepted;
            }
            impl ::onex::__private::Workflow for Shop {
                type Input = OrderAccepted;
            }
            impl __OnexKey {
                const OF: ::onex::__private::Option<
                    fn(&::onex::__private::Payload) -> ::onex::__private::Option<::onex::__private::String>,
                > = ::onex::__private::Option::Some(__OnexKey::of);
                fn of(
                    payload: &::onex::__private::Payload,
                ) -> ::onex::__private::Option<::onex::__private::String> {
                    let event = <OrderAccepted as ::onex::__private::RunValue>::borrow(payload)?;
                    #[allow(non_camel_case_types)]
                    struct key_in_line_21_of_shop_yaml<T>(T);
                    impl<T> ::core::ops::Deref for key_in_line_21_of_shop_yaml<&T> {
                        type Target = T;
                        fn deref(&self) -> &T {
                            self.0
                        }
                    }
                    let looked_at = key_in_line_21_of_shop_yaml(event);
                    let field = &looked_at.order_id;
                    ::onex::__private::Option::Some(::onex::__private::RunKey::run_key(field))
                }
            }
        }
    }
};
const _: &[u8] =
    ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", "expansions/shop.yaml"));
