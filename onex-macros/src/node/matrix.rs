//! What a handler of each kind of node may be, take and give back: one impl for each cell that is allowed, and for each that is
//! not a trait that nothing implements, with the words of the specification.
//!
//! | kind | returns | awaits | takes a `Dep` |
//! |---|---|---|---|
//! | orchestrator | `Emit` with events and intents | yes | no |
//! | effect | `Emit` with events, or nothing | yes | yes |
//! | compute | a value | no | no |
//! | reducer | the next state, or nothing where it changes `&mut` state | no | no |

use onex_contract::{NodeKind, Route};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::markers::route_name;

const ORCHESTRATOR_RESULT: &str = "ORCHESTRATOR cannot set result - use events[] and intents[] only. Only COMPUTE nodes return typed results.";
const EFFECT_RESULT: &str =
    "EFFECT cannot set result - events[] only. Only COMPUTE nodes return typed results.";
const EFFECT_INTENTS: &str = "EFFECT cannot emit intents[] - events[] only. Effects execute side effects and publish result events, not request further effects.";
const COMPUTE_EVENTS: &str = "COMPUTE cannot emit events[] - result only. COMPUTE nodes are pure transformations. If you need to emit events, use EFFECT.";
const COMPUTE_INTENTS: &str = "COMPUTE cannot emit intents[] - result only. COMPUTE nodes are pure transformations, not side-effect requesters.";
const COMPUTE_NOTHING: &str =
    "COMPUTE requires result. COMPUTE nodes must return a typed result from their transformation.";
const REDUCER_RESULT: &str =
    "REDUCER cannot set result (pure fold - projections[] only). Only COMPUTE nodes return typed results.";
const REDUCER_EVENTS: &str = "REDUCER cannot emit events[] (pure fold - projections[] only). Reducers maintain read-optimized state projections, not publish events.";
const REDUCER_INTENTS: &str = "REDUCER cannot emit intents[] (pure fold - projections[] only). Reducers are pure functions that update state, not request side effects.";

/// All that the kind says of one route.
pub(super) fn expand(context: &Context<'_>, index: usize, route: &Route) -> TokenStream {
    let marker = context.ident(route_name(context, route));
    let answers = match context.contract.kind {
        NodeKind::Orchestrator => orchestrator(context, index, route, &marker),
        NodeKind::Effect => effect(context, index, route, &marker),
        NodeKind::Compute => compute(context, index, route, &marker),
        NodeKind::Reducer => reducer(context, index, route, &marker),
    };
    let purity = match context.contract.kind {
        NodeKind::Orchestrator | NodeKind::Effect => awaits(context, &marker),
        NodeKind::Compute | NodeKind::Reducer => awaits_not(context, route, &marker),
    };
    let dependencies = match context.contract.kind {
        NodeKind::Effect => takes(context, &marker),
        NodeKind::Orchestrator | NodeKind::Compute | NodeKind::Reducer => takes_not(context, route, &marker),
    };
    quote!(#answers #purity #dependencies)
}

fn orchestrator(context: &Context<'_>, index: usize, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let emits = own_emit(context, index, route, marker);
    let label = label(context, route, "");
    let of = says_what_it_is(context);
    let silent = format!("the handler of `{}` says nothing", route_name(context, route));
    let (result, nothing) = (format_ident!("EmitOfRoute{index}"), format_ident!("AnswerOfRoute{index}"));
    quote! { {
        #emits
        #[diagnostic::on_unimplemented(
            message = #ORCHESTRATOR_RESULT,
            label = #label,
            note = "give the value to its consumer as an event, `Emit::event(..)`, or ask an effect for work, `Emit::intent(..)`",
            note = #of
        )]
        trait #result {}
        impl #result for #private::Emit<__onex_node::#marker> {}
        impl<T: #result> #private::Answers<{ #private::VALUE }, T> for __onex_node::#marker {}
        #[diagnostic::on_unimplemented(
            message = #silent,
            label = #label,
            note = "an orchestrator that has nothing to say returns `Emit::nothing()`",
            note = #of
        )]
        trait #nothing {}
        impl #nothing for #private::Emit<__onex_node::#marker> {}
        impl<T: #nothing> #private::Answers<{ #private::NOTHING }, T> for __onex_node::#marker {}
    } }
}

