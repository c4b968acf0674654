#[doc = "\n\nThe node `node_door_reducer` 1.0.0, a reducer as `expansions/door.yaml` describes it.\n\n# Routes\n\n| what arrives | by | handler | what it may emit |\n|---|---|---|---|\n| [`DoorPushed`](door::DoorPushed) | `onex.evt.doors.door-pushed.v1` | `door_pushed` | intent `bell.ring` |\n\n# States\n\nIt starts as `closed`.\n\n| from | on | to | if |\n|---|---|---|---|\n| `closed` | `door_pushed` | `open` | `pushes is less than 3` |\n| `open` | `door_pushed` | `closed` |  |\n"]
#[cfg_attr(
    doc,
    doc = "\n\n# Picture\n\n```mermaid\n---\ntitle: \"node_door_reducer (reducer)\"\n---\nflowchart TD\n    topic_onex_evt_doors_door_pushed_v1[(\"onex.evt.doors.door-pushed.v1<br/>topic, from outside\")]\n    event_DoorPushed([\"DoorPushed<br/>event\"])\n    handler_door_pushed[\"door_pushed<br/>handler\"]\n    topic_onex_evt_doors_door_pushed_v1 --> event_DoorPushed\n    event_DoorPushed --> handler_door_pushed\n```\n"
)]
struct Door;
#[doc = "What the contract `expansions/door.yaml` declares: use these paths in `#[handler(..)]`."]
#[allow(
    non_camel_case_types,
    non_upper_case_globals,
    dead_code,
    missing_debug_implementations,
    clippy::all,
    clippy::pedantic
)]
mod door {
    #[doc = "The event `DoorPushed`, handled by `door_pushed`."]
    #[doc = "\n\nDeclared at `expansions/door.yaml:7:7`."]
    pub(super) enum DoorPushed {}
    #[doc = r" The states of the machine."]
    #[derive(
        :: core :: fmt :: Debug,
        :: core :: clone :: Clone,
        :: core :: marker :: Copy,
        :: core :: cmp :: PartialEq,
        :: core :: cmp :: Eq,
        :: core :: hash :: Hash,
    )]
    pub(super) enum State {
        #[doc = "The state `closed`."]
        Closed,
        #[doc = "The state `open`."]
        Open,
    }
    impl ::onex::__private::MachineState for State {
        const ALL: &'static [Self] = &[State::Closed, State::Open];
        fn name(self) -> &'static ::core::primitive::str {
            match self {
                State::Closed => "closed",
                State::Open => "open",
            }
        }
    }
    #[doc(hidden)]
    pub(super) const __NAMES: ::onex::__private::Names = ::onex::__private::Names {
        node: "Door",
        events: &[],
        intents: &[],
        steps: &[],
        inputs: &[],
        senders: &[],
        compensations: &[],
        conditions: &[],
        transitions: &["DoorPushed"],
        operations: &[],
        payloads: &[],
        topics: &[],
        defaults: &[],
        routes_at: " --> expansions/door.yaml:7:7\n  |\n7 |     - { event_model: { name: DoorPushed }, key: door, handler: { name: door_pushed } }\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        steps_at: " --> expansions/door.yaml:1:7\n  |\n1 | name: node_door_reducer\n  |       ^^^^^^^^^^^^^^^^^",
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
    use door as __onex_node;
    static __ONEX_EVENTS: [::onex::__private::EventRow; 1usize] = [::onex::__private::EventRow {
        name: "DoorPushed",
        topic: "onex.evt.doors.door-pushed.v1",
        wire_type: "doors.door-pushed",
        consumed: true,
        published: false,
        external: true,
        at: ::onex::__private::At { file: "expansions/door.yaml", line: 9u32, column: 5u32 },
    }];
    static __ONEX_INTENTS: [::onex::__private::IntentRow; 1usize] = [::onex::__private::IntentRow {
        intent_type: "bell.ring",
        node: "node_bell_effect",
        at: ::onex::__private::At { file: "expansions/door.yaml", line: 24u32, column: 22u32 },
    }];
    static __ONEX_NODE: ::onex::__private::NodeTable = ::onex::__private::NodeTable {
        name: "node_door_reducer",
        kind: ::onex::__private::Kind::Reducer,
        contract: "expansions/door.yaml",
        events: &__ONEX_EVENTS,
        routes: &[::onex::__private::RouteRow {
            brings: ::onex::__private::BringsRow::Event(0usize),
            handler: "door_pushed",
            parks: false,
            at: ::onex::__private::At { file: "expansions/door.yaml", line: 7u32, column: 7u32 },
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
    impl ::onex::__private::Node for Door {
        const TABLE: &'static ::onex::__private::NodeTable = &__ONEX_NODE;
        const SAID: ::onex::__private::Option<&'static ::onex::__private::system::Said> =
            ::onex::__private::Option::Some(&::onex::__private::system::Said {
                broken: false,
                name: ::onex::__private::system::Mark {
                    text: "node_door_reducer",
                    at: " --> expansions/door.yaml:1:7\n  |\n1 | name: node_door_reducer\n  |       ^^^^^^^^^^^^^^^^^",
                },
                kind: ::onex::__private::Kind::Reducer,
                kind_at: " --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^",
                group: ::onex::__private::Option::None,
                takes_anything: false,
                consumed: &[::onex::__private::system::TopicUse {
                    topic: ::onex::__private::system::Mark {
                        text: "onex.evt.doors.door-pushed.v1",
                        at: " --> expansions/door.yaml:9:14\n  |\n9 |   - { topic: onex.evt.doors.door-pushed.v1, event_type: DoorPushed, external: true }\n  |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
                    },
                    elsewhere: true,
                    in_entry: true,
                    by: ::onex::__private::system::JoinedBy::Name,
                    carries: ::onex::__private::Option::Some(::onex::__private::system::Carried {
                        name: ::onex::__private::system::Mark {
                            text: "DoorPushed",
                            at: " --> expansions/door.yaml:7:30\n  |\n7 |     - { event_model: { name: DoorPushed }, key: door, handler: { name: door_pushed } }\n  |                              ^^^^^^^^^^",
                        },
                        module: ::onex::__private::Option::None,
                        rust: <Door as ::onex::__private::system::Names<0usize>>::RUST,
                    }),
                }],
                produced: &[],
                patterns: &[],
                sent: &[::onex::__private::system::Sent {
                    intent: ::onex::__private::system::Mark {
                        text: "bell.ring",
                        at: "  --> expansions/door.yaml:24:22\n   |\n24 |     - { intent_type: bell.ring, payload_model: RingBell }\n   |                      ^^^^^^^^^",
                    },
                    to: ::onex::__private::system::Receiver::Target(::onex::__private::system::Mark {
                        text: "node_bell_effect",
                        at: "  --> expansions/door.yaml:22:11\n   |\n22 |   target: node_bell_effect\n   |           ^^^^^^^^^^^^^^^^",
                    }),
                }],
                executed: &[],
                named: &[],
                workflow: ::onex::__private::Option::None,
                sub_workflows: &[],
            });
    }
    impl ::onex::__private::Contracted for Door {}
    {
        #[diagnostic::on_unimplemented(
            message = "`Door` has no handler for the event `DoorPushed`",
            label = "required by this contract",
            note = "the route is declared here\n --> expansions/door.yaml:7:7\n  |\n7 |     - {{ event_model: {{ name: DoorPushed }}, key: door, handler: {{ name: door_pushed }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
            note = "write `#[handler(transition = door::DoorPushed)]` above `fn door_pushed(state: &mut Door, event: &DoorPushed)`"
        )]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: ::onex::__private::TransitionHandler<()>> HasHandler for T {}
        const fn every_route_has_a_handler<T: HasHandler>() {}
        every_route_has_a_handler::<__onex_node::DoorPushed>();
    }
    #[diagnostic::on_unimplemented(
        message = "the route brings `DoorPushed`, but this handler takes `{Self}`",
        label = "expected `DoorPushed` or `&DoorPushed`",
        note = "the route is declared here\n --> expansions/door.yaml:7:7\n  |\n7 |     - {{ event_model: {{ name: DoorPushed }}, key: door, handler: {{ name: door_pushed }} }}\n  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )]
    trait BroughtByRoute0 {}
    impl<P: BroughtByRoute0> ::onex::__private::Brings<P> for __onex_node::DoorPushed {}
    impl<M> ::onex::__private::Emits<M> for __onex_node::DoorPushed {
        const EVENT: &'static ::onex::__private::EventRow = &::onex::__private::NOWHERE_EVENT;
    }
    impl<M> ::onex::__private::Intends<M> for __onex_node::DoorPushed {
        const TARGET: &'static ::onex::__private::IntentRow = &::onex::__private::NOWHERE_INTENT;
    }
    impl<X> ::onex::__private::Starts<X> for __onex_node::DoorPushed {}
    #[diagnostic::on_unimplemented(
        message = "REDUCER cannot set result (pure fold - projections[] only). Only COMPUTE nodes return typed results.",
        label = "expected the next state, `Door`, or nothing where it takes `&mut Door`",
        note = "the contract says what the node is\n --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^"
    )]
    trait ResultOfRoute0 {}
    impl<T: ResultOfRoute0> ::onex::__private::Answers<{ ::onex::__private::VALUE }, T>
        for __onex_node::DoorPushed
    {
    }
    #[diagnostic::on_unimplemented(
        message = "REDUCER cannot emit events[] (pure fold - projections[] only). Reducers maintain read-optimized state projections, not publish events.",
        label = "expected the next state, `Door`, or nothing where it takes `&mut Door`",
        note = "REDUCER cannot emit intents[] (pure fold - projections[] only). Reducers are pure functions that update state, not request side effects.",
        note = "what is to be done when the state changes is an action of the machine, which emits an intent",
        note = "the contract says what the node is\n --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^"
    )]
    trait ValueOfRoute0 {}
    impl<T: ValueOfRoute0> ::onex::__private::Answers<{ ::onex::__private::EMIT }, T>
        for __onex_node::DoorPushed
    {
    }
    #[diagnostic::on_unimplemented(
        message = "the handler of `DoorPushed` gives back no next state",
        label = "expected the next state, `Door`, or nothing where it takes `&mut Door`",
        note = "the contract says what the node is\n --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^"
    )]
    trait OutputOfRoute0 {}
    impl<T: OutputOfRoute0> ::onex::__private::Answers<{ ::onex::__private::NOTHING }, T>
        for __onex_node::DoorPushed
    {
    }
    {
        #[diagnostic::on_unimplemented(
            message = "the handler of `DoorPushed` cannot be `async`: its node is a reducer",
            label = "remove `async`",
            note = "what a pure node gives back follows from what it takes, so it has nothing to wait for; what waits is an effect",
            note = "the contract says what the node is\n --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^"
        )]
        trait IsAnEffect {}
        impl<X: IsAnEffect> ::onex::__private::MayAwait<X> for __onex_node::DoorPushed {}
    }
    {
        #[diagnostic::on_unimplemented(
            message = "the handler of `DoorPushed` cannot take a `Dep`: its node is a reducer",
            label = "remove this parameter",
            note = "the next state follows from the state and the event, so that it can be computed again after a crash",
            note = "the contract says what the node is\n --> expansions/door.yaml:2:12\n  |\n2 | node_type: reducer\n  |            ^^^^^^^"
        )]
        trait OnlyEffectsTakeDependencies {}
        impl<W: OnlyEffectsTakeDependencies> ::onex::__private::MayTake<W> for __onex_node::DoorPushed {}
    }
    struct __OnexKey;
    impl<__C> ::onex::__private::Mount<__C> for Door
    where
        __onex_node::DoorPushed:
            ::onex::__private::TransitionHandler<__C, Data: ::onex::__private::ReducerState>,
    {
        fn mounted() -> ::onex::__private::Mounted<__C> {
            let mounted = ::onex::__private::Mounted::new(<Self as ::onex::__private::Node>::TABLE);
            let mounted = mounted.transition::<__onex_node::DoorPushed>(__OnexKeyOfRoute0::OF);
            mounted
        }
    }
    {
        mod __onex_missing {
            pub(super) struct Door {
                pub(super) pushes: ::onex::__private::UnknownField,
            }
            pub(super) struct DoorPushed {
                pub(super) door: ::core::primitive::u8,
            }
            pub(super) enum RingBell {}
            impl ::onex::__private::Placeholder for Door {}
            impl ::onex::__private::Placeholder for DoorPushed {}
            impl ::onex::__private::Placeholder for RingBell {}
            impl ::onex::__private::RunValue for Door {
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
            impl ::onex::__private::RunValue for DoorPushed {
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
            const _: () = if ::onex::__private::Probe::<DoorPushed>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Door` names the event `DoorPushed`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/door.yaml:7:30\n  |\n7 |     - { event_model: { name: DoorPushed }, key: door, handler: { name: door_pushed } }\n  |                              ^^^^^^^^^^"
                )
            };
            impl ::onex::__private::system::Names<0usize> for Door {
                const RUST: ::onex::__private::Option<::onex::__private::system::RustType> =
                    ::onex::__private::Probe::<DoorPushed>::DEFINED;
            }
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an event",
                    label = "required by this contract",
                    note = "the contract names it as one here\n --> expansions/door.yaml:7:30\n  |\n7 |     - {{ event_model: {{ name: DoorPushed }}, key: door, handler: {{ name: door_pushed }} }}\n  |                              ^^^^^^^^^^",
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
                impl IsEvent for __onex_missing::DoorPushed {
                    const NAME: &'static str = "DoorPushed";
                }
                const _: () = ::onex::__private::check_event_name(
                    <DoorPushed as IsEvent>::NAME,
                    "DoorPushed",
                    " --> expansions/door.yaml:7:30\n  |\n7 |     - { event_model: { name: DoorPushed }, key: door, handler: { name: door_pushed } }\n  |                              ^^^^^^^^^^",
                );
            }
            impl BroughtByRoute0 for DoorPushed {}
            impl ::onex::__private::Route for __onex_node::DoorPushed {
                type Node = Door;
                type Message = DoorPushed;
                const INDEX: usize = 0usize;
                const DECLARED: &'static str = " --> expansions/door.yaml:7:72\n  |\n7 |     - { event_model: { name: DoorPushed }, key: door, handler: { name: door_pushed } }\n  |                                                                        ^^^^^^^^^^^";
            }
            impl ::onex::__private::Routes<DoorPushed> for Door {
                type Route = __onex_node::DoorPushed;
            }
            impl ::onex::__private::Transition for __onex_node::DoorPushed {
                const TRIGGER: ::core::primitive::usize = 0usize;
            }
            impl __OnexKeyOfRoute0 {
                const OF: ::onex::__private::Option<
                    fn(&::onex::__private::Payload) -> ::onex::__private::Option<::onex::__private::String>,
                > = {
                    fn of(
                        payload: &::onex::__private::Payload,
                    ) -> ::onex::__private::Option<::onex::__private::String> {
                        let event = <DoorPushed as ::onex::__private::RunValue>::borrow(payload)?;
                        #[allow(non_camel_case_types)]
                        struct key_in_line_7_of_door_yaml<T>(T);
                        impl<T> ::core::ops::Deref for key_in_line_7_of_door_yaml<&T> {
                            type Target = T;
                            fn deref(&self) -> &T {
                                self.0
                            }
                        }
                        let looked_at = key_in_line_7_of_door_yaml(event);
                        let field = &looked_at.door;
                        ::onex::__private::Option::Some(::onex::__private::RunKey::run_key(field))
                    }
                    ::onex::__private::Option::Some(of)
                };
            }
        }
        {
            use self::*;
            const _: () = if ::onex::__private::Probe::<RingBell>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Door` names the intent `RingBell`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n  --> expansions/door.yaml:24:48\n   |\n24 |     - { intent_type: bell.ring, payload_model: RingBell }\n   |                                                ^^^^^^^^"
                )
            };
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` is not an intent",
                    label = "required by this contract",
                    note = "the contract names it as one here\n  --> expansions/door.yaml:24:48\n   |\n24 |     - {{ intent_type: bell.ring, payload_model: RingBell }}\n   |                                                ^^^^^^^^",
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
                    "  --> expansions/door.yaml:24:22\n   |\n24 |     - { intent_type: bell.ring, payload_model: RingBell }\n   |                      ^^^^^^^^^",
                );
            }
            impl ::onex::__private::Emitting for __OnexIntent0 {
                type Model = RingBell;
            }
        }
        {
            use self::*;
            const _: () = if ::onex::__private::Probe::<Door>::MISSING {
                ::core::panic!(
                    "{}",
                    "the contract of `Door` names the state `Door`, but there is no such type in scope\nhelp: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\nnote: it is named here\n --> expansions/door.yaml:4:22\n  |\n4 | state_model: { name: Door }\n  |                      ^^^^"
                )
            };
            {
                #[diagnostic::on_unimplemented(
                    message = "`{Self}` cannot be the state of a reducer",
                    label = "required by this contract",
                    note = "it is cloned for each fold, starts as its default, and is journalled: add `#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]`",
                    note = "the contract names it here\n --> expansions/door.yaml:4:22\n  |\n4 | state_model: {{ name: Door }}\n  |                      ^^^^"
                )]
                trait IsAState {}
                #[diagnostic::do_not_recommend]
                impl<T: ::onex::__private::ReducerState> IsAState for T {}
                #[diagnostic::do_not_recommend]
                impl IsAState for __onex_missing::Door {}
                const fn is_a_state<T: IsAState>() {}
                const _: () = is_a_state::<Door>();
            }
            #[diagnostic::on_unimplemented(
                message = "the state of `Door` is a `Door`, but this handler takes `{Self}`",
                label = "expected `Door` or `&mut Door`",
                note = "the contract names it here\n --> expansions/door.yaml:4:22\n  |\n4 | state_model: {{ name: Door }}\n  |                      ^^^^"
            )]
            trait FoldedState {}
            impl FoldedState for Door {}
            impl<D: FoldedState> ::onex::__private::Folds<D> for __onex_node::DoorPushed {}
            impl ResultOfRoute0 for Door {}
            impl ValueOfRoute0 for Door {}
            impl OutputOfRoute0 for Door {}
            {
                #[diagnostic::on_unimplemented(
                    message = "the machine emits `{Self}`, and it cannot be made from the state `Door`",
                    label = "required by this contract",
                    note = "write `impl From<&Door> for {Self}`: an action makes its intent from what was folded",
                    note = "it is listed here\n  --> expansions/door.yaml:24:22\n   |\n24 |     - {{ intent_type: bell.ring, payload_model: RingBell }}\n   |                      ^^^^^^^^^"
                )]
                trait MadeForAction0 {}
                #[diagnostic::do_not_recommend]
                impl<__T: for<'a> ::core::convert::From<&'a Door>> MadeForAction0 for __T {}
                impl<__T: MadeForAction0> ::onex::__private::MadeFromState<__T> for __OnexIntent0 {}
                fn is_made() {
                    ::onex::__private::Made::<__OnexIntent0, Door>(::onex::__private::PhantomData).check()
                }
            }
            impl ::onex::__private::Reducer for Door {
                type Data = Door;
                type State = __onex_node::State;
                const MACHINE: &'static ::onex::__private::MachineRow = &__ONEX_MACHINE;
                fn refusal(
                    transition: ::core::primitive::usize,
                    data: &dyn ::core::any::Any,
                ) -> ::onex::__private::Option<&'static ::core::primitive::str> {
                    let ::onex::__private::Option::Some(data) = data.downcast_ref::<Door>() else {
                        return ::onex::__private::Option::Some("the state is of another type");
                    };
                    match transition {
                        0usize => {
                            #[diagnostic::on_unimplemented(
                                message = "the guard asks whether `pushes` is less than 3, and that cannot be asked of a `{Self}`",
                                label = "a guard of this contract looks at a field of this type",
                                note = "the guard is here\n  --> expansions/door.yaml:19:35\n   |\n19 |       guard_conditions: [{{ field: pushes, operator: less_than, value: 3 }}]\n   |                                   ^^^^^^"
                            )]
                            trait FitsGuard0OfTransition0 {
                                fn holds(&self) -> ::core::primitive::bool;
                            }
                            #[diagnostic::do_not_recommend]
                            impl<__T: ::onex::__private::OrderedWith<::core::primitive::i64>>
                                FitsGuard0OfTransition0 for __T
                            {
                                fn holds(&self) -> ::core::primitive::bool {
                                    :: core :: matches ! (:: onex :: __private :: OrderedWith :: < :: core :: primitive :: i64 > :: ordered_with (self , & 3i64) , :: onex :: __private :: Option :: Some (:: core :: cmp :: Ordering :: Less))
                                }
                            }
                            fn guard_holds<__T: FitsGuard0OfTransition0>(
                                field: &__T,
                            ) -> ::core::primitive::bool {
                                field.holds()
                            }
                            #[allow(non_camel_case_types)]
                            struct guard_in_line_19_of_door_yaml<T>(T);
                            impl<T> ::core::ops::Deref for guard_in_line_19_of_door_yaml<&T> {
                                type Target = T;
                                fn deref(&self) -> &T {
                                    self.0
                                }
                            }
                            let looked_at = guard_in_line_19_of_door_yaml(data);
                            let field = &looked_at.pushes;
                            if !guard_holds(field) {
                                return ::onex::__private::Option::Some(
                                    "it takes that `pushes` is less than 3",
                                );
                            }
                        }
                        _ => {}
                    }
                    ::onex::__private::Option::None
                }
                fn intents(
                    from: ::core::primitive::usize,
                    transition: ::core::primitive::usize,
                    data: &dyn ::core::any::Any,
                ) -> ::onex::__private::Vec<::onex::__private::EmittedIntent> {
                    let mut intents = ::onex::__private::Vec::new();
                    if let ::onex::__private::Option::Some(data) = data.downcast_ref::<Door>() {
                        match transition {
                            0usize => {
                                if let ::onex::__private::Option::Some(payload) =
                                    ::onex::__private::Make::<__OnexIntent0, _>(
                                        ::onex::__private::PhantomData,
                                        data,
                                    )
                                    .payload()
                                {
                                    intents.push(::onex::__private::EmittedIntent {
                                        target: &__ONEX_INTENTS[0usize],
                                        payload,
                                    });
                                }
                            }
                            _ => {}
                        }
                    }
                    intents
                }
            }
        }
    }
    struct __OnexKeyOfRoute0;
    struct __OnexIntent0;
    static __ONEX_MACHINE: ::onex::__private::MachineRow = ::onex::__private::MachineRow {
        states: &[
            ::onex::__private::StateRow { name: "closed", terminal: false },
            ::onex::__private::StateRow { name: "open", terminal: false },
        ],
        initial: 0usize,
        triggers: &["door_pushed"],
        transitions: &[
            ::onex::__private::TransitionRow {
                from: ::onex::__private::Option::Some(0usize),
                to: 1usize,
                trigger: 0usize,
                priority: 0u32,
                at: ::onex::__private::At { file: "expansions/door.yaml", line: 16u32, column: 7u32 },
            },
            ::onex::__private::TransitionRow {
                from: ::onex::__private::Option::Some(1usize),
                to: 0usize,
                trigger: 0usize,
                priority: 0u32,
                at: ::onex::__private::At { file: "expansions/door.yaml", line: 20u32, column: 7u32 },
            },
        ],
    };
};
const _: &[u8] =
    ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", "expansions/door.yaml"));
