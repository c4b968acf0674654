#[doc = "\n\nThe node `node_bell_effect` 1.0.0, an effect as `expansions/bell.yaml` describes it.\n\n# Routes\n\n| what arrives | by | handler | what it may emit |\n|---|---|---|---|\n| [`RingBell`](bell::RingBell) | intent `bell.ring` | `ring_bell` |  |\n"]
#[cfg_attr(
    doc,
    doc = "\n\n# Picture\n\n```mermaid\n---\ntitle: \"node_bell_effect (effect)\"\n---\nflowchart TD\n    intent_bell_ring{{\"bell.ring<br/>intent\"}}\n    handler_ring_bell[\"ring_bell<br/>handler\"]\n    intent_bell_ring --> handler_ring_bell\n```\n"
)]
pub(crate) struct Bell;
#[doc = "What the contract `expansions/bell.yaml` declares: use these paths in `#[handler(..)]`."]
#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    dead_code,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic
)]
pub(crate) mod bell {
    #[doc = "The intent `RingBell`, handled by `ring_bell`."]
    #[doc = "\n\nDeclared at `expansions/bell.yaml:6:7`."]
    pub(crate) enum RingBell {}
    #[doc(hidden)]
    pub(crate) const __NAMES: ::onex::__private::Names = ::onex::__private::Names {
        node: "Bell",
        events: &[],
        intents: &["RingBell"],
        steps: &[],
        inputs: &[],
        senders: &[],
        compensations: &[],
        conditions: &[],
        transitions: &[],
        operations: &[],
        payloads: &[],
        topics: &[],
        defaults: &[],
        routes_at: " --> expansions/bell.yaml:6:7\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        steps_at: " --> expansions/bell.yaml:1:7\n  |\n1 | name: node_bell_effect\n  |       ^^^^^^^^^^^^^^^^",
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
    use bell as __onex_node;
    static __ONEX_EVENTS: [::onex::__private::EventRow; 0usize] = [];
    static __ONEX_INTENTS: [::onex::__private::IntentRow; 0usize] = [];
    static __ONEX_NODE: ::onex::__private::NodeTable = ::onex::__private::NodeTable {
        name: "node_bell_effect",
        kind: ::onex::__private::Kind::Effect,
        contract: "expansions/bell.yaml",
        events: &__ONEX_EVENTS,
        routes: &[::onex::__private::RouteRow {
            brings: ::onex::__private::BringsRow::Intent("bell.ring"),
            handler: "ring_bell",
            parks: false,
            at: ::onex::__private::At { file: "expansions/bell.yaml", line: 6u32, column: 7u32 },
        }],
        intents: &__ONEX_INTENTS,
        failures: ::onex::__private::FailureRow {
            breaker: ::onex::__private::Option::None,
            backends: &[],
            retry: ::onex::__private::Option::None,
            timeout_ms: ::onex::__private::Option::None,
        },
        workflow: ::onex::__private::Option::None,
    };
    impl ::onex::__private::Node for Bell {
        const TABLE: &'static ::onex::__private::NodeTable = &__ONEX_NODE;
        const SAID: ::onex::__private::Option<&'static ::onex::__private::system::Said> =
            ::onex::__private::Option::Some(&::onex::__private::system::Said {
                broken: false,
                name: ::onex::__private::system::Mark {
                    text: "node_bell_effect",
                    at: " --> expansions/bell.yaml:1:7\n  |\n1 | name: node_bell_effect\n  |       ^^^^^^^^^^^^^^^^",
                },
                kind: ::onex::__private::Kind::Effect,
                kind_at: " --> expansions/bell.yaml:2:12\n  |\n2 | node_type: effect\n  |            ^^^^^^",
                group: ::onex::__private::Option::None,
                takes_anything: false,
                consumed: &[::onex::__private::system::TopicUse {
                    topic: ::onex::__private::system::Mark {
                        text: "onex.intent.bell.ring.v1",
                        at: " --> expansions/bell.yaml:6:56\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |                                                        ^^^^^^^^^",
                    },
                    elsewhere: true,
                    in_entry: false,
                    by: ::onex::__private::system::JoinedBy::Intent("bell.ring"),
                    carries: ::onex::__private::Option::None,
                }],
                produced: &[],
                patterns: &[],
                sent: &[],
                executed: &[::onex::__private::system::Mark {
                    text: "bell.ring",
                    at: " --> expansions/bell.yaml:6:56\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |                                                        ^^^^^^^^^",
                }],
                named: &[],
                workflow: ::onex::__private::Option::None,
                sub_workflows: &[],
            });
    }
    impl ::onex::__private::Contracted for Bell {}
    {
        #[diagnostic::on_unimplemented(
            message = "`Bell` has no handler for the intent `RingBell`",
            label = "required by this contract",
            note = "the route is declared here\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            note = "write `#[handler(intent = bell::RingBell)]` above `async fn ring_bell(intent: RingBell)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::RouteHandler<()>> HasHandler for T {}
        const fn every_route_has_a_handler<T: HasHandler>() {}
        every_route_has_a_handler::<__onex_node::RingBell>();
    }
    #[diagnostic::on_unimplemented(
        message = "the route brings `RingBell`, but this handler takes `{Self}`",
        label = "expected `RingBell` or `&RingBell`",
        note = "the route is declared here\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )]
    trait BroughtByRoute0 {}
    impl<P: BroughtByRoute0> ::onex::__private::Brings<P> for __onex_node::RingBell {}
    #[diagnostic::on_unimplemented(
        message = "the contract of `Bell` does not let the handler of `RingBell` emit `{Self}`",
        label = "not among its `output_events`",
        note = "its route lists no `output_events`\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        note = "add `output_events: [{Self}]` to the route and give it a topic in `published_events`"
    )]
    trait ListedInOutputEvents0 {
        const EVENT: &'static ::onex::__private::EventRow;
    }
    impl<M: ListedInOutputEvents0> ::onex::__private::Emits<M> for __onex_node::RingBell {
        const EVENT: &'static ::onex::__private::EventRow = M::EVENT;
    }
    impl<M: EffectEmitsEventsOnly> ::onex::__private::Intends<M> for __onex_node::RingBell {
        const TARGET: &'static ::onex::__private::IntentRow = M::TARGET;
    }
    {
        #[diagnostic::on_unimplemented(
            message = "`RingBell` starts no run, so its handler cannot either",
            label = "not the entry of a workflow",
            note = "the contract has no step with an `event_pattern`\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            note = "emit that event instead: it starts the run, or its handler decides"
        )]
        trait IsTheEntry {}
        impl<X: IsTheEntry> ::onex::__private::Starts<X> for __onex_node::RingBell {}
    }
    {
        #[diagnostic::on_unimplemented(
            message = "this handles `RingBell`, but answers for another route",
            label = "expected `Emit<bell::RingBell>`, found `{Self}`",
            note = "the route is declared here\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
        )]
        trait AnswersRoute0 {}
        impl AnswersRoute0 for ::onex::__private::Emit<__onex_node::RingBell> {}
        impl<T: AnswersRoute0> ::onex::__private::Answers<{ ::onex::__private::EMIT }, T> for __onex_node::RingBell {}
        #[diagnostic::on_unimplemented(
            message = "EFFECT cannot set result - events[] only. Only COMPUTE nodes return typed results.",
            label = "this handler returns `Emit<bell::RingBell>` or nothing, not `{Self}`",
            note = "give the value to its consumer as an event, `Emit::event(..)`",
            note = "the contract says what the node is\n --> expansions/bell.yaml:2:12\n  |\n2 | node_type: effect\n  |            ^^^^^^"
        )]
        trait EmitOfRoute0 {}
        impl EmitOfRoute0 for () {}
        impl EmitOfRoute0 for ::onex::__private::Emit<__onex_node::RingBell> {}
        impl<T: EmitOfRoute0> ::onex::__private::Answers<{ ::onex::__private::VALUE }, T> for __onex_node::RingBell {}
        impl<T> ::onex::__private::Answers<{ ::onex::__private::NOTHING }, T> for __onex_node::RingBell {}
    }
    impl<X> ::onex::__private::MayAwait<X> for __onex_node::RingBell {}
    impl<W> ::onex::__private::MayTake<W> for __onex_node::RingBell {}
    #[diagnostic::on_unimplemented(
        message = "EFFECT cannot emit intents[] - events[] only. Effects execute side effects and publish result events, not request further effects.",
        label = "emit an event instead",
        note = "publish what happened with `Emit::event(..)` and let an orchestrator decide what is to happen next"
    )]
    trait EffectEmitsEventsOnly {
        const TARGET: &'static ::onex::__private::IntentRow;
    }
    struct __OnexKey;
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the handler of `RingBell` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n --> expansions/bell.yaml:6:7\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_RingBell<C>: ::onex::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: ::onex::__private::FromContainer<C>> DependenciesOf_RingBell<C> for D {}
    impl<__C> ::onex::__private::Mount<__C> for Bell
    where
        __onex_node::RingBell: ::onex::__private::RouteHandler<__C, Deps: DependenciesOf_RingBell<__C>>,
    {
        fn mounted() -> ::onex::__private::Mounted<__C> {
            let mounted = ::onex::__private::Mounted::new(<Self as ::onex::__private::Node>::TABLE);
            let mounted = mounted.route::<__onex_node::RingBell>();
            mounted
        }
    }
    {
        mod __onex_missing {
            pub(super) enum RingBell {}
            impl ::onex::__private::Placeholder for RingBell {}
            impl ::onex::__private::RunValue for RingBell {
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
            use self::*;
            const _: () = if ::onex::__private::Probe::<RingBell>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Bell` names the intent `RingBell`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/bell.yaml:6:31\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |                               ^^^^^^^^"
                )
            };
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an intent",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/bell.yaml:6:31\n  |\n6 |     - {{ intent_model: {{ name: RingBell }}, intent_type: bell.ring, handler: {{ name: ring_bell }} }}\n  |                               ^^^^^^^^",
                    note = "derive it: `#[derive(onex::Intent, serde::Serialize, serde::Deserialize)]` with its name, `#[intent(\"domain.action\")]`"
                )]
                trait IsIntent {
                    const NAME: &'static str;
                }
                #[diagnostic::do_not_recommend]
                impl<T: ::onex::__private::Intent> IsIntent for T {
                    const NAME: &'static str = T::TYPE;
                }
                #[diagnostic::do_not_recommend]
                impl IsIntent for __onex_missing::RingBell {
                    const NAME: &'static str = "bell.ring";
                }
                const _: () = ::onex::__private::check_intent_type(
                    "RingBell",
                    <RingBell as IsIntent>::NAME,
                    "bell.ring",
                    " --> expansions/bell.yaml:6:56\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |                                                        ^^^^^^^^^",
                );
            }
            impl BroughtByRoute0 for RingBell {}
            impl ::onex::__private::Route for __onex_node::RingBell {
                type Node = Bell;
                type Message = RingBell;
                const INDEX: usize = 0usize;
                const DECLARED: &'static str = " --> expansions/bell.yaml:6:84\n  |\n6 |     - { intent_model: { name: RingBell }, intent_type: bell.ring, handler: { name: ring_bell } }\n  |                                                                                    ^^^^^^^^^";
            }
            impl ::onex::__private::Routes<RingBell> for Bell {
                type Route = __onex_node::RingBell;
            }
        }
    }
};
const _: &[u8] =
    ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", "expansions/bell.yaml"));