fn effect(context: &Context<'_>, index: usize, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let emits = own_emit(context, index, route, marker);
    let label = label(context, route, " or nothing");
    let of = says_what_it_is(context);
    let result = format_ident!("EmitOfRoute{index}");
    quote! { {
        #emits
        #[diagnostic::on_unimplemented(
            message = #EFFECT_RESULT,
            label = #label,
            note = "give the value to its consumer as an event, `Emit::event(..)`",
            note = #of
        )]
        trait #result {}
        impl #result for () {}
        impl #result for #private::Emit<__onex_node::#marker> {}
        impl<T: #result> #private::Answers<{ #private::VALUE }, T> for __onex_node::#marker {}
        impl<T> #private::Answers<{ #private::NOTHING }, T> for __onex_node::#marker {}
    } }
}

fn compute(context: &Context<'_>, index: usize, route: &Route, marker: &Ident) -> TokenStream {
    // The contract's checks have made sure that there is one.
    let Some(output) = route.outputs.first() else { return TokenStream::new() };
    let private = context.private();
    let of = says_what_it_is(context);
    let [result, instead_of_emit, instead_of_nothing] = result_traits(index);
    let name = route_name(context, route);
    let event = &context.contract.events[output.value].rust.name.value;
    let message = format!(
        "the contract publishes the result of `{name}` as `{event}`, but its handler returns `{{Self}}`"
    );
    let expected = format!("expected `{event}`");
    let listed = format!("it is published here\n{}", context.escaped(output.span));
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #expected, note = #listed)]
        trait #result {}
        impl<T: #result> #private::Answers<{ #private::VALUE }, T> for __onex_node::#marker {}
        #[diagnostic::on_unimplemented(
            message = #COMPUTE_EVENTS,
            label = #expected,
            note = #COMPUTE_INTENTS,
            note = "return the value itself: with `output_events` on its route, it is published as that event",
            note = #of
        )]
        trait #instead_of_emit {}
        impl<T: #instead_of_emit> #private::Answers<{ #private::EMIT }, T> for __onex_node::#marker {}
        #[diagnostic::on_unimplemented(message = #COMPUTE_NOTHING, label = #expected, note = #of)]
        trait #instead_of_nothing {}
        impl<T: #instead_of_nothing> #private::Answers<{ #private::NOTHING }, T> for __onex_node::#marker {}
    }
}

fn reducer(context: &Context<'_>, index: usize, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let of = says_what_it_is(context);
    let [result, instead_of_emit, instead_of_nothing] = result_traits(index);
    let state = context.contract.needs.state_model.as_ref().map_or("..", |model| &model.name.value);
    let expected = format!("expected the next state, `{state}`, or nothing where it takes `&mut {state}`");
    let silent = format!("the handler of `{}` gives back no next state", route_name(context, route));
    quote! {
        #[diagnostic::on_unimplemented(message = #REDUCER_RESULT, label = #expected, note = #of)]
        trait #result {}
        impl<T: #result> #private::Answers<{ #private::VALUE }, T> for __onex_node::#marker {}
        #[diagnostic::on_unimplemented(
            message = #REDUCER_EVENTS,
            label = #expected,
            note = #REDUCER_INTENTS,
            note = "what is to be done when the state changes is an action of the machine, which emits an intent",
            note = #of
        )]
        trait #instead_of_emit {}
        impl<T: #instead_of_emit> #private::Answers<{ #private::EMIT }, T> for __onex_node::#marker {}
        #[diagnostic::on_unimplemented(message = #silent, label = #expected, note = #of)]
        trait #instead_of_nothing {}
        impl<T: #instead_of_nothing> #private::Answers<{ #private::NOTHING }, T> for __onex_node::#marker {}
    }
}

/// The traits of what the handler of a compute route or of a reducer returns, one for each text that says that it does not, named by the route's
/// index: rustc would remark on several traits of one name. Their impls are written where the user's type is in scope.
pub(super) fn result_traits(index: usize) -> [Ident; 3] {
    ["ResultOfRoute", "ValueOfRoute", "OutputOfRoute"].map(|name| format_ident!("{name}{index}"))
}

