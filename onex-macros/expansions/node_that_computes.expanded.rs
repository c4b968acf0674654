#[doc = "\n\nThe node `node_pricing_compute` 1.0.0, a compute as `expansions/pricing.yaml` describes it.\n\n# Routes\n\n| what arrives | by | handler | what it may emit |\n|---|---|---|---|\n| [`OrderAccepted`](pricing::OrderAccepted) | `onex.evt.shop.order-accepted.v1` | `order_accepted` | `OrderPriced` on `onex.evt.shop.order-priced.v1` |\n"]
#[cfg_attr(
    doc,
    doc = "\n\n# Picture\n\n```mermaid\n---\ntitle: \"node_pricing_compute (compute)\"\n---\nflowchart TD\n    topic_onex_evt_shop_order_accepted_v1[(\"onex.evt.shop.order-accepted.v1<br/>topic, from outside\")]\n    event_OrderAccepted([\"OrderAccepted<br/>event\"])\n    handler_order_accepted[\"order_accepted<br/>handler\"]\n    event_OrderPriced([\"OrderPriced<br/>event\"])\n    topic_onex_evt_shop_order_priced_v1[(\"onex.evt.shop.order-priced.v1<br/>topic\")]\n    topic_onex_evt_shop_order_accepted_v1 --> event_OrderAccepted\n    event_OrderAccepted --> handler_order_accepted\n    handler_order_accepted --> event_OrderPriced\n    event_OrderPriced --> topic_onex_evt_shop_order_priced_v1\n```\n"
)]
struct Pricing;
#[doc = "What the contract `expansions/pricing.yaml` declares: use these paths in `#[handler(..)]`."]
#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    dead_code,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic
)]
mod pricing {
    #[doc = "The event `OrderAccepted`, handled by `order_accepted`."]
    #[doc = "\n\nDeclared at `expansions/pricing.yaml:6:7`."]
    pub(super) enum OrderAccepted {}
    #[doc(hidden)]
    pub(super) const __NAMES: renamed::__private::Names = renamed::__private::Names {
        node: "Pricing",
        events: &["OrderAccepted"],
        intents: &[],
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
        routes_at: " --> expansions/pricing.yaml:6:7\n  |\n6 |     - event_model: { name: OrderAccepted }\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        steps_at: " --> expansions/pricing.yaml:1:7\n  |\n1 | name: node_pricing_compute\n  |       ^^^^^^^^^^^^^^^^^^^^",
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
    use pricing as __onex_node;
    use renamed::__private::{
        AlwaysGiven as _, AsksNothing as _, Declared as _, Given as _, NoHandlerThere as _,
        NoHandlerYet as _, NoItemYet as _, NoOutputYet as _, NotChecked as _, NotDecidedYet as _,
        NotMade as _,
    };
    static __ONEX_EVENTS: [renamed::__private::EventRow; 2usize] = [
        renamed::__private::EventRow {
            name: "OrderAccepted",
            topic: "onex.evt.shop.order-accepted.v1",
            wire_type: "shop.order-accepted",
            consumed: true,
            published: false,
            external: true,
            at: renamed::__private::At { file: "expansions/pricing.yaml", line: 10u32, column: 5u32 },
        },
        renamed::__private::EventRow {
            name: "OrderPriced",
            topic: "onex.evt.shop.order-priced.v1",
            wire_type: "shop.order-priced",
            consumed: false,
            published: true,
            external: false,
            at: renamed::__private::At { file: "expansions/pricing.yaml", line: 12u32, column: 5u32 },
        },
    ];
    static __ONEX_INTENTS: [renamed::__private::IntentRow; 0usize] = [];
    static __ONEX_NODE: renamed::__private::NodeTable = renamed::__private::NodeTable {
        name: "node_pricing_compute",
        kind: renamed::__private::Kind::Compute,
        contract: "expansions/pricing.yaml",
        events: &__ONEX_EVENTS,
        routes: &[renamed::__private::RouteRow {
            brings: renamed::__private::BringsRow::Event(0usize),
            handler: "order_accepted",
            parks: false,
            at: renamed::__private::At { file: "expansions/pricing.yaml", line: 6u32, column: 7u32 },
        }],
        intents: &__ONEX_INTENTS,
        failures: renamed::__private::FailureRow {
            breaker: renamed::__private::Option::None,
            backends: &[],
            retry: renamed::__private::Option::None,
            timeout_ms: renamed::__private::Option::None,
        },
        workflow: renamed::__private::Option::None,
    };
    impl renamed::__private::Node for Pricing {
        const TABLE: &'static renamed::__private::NodeTable = &__ONEX_NODE;
        const SAID: renamed::__private::Option<&'static renamed::__private::system::Said> =
            renamed::__private::Option::Some(&renamed::__private::system::Said {
                broken: false,
                name: renamed::__private::system::Mark {
                    text: "node_pricing_compute",
                    at: " --> expansions/pricing.yaml:1:7\n  |\n1 | name: node_pricing_compute\n  |       ^^^^^^^^^^^^^^^^^^^^",
                },
                kind: renamed::__private::Kind::Compute,
                kind_at: " --> expansions/pricing.yaml:2:12\n  |\n2 | node_type: compute\n  |            ^^^^^^^",
                group: renamed::__private::Option::None,
                takes_anything: false,
                consumed: &[renamed::__private::system::TopicUse {
                    topic: renamed::__private::system::Mark {
                        text: "onex.evt.shop.order-accepted.v1",
                        at: "  --> expansions/pricing.yaml:10:14\n   |\n10 |   - { topic: onex.evt.shop.order-accepted.v1, event_type: OrderAccepted, external: true }\n   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                    },
                    elsewhere: true,
                    in_entry: true,
                    by: renamed::__private::system::JoinedBy::Name,
                    carries: renamed::__private::Option::Some(renamed::__private::system::Carried {
                        name: renamed::__private::system::Mark {
                            text: "OrderAccepted",
                            at: " --> expansions/pricing.yaml:6:28\n  |\n6 |     - event_model: { name: OrderAccepted }\n  |                            ^^^^^^^^^^^^^",
                        },
                        module: renamed::__private::Option::None,
                        rust: <Pricing as renamed::__private::system::Names<0usize>>::RUST,
                    }),
                }],
                produced: &[renamed::__private::system::TopicUse {
                    topic: renamed::__private::system::Mark {
                        text: "onex.evt.shop.order-priced.v1",
                        at: "  --> expansions/pricing.yaml:12:14\n   |\n12 |   - { topic: onex.evt.shop.order-priced.v1, event_type: OrderPriced }\n   |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                    },
                    elsewhere: false,
                    in_entry: true,
                    by: renamed::__private::system::JoinedBy::Name,
                    carries: renamed::__private::Option::Some(renamed::__private::system::Carried {
                        name: renamed::__private::system::Mark {
                            text: "OrderPriced",
                            at: " --> expansions/pricing.yaml:8:23\n  |\n8 |       output_events: [OrderPriced]\n  |                       ^^^^^^^^^^^",
                        },
                        module: renamed::__private::Option::None,
                        rust: <Pricing as renamed::__private::system::Names<1usize>>::RUST,
                    }),
                }],
                patterns: &[],
                sent: &[],
                executed: &[],
                named: &[],
                workflow: renamed::__private::Option::None,
                sub_workflows: &[],
            });
    }
    impl renamed::__private::Contracted for Pricing {}
    {
        #[diagnostic::on_unimplemented(
            message = "`Pricing` has no handler for the event `OrderAccepted`",
            label = "required by this contract",
            note = "the route is declared here\n --> expansions/pricing.yaml:6:7\n  |\n6 |     - event_model: {{ name: OrderAccepted }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            note = "write `#[handler(event = pricing::OrderAccepted)]` above `fn order_accepted(event: OrderAccepted) -> OrderPriced`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: renamed::__private::RouteHandler<()>> HasHandler for T {}
        const fn every_route_has_a_handler<T: HasHandler>() {}
        every_route_has_a_handler::<__onex_node::OrderAccepted>();
    }
    #[diagnostic::on_unimplemented(
        message = "the route brings `OrderAccepted`, but this handler takes `{Self}`",
        label = "expected `OrderAccepted` or `&OrderAccepted`",
        note = "the route is declared here\n --> expansions/pricing.yaml:6:7\n  |\n6 |     - event_model: {{ name: OrderAccepted }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )]
    trait BroughtByRoute0 {}
    impl<P: BroughtByRoute0> renamed::__private::Brings<P> for __onex_node::OrderAccepted {}
    impl<M> renamed::__private::Emits<M> for __onex_node::OrderAccepted {
        const EVENT: &'static renamed::__private::EventRow = &renamed::__private::NOWHERE_EVENT;
    }
    impl<M> renamed::__private::Intends<M> for __onex_node::OrderAccepted {
        const TARGET: &'static renamed::__private::IntentRow = &renamed::__private::NOWHERE_INTENT;
    }
    impl<X> renamed::__private::Starts<X> for __onex_node::OrderAccepted {}
    #[diagnostic::on_unimplemented(
        message = "the contract publishes the result of `OrderAccepted` as `OrderPriced`, but its handler returns `{Self}`",
        label = "expected `OrderPriced`",
        note = "it is published here\n --> expansions/pricing.yaml:8:23\n  |\n8 |       output_events: [OrderPriced]\n  |                       ^^^^^^^^^^^"
    )]
    trait ResultOfRoute0 {}
    impl<T: ResultOfRoute0> renamed::__private::Answers<{ renamed::__private::VALUE }, T>
        for __onex_node::OrderAccepted
    {
    }
    #[diagnostic::on_unimplemented(
        message = "COMPUTE cannot emit events[] - result only. COMPUTE nodes are pure transformations. If you need to emit events, use EFFECT.",
        label = "expected `OrderPriced`",
        note = "COMPUTE cannot emit intents[] - result only. COMPUTE nodes are pure transformations, not side-effect requesters.",
        note = "return the value itself: with `output_events` on its route, it is published as that event",
        note = "the contract says what the node is\n --> expansions/pricing.yaml:2:12\n  |\n2 | node_type: compute\n  |            ^^^^^^^"
    )]
    trait ValueOfRoute0 {}
    impl<T: ValueOfRoute0> renamed::__private::Answers<{ renamed::__private::EMIT }, T>
        for __onex_node::OrderAccepted
    {
    }
    #[diagnostic::on_unimplemented(
        message = "COMPUTE requires result. COMPUTE nodes must return a typed result from their transformation.",
        label = "expected `OrderPriced`",
        note = "the contract says what the node is\n --> expansions/pricing.yaml:2:12\n  |\n2 | node_type: compute\n  |            ^^^^^^^"
    )]
    trait OutputOfRoute0 {}
    impl<T: OutputOfRoute0> renamed::__private::Answers<{ renamed::__private::NOTHING }, T>
        for __onex_node::OrderAccepted
    {
    }
    {
        #[diagnostic::on_unimplemented(
            message = "the handler of `OrderAccepted` cannot be `async`: its node is a compute node",
            label = "remove `async`",
            note = "what a pure node gives back follows from what it takes, so it has nothing to wait for; what waits is an effect",
            note = "the contract says what the node is\n --> expansions/pricing.yaml:2:12\n  |\n2 | node_type: compute\n  |            ^^^^^^^"
        )]
        trait IsAnEffect {}
        impl<X: IsAnEffect> renamed::__private::MayAwait<X> for __onex_node::OrderAccepted {}
    }
    {
        #[diagnostic::on_unimplemented(
            message = "the handler of `OrderAccepted` cannot take a `Dep`: its node is a compute node",
            label = "remove this parameter",
            note = "what a pure node gives back follows from what it takes; what needs a service is an effect",
            note = "the contract says what the node is\n --> expansions/pricing.yaml:2:12\n  |\n2 | node_type: compute\n  |            ^^^^^^^"
        )]
        trait OnlyEffectsTakeDependencies {}
        impl<W: OnlyEffectsTakeDependencies> renamed::__private::MayTake<W> for __onex_node::OrderAccepted {}
    }
    struct __OnexKey;
    #[diagnostic::on_unimplemented(
        message = "the container `{C}` does not provide what the handler of `OrderAccepted` takes: `{Self}`",
        label = "this node cannot be mounted on `{C}`",
        note = "it is declared here\n --> expansions/pricing.yaml:6:7\n  |\n6 |     - event_model: {{ name: OrderAccepted }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
    )]
    pub trait DependenciesOf_OrderAccepted<C>: renamed::__private::FromContainer<C> {}
    #[diagnostic::do_not_recommend]
    impl<C, D: renamed::__private::FromContainer<C>> DependenciesOf_OrderAccepted<C> for D {}
    impl<__C> renamed::__private::Mount<__C> for Pricing
    where
        __onex_node::OrderAccepted:
            renamed::__private::RouteHandler<__C, Deps: DependenciesOf_OrderAccepted<__C>>,
    {
        fn mounted() -> renamed::__private::Mounted<__C> {
            let mounted = renamed::__private::Mounted::new(<Self as renamed::__private::Node>::TABLE);
            let mounted = mounted.route::<__onex_node::OrderAccepted>();
            mounted
        }
    }
    {
        mod __onex_missing {
            pub(super) enum OrderAccepted {}
            pub(super) enum OrderPriced {}
            impl renamed::__private::Placeholder for OrderAccepted {}
            impl renamed::__private::Placeholder for OrderPriced {}
            impl renamed::__private::RunValue for OrderAccepted {
                fn read(
                    payload: &renamed::__private::Payload,
                ) -> renamed::__private::Result<renamed::__private::Payload, renamed::__private::DecodeError>
                {
                    renamed::__private::Result::Ok(::core::clone::Clone::clone(payload))
                }
                fn borrow(_: &renamed::__private::Payload) -> renamed::__private::Option<&Self> {
                    renamed::__private::Option::None
                }
            }
            impl renamed::__private::RunValue for OrderPriced {
                fn read(
                    payload: &renamed::__private::Payload,
                ) -> renamed::__private::Result<renamed::__private::Payload, renamed::__private::DecodeError>
                {
                    renamed::__private::Result::Ok(::core::clone::Clone::clone(payload))
                }
                fn borrow(_: &renamed::__private::Payload) -> renamed::__private::Option<&Self> {
                    renamed::__private::Option::None
                }
            }
        }
        use __onex_missing::*;
        {
            use self::*;
            const _: () = if renamed::__private::Probe::<OrderAccepted>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Pricing` names the event `OrderAccepted`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/pricing.yaml:6:28\n  |\n6 |     - event_model: { name: OrderAccepted }\n  |                            ^^^^^^^^^^^^^"
                )
            };
            impl renamed::__private::system::Names<0usize> for Pricing {
                const RUST: renamed::__private::Option<renamed::__private::system::RustType> =
                    renamed::__private::Probe::<OrderAccepted>::DEFINED;
            }
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an event",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/pricing.yaml:6:28\n  |\n6 |     - event_model: {{ name: OrderAccepted }}\n  |                            ^^^^^^^^^^^^^",
                    note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
                )]
                trait IsEvent {
                    const NAME: &'static str;
                }
                #[diagnostic::do_not_recommend]
                impl<T: renamed::__private::Event> IsEvent for T {
                    const NAME: &'static str = T::NAME;
                }
                #[diagnostic::do_not_recommend]
                impl IsEvent for __onex_missing::OrderAccepted {
                    const NAME: &'static str = "OrderAccepted";
                }
                const _: () = renamed::__private::check_event_name(
                    <OrderAccepted as IsEvent>::NAME,
                    "OrderAccepted",
                    " --> expansions/pricing.yaml:6:28\n  |\n6 |     - event_model: { name: OrderAccepted }\n  |                            ^^^^^^^^^^^^^",
                );
            }
            impl BroughtByRoute0 for OrderAccepted {}
            impl renamed::__private::Route for __onex_node::OrderAccepted {
                type Node = Pricing;
                type Message = OrderAccepted;
                const INDEX: usize = 0usize;
                const DECLARED: &'static str = " --> expansions/pricing.yaml:7:24\n  |\n7 |       handler: { name: order_accepted }\n  |                        ^^^^^^^^^^^^^^";
                const OUTPUT: renamed::__private::Option<&'static renamed::__private::EventRow> =
                    renamed::__private::Option::Some(&__ONEX_EVENTS[1usize]);
            }
            impl renamed::__private::Routes<OrderAccepted> for Pricing {
                type Route = __onex_node::OrderAccepted;
            }
        }
        {
            use self::*;
            const _: () = if renamed::__private::Probe::<OrderPriced>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Pricing` names the event `OrderPriced`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/pricing.yaml:8:23\n  |\n8 |       output_events: [OrderPriced]\n  |                       ^^^^^^^^^^^"
                )
            };
            impl renamed::__private::system::Names<1usize> for Pricing {
                const RUST: renamed::__private::Option<renamed::__private::system::RustType> =
                    renamed::__private::Probe::<OrderPriced>::DEFINED;
            }
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an event",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/pricing.yaml:8:23\n  |\n8 |       output_events: [OrderPriced]\n  |                       ^^^^^^^^^^^",
                    note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
                )]
                trait IsEvent {
                    const NAME: &'static str;
                }
                #[diagnostic::do_not_recommend]
                impl<T: renamed::__private::Event> IsEvent for T {
                    const NAME: &'static str = T::NAME;
                }
                #[diagnostic::do_not_recommend]
                impl IsEvent for __onex_missing::OrderPriced {
                    const NAME: &'static str = "OrderPriced";
                }
                const _: () = renamed::__private::check_event_name(
                    <OrderPriced as IsEvent>::NAME,
                    "OrderPriced",
                    " --> expansions/pricing.yaml:8:23\n  |\n8 |       output_events: [OrderPriced]\n  |                       ^^^^^^^^^^^",
                );
            }
            impl ResultOfRoute0 for OrderPriced {}
            impl ValueOfRoute0 for OrderPriced {}
            impl OutputOfRoute0 for OrderPriced {}
        }
    }
};
const _: &[u8] = ::core::include_bytes!(::core::concat!(
    ::core::env!("CARGO_MANIFEST_DIR"),
    "/",
    "expansions/pricing.yaml"
));