/// An `Emit`, and that of this route.
fn own_emit(context: &Context<'_>, index: usize, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let (module, name) = (&context.shell.module, route_name(context, route));
    let message = format!("this handles `{name}`, but answers for another route");
    let label = format!("expected `Emit<{module}::{name}>`, found `{{Self}}`");
    let declared = format!("the route is declared here\n{}", context.escaped(route.span));
    let answers = format_ident!("AnswersRoute{index}");
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #declared)]
        trait #answers {}
        impl #answers for #private::Emit<__onex_node::#marker> {}
        impl<T: #answers> #private::Answers<{ #private::EMIT }, T> for __onex_node::#marker {}
    }
}

fn label(context: &Context<'_>, route: &Route, or: &str) -> String {
    let (module, name) = (&context.shell.module, route_name(context, route));
    format!("this handler returns `Emit<{module}::{name}>`{or}, not `{{Self}}`")
}

fn says_what_it_is(context: &Context<'_>) -> String {
    format!("the contract says what the node is\n{}", context.escaped(context.contract.kind_span))
}

fn awaits(context: &Context<'_>, marker: &Ident) -> TokenStream {
    let private = context.private();
    quote!(impl<X> #private::MayAwait<X> for __onex_node::#marker {})
}

fn awaits_not(context: &Context<'_>, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let name = route_name(context, route);
    let kind = if context.contract.kind == NodeKind::Compute { "compute node" } else { "reducer" };
    let message = format!("the handler of `{name}` cannot be `async`: its node is a {kind}");
    let of = says_what_it_is(context);
    quote! { {
        #[diagnostic::on_unimplemented(
            message = #message,
            label = "remove `async`",
            note = "what a pure node gives back follows from what it takes, so it has nothing to wait for; what waits is an effect",
            note = #of
        )]
        trait IsAnEffect {}
        impl<X: IsAnEffect> #private::MayAwait<X> for __onex_node::#marker {}
    } }
}

fn takes(context: &Context<'_>, marker: &Ident) -> TokenStream {
    let private = context.private();
    quote!(impl<W> #private::MayTake<W> for __onex_node::#marker {})
}

fn takes_not(context: &Context<'_>, route: &Route, marker: &Ident) -> TokenStream {
    let private = context.private();
    let name = route_name(context, route);
    let (kind, why) = match context.contract.kind {
        NodeKind::Orchestrator | NodeKind::Effect => (
            "an orchestrator",
            "what an orchestrator decides follows from the event alone, so that it can be decided again after a crash; ask an effect for work with `Emit::intent(..)`",
        ),
        NodeKind::Compute => (
            "a compute node",
            "what a pure node gives back follows from what it takes; what needs a service is an effect",
        ),
        NodeKind::Reducer => (
            "a reducer",
            "the next state follows from the state and the event, so that it can be computed again after a crash",
        ),
    };
    let message = format!("the handler of `{name}` cannot take a `Dep`: its node is {kind}");
    let of = says_what_it_is(context);
    quote! { {
        #[diagnostic::on_unimplemented(message = #message, label = "remove this parameter", note = #why, note = #of)]
        trait OnlyEffectsTakeDependencies {}
        impl<W: OnlyEffectsTakeDependencies> #private::MayTake<W> for __onex_node::#marker {}
    } }
}

/// Which events and intents an `Emit` of the route may hold, where its kind has an `Emit` at all. Where it has none, that is
/// what the handler's return type is told, and what the body puts into one is no second fault.
pub(super) fn emits_nothing(context: &Context<'_>, route: &Route) -> TokenStream {
    let private = context.private();
    let marker = context.ident(route_name(context, route));
    quote! {
        impl<M> #private::Emits<M> for __onex_node::#marker {
            const EVENT: &'static #private::EventRow = &#private::NOWHERE_EVENT;
        }
        impl<M> #private::Intends<M> for __onex_node::#marker {
            const TARGET: &'static #private::IntentRow = &#private::NOWHERE_INTENT;
        }
        impl<X> #private::Starts<X> for __onex_node::#marker {}
    }
}

/// The trait that an effect's intents would have to implement.
pub(super) fn no_intents(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    quote! {
        #[diagnostic::on_unimplemented(
            message = #EFFECT_INTENTS,
            label = "emit an event instead",
            note = "publish what happened with `Emit::event(..)` and let an orchestrator decide what is to happen next"
        )]
        trait EffectEmitsEventsOnly {
            const TARGET: &'static #private::IntentRow;
        }
    }
}
