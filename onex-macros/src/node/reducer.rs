//! A reducer: its state, its machine as a table and an enumeration, and its guards as accesses to fields of the state.

use onex_contract::{Action, Brings, EmittedIntent, Guard, Machine, NodeKind, Route, Transition, TypeRef};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::comparison::{comparison, question};
use super::field::{LookedAt, bind};
use super::markers::route_name;
use super::matrix::result_traits;
use super::names::{exists, in_scope};
use crate::root::respan;

/// The type of the state.
pub(super) fn state<'c>(context: &'c Context<'_>) -> Option<&'c TypeRef> {
    context.contract.needs.state_model.as_ref().filter(|_| context.contract.kind == NodeKind::Reducer)
}

fn machine<'c>(context: &'c Context<'_>) -> Option<&'c Machine> {
    context.contract.machine.as_ref().filter(|_| context.contract.kind == NodeKind::Reducer)
}

/// The events whose field says whose state they concern, and the path to that field.
pub(super) fn keyed<'c>(context: &'c Context<'_>) -> Vec<(&'c str, Vec<&'c str>)> {
    let keys = context.contract.routes.iter().filter_map(|route| {
        let key = route.key.as_ref()?;
        Some((route_name(context, route), key.value.split('.').collect()))
    });
    keys.collect()
}

/// The fields of the state that guards and required data look at.
pub(super) fn fields<'c>(context: &'c Context<'_>) -> Vec<Vec<&'c str>> {
    let Some(machine) = machine(context) else { return Vec::new() };
    let guards = machine.transitions.iter().flat_map(|transition| &transition.guards);
    let guarded = guards.filter(|guard| guard.required).map(|guard| &guard.field.value);
    let required = machine.states.iter().flat_map(|state| &state.required_data).map(|field| &field.value);
    guarded.chain(required).map(|field| field.split('.').collect()).collect()
}

/// The intents that its actions emit.
pub(super) fn emitted<'c>(context: &'c Context<'_>) -> &'c [EmittedIntent] {
    match &context.contract.emission {
        Some(emission) if context.contract.kind == NodeKind::Reducer => &emission.intents,
        _ => &[],
    }
}

/// An intent's type, by the place of the intent.
pub(super) fn emitted_model(context: &Context<'_>, at: usize, name: &Ident) -> TokenStream {
    let (private, intent) = (context.private(), intent_name(at));
    quote! {
        impl #private::Emitting for #intent {
            type Model = #name;
        }
    }
}

fn intent_name(at: usize) -> Ident {
    format_ident!("__OnexIntent{at}")
}

/// `order_totals::State`.
pub(super) fn states(context: &Context<'_>) -> TokenStream {
    let Some(machine) = machine(context) else { return TokenStream::new() };
    let (private, inner) = (context.private(), &context.shell.inner_visibility);
    let variants: Vec<Ident> = machine.states.iter().map(|state| context.ident(&state.variant)).collect();
    let names: Vec<&str> = machine.states.iter().map(|state| state.name.value.as_str()).collect();
    let docs = machine.states.iter().map(|state| match &state.description {
        Some(description) => description.clone(),
        None => format!("The state `{}`.", state.name.value),
    });
    quote! {
        /// The states of the machine.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy, ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash)]
        #inner enum State {
            #(#[doc = #docs] #variants,)*
        }
        impl #private::MachineState for State {
            const ALL: &'static [Self] = &[#(State::#variants),*];
            fn name(self) -> &'static ::core::primitive::str {
                match self {
                    #(State::#variants => #names,)*
                }
            }
        }
    }
}

/// The machine as a table.
pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(machine) = machine(context) else { return TokenStream::new() };
    let private = context.private();
    let initial = machine.initial;
    let states = machine.states.iter().map(|state| {
        let (name, terminal) = (&state.name.value, state.terminal);
        quote!(#private::StateRow { name: #name, terminal: #terminal })
    });
    let triggers = machine.triggers.iter().map(|trigger| &trigger.name.value);
    let transitions = machine.transitions.iter().map(|transition| {
        let Transition { to, priority, .. } = transition;
        let (trigger, at) = (transition.trigger.value, context.at(transition.span));
        let from = match transition.from {
            Some(from) => quote!(#private::Option::Some(#from)),
            None => quote!(#private::Option::None),
        };
        quote! {
            #private::TransitionRow { from: #from, to: #to, trigger: #trigger, priority: #priority, at: #at }
        }
    });
    let keys = (0..context.contract.routes.len()).map(key_name);
    let intents = (0..emitted(context).len()).map(intent_name);
    quote! {
        #(struct #keys;)*
        #(struct #intents;)*
        static __ONEX_MACHINE: #private::MachineRow = #private::MachineRow {
            states: &[#(#states),*],
            initial: #initial,
            triggers: &[#(#triggers),*],
            transitions: &[#(#transitions),*],
        };
    }
}

/// What names the type of the state.
pub(super) fn scoped(context: &Context<'_>) -> TokenStream {
    let (Some(model), Some(machine)) = (state(context), machine(context)) else { return TokenStream::new() };
    let (private, shell) = (context.private(), &context.shell.name);
    let name = context.ident(&model.name.value);
    let exists = exists(context, &name, "state", model.name.span);
    let is_state = is_state(context, model, &name);
    let folded = folded(context, model, &name);
    let arms = machine.transitions.iter().enumerate().filter_map(|(index, transition)| {
        let checks = refusals(context, machine, index, transition);
        (!checks.is_empty()).then(|| quote!(#index => { #checks }))
    });
    let made = made(context, model, &name);
    let emits = emits(context, machine);
    let reducer = quote! {
        #made
        impl #private::Reducer for #shell {
            type Data = #name;
            type State = __onex_node::State;
            const MACHINE: &'static #private::MachineRow = &__ONEX_MACHINE;
            fn refusal(
                transition: ::core::primitive::usize,
                data: &dyn ::core::any::Any,
            ) -> #private::Option<&'static ::core::primitive::str> {
                let #private::Option::Some(data) = data.downcast_ref::<#name>() else {
                    return #private::Option::Some("the state is of another type");
                };
                match transition {
                    #(#arms)*
                    _ => {}
                }
                #private::Option::None
            }
            fn intents(
                from: ::core::primitive::usize,
                transition: ::core::primitive::usize,
                data: &dyn ::core::any::Any,
            ) -> #private::Vec<#private::EmittedIntent> {
                let mut intents = #private::Vec::new();
                if let #private::Option::Some(data) = data.downcast_ref::<#name>() {
                    #emits
                }
                intents
            }
        }
    };
    in_scope(context, model.module.as_ref(), &quote!(#exists #is_state #folded #reducer))
}

/// That an intent can be made from the state, and how.
fn made(context: &Context<'_>, model: &TypeRef, name: &Ident) -> TokenStream {
    let private = context.private();
    let declared = &model.name.value;
    let pieces = emitted(context).iter().enumerate().map(|(at, intent)| {
        let (marker, made) = (intent_name(at), format_ident!("MadeForAction{at}"));
        let message = format!("the machine emits `{{Self}}`, and it cannot be made from the state `{declared}`");
        let mend =
            format!("write `impl From<&{declared}> for {{Self}}`: an action makes its intent from what was folded");
        let listed = format!("it is listed here\n{}", context.escaped(intent.intent_type.span));
        let check = respan(
            quote!(fn is_made() { #private::Made::<#marker, #name>(#private::PhantomData).check() }),
            context.literal,
        );
        quote! { {
            #[diagnostic::on_unimplemented(message = #message, label = "required by this contract", note = #mend, note = #listed)]
            trait #made {}
            #[diagnostic::do_not_recommend]
            impl<__T: for<'a> ::core::convert::From<&'a #name>> #made for __T {}
            impl<__T: #made> #private::MadeFromState<__T> for #marker {}
            #check
        } }
    });
    pieces.collect()
}

/// What each step of a transition emits, in order.
fn emits(context: &Context<'_>, machine: &Machine) -> TokenStream {
    let private = context.private();
    let emit = |actions: &[Action]| -> TokenStream {
        let pieces = actions.iter().filter_map(|action| {
            let is_meant = |intent: &EmittedIntent| intent.intent_type.value.as_str() == action.name.value;
            let at = emitted(context).iter().position(is_meant)?;
            let marker = intent_name(at);
            Some(quote! {
                if let #private::Option::Some(payload) =
                    #private::Make::<#marker, _>(#private::PhantomData, data).payload()
                {
                    intents.push(#private::EmittedIntent { target: &__ONEX_INTENTS[#at], payload });
                }
            })
        });
        pieces.collect()
    };
    let arms = |what: TokenStream, actions: Vec<(usize, TokenStream)>| {
        let arms = actions.iter().filter(|(_, emits)| !emits.is_empty());
        let arms: Vec<TokenStream> = arms.map(|(at, emits)| quote!(#at => { #emits })).collect();
        (!arms.is_empty()).then(|| quote!(match #what { #(#arms)* _ => {} }))
    };
    let states = || machine.states.iter().enumerate();
    let exits = arms(quote!(from), states().map(|(at, state)| (at, emit(&state.exit))).collect());
    let transitions = machine.transitions.iter().enumerate();
    let own = arms(quote!(transition), transitions.map(|(at, row)| (at, emit(&row.actions))).collect());
    let entered = machine.transitions.iter().enumerate();
    let entries = arms(
        quote!(transition),
        entered.map(|(at, row)| (at, emit(&machine.states[row.to].entry))).collect(),
    );
    quote!(#exits #own #entries)
}

fn is_state(context: &Context<'_>, model: &TypeRef, name: &Ident) -> TokenStream {
    let private = context.private();
    let named = format!("the contract names it here\n{}", context.escaped(model.name.span));
    let check = respan(quote!(const _: () = is_a_state::<#name>();), context.literal);
    quote! { {
        #[diagnostic::on_unimplemented(
            message = "`{Self}` cannot be the state of a reducer",
            label = "required by this contract",
            note = "it is cloned for each fold, starts as its default, and is journalled: add `#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]`",
            note = #named
        )]
        trait IsAState {}
        #[diagnostic::do_not_recommend]
        impl<T: #private::ReducerState> IsAState for T {}
        #[diagnostic::do_not_recommend]
        impl IsAState for __onex_missing::#name {}
        const fn is_a_state<T: IsAState>() {}
        #check
    } }
}

/// What handlers take and return as the state.
fn folded(context: &Context<'_>, model: &TypeRef, name: &Ident) -> TokenStream {
    let (private, shell) = (context.private(), &context.shell.name);
    let declared = &model.name.value;
    let message = format!("the state of `{shell}` is a `{declared}`, but this handler takes `{{Self}}`");
    let label = format!("expected `{declared}` or `&mut {declared}`");
    let named = format!("the contract names it here\n{}", context.escaped(model.name.span));
    let routes = context.contract.routes.iter().enumerate().map(|(index, route)| {
        let marker = context.ident(route_name(context, route));
        let results = result_traits(index);
        quote! {
            impl<D: FoldedState> #private::Folds<D> for __onex_node::#marker {}
            #(impl #results for #name {})*
        }
    });
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #named)]
        trait FoldedState {}
        impl FoldedState for #name {}
        #(#routes)*
    }
}

/// Why a transition does not fire: a guard that does not hold, or what its target requires and is not there.
fn refusals(context: &Context<'_>, machine: &Machine, index: usize, transition: &Transition) -> TokenStream {
    let private = context.private();
    let guards = transition.guards.iter().filter(|guard| guard.required).enumerate();
    let mut checks: TokenStream = guards.map(|(at, guard)| check(context, (index, at), guard)).collect();
    let target = &machine.states[transition.to];
    for field in &target.required_data {
        let bound = access(context, &field.value, LookedAt { by: "required_data", span: field.span });
        let text = format!("`{}` requires `{}`, which is not there", target.name.value, field.value);
        checks.extend(quote! {
            {
                #bound
                if !(&#private::RequiredField(field)).is_given() {
                    return #private::Option::Some(#text);
                }
            }
        });
    }
    checks
}

/// Binds `field` to a field of the state.
fn access(context: &Context<'_>, path: &str, by: LookedAt<'_>) -> TokenStream {
    let fields: Vec<&str> = path.split('.').collect();
    bind(context, &quote!(data), &fields, by)
}

/// One guard: a trait of its own, so that a field which cannot be compared so is told with the guard's line.
fn check(context: &Context<'_>, (transition, at): (usize, usize), guard: &Guard) -> TokenStream {
    let private = context.private();
    let field = &guard.field.value;
    let operator = guard.operator.value;
    let (bounds, test) = comparison(&private, operator, guard.value.as_ref());
    let list = format_ident!("FitsGuard{at}OfTransition{transition}");
    let question = question(operator, guard.value.as_ref());
    let message = format!(
        "the guard asks whether `{field}` {}, and that cannot be asked of a `{{Self}}`",
        super::escape(&question)
    );
    let declared = format!("the guard is here\n{}", context.escaped(guard.field.span));
    let refusal = guard.message.clone().unwrap_or_else(|| format!("it takes that `{field}` {question}"));
    let bound = access(context, field, LookedAt { by: "guard", span: guard.field.span });
    let holds = respan(quote!(guard_holds(field)), context.literal);
    quote! { {
        #[diagnostic::on_unimplemented(message = #message, label = "a guard of this contract looks at a field of this type", note = #declared)]
        trait #list {
            fn holds(&self) -> ::core::primitive::bool;
        }
        #[diagnostic::do_not_recommend]
        impl<__T: #bounds> #list for __T {
            fn holds(&self) -> ::core::primitive::bool {
                #test
            }
        }
        fn guard_holds<__T: #list>(field: &__T) -> ::core::primitive::bool {
            field.holds()
        }
        #bound
        if !#holds {
            return #private::Option::Some(#refusal);
        }
    } }
}

/// Where a route's key is.
pub(super) fn key_name(index: usize) -> Ident {
    format_ident!("__OnexKeyOfRoute{index}")
}

/// What names the type of an event that is a trigger.
pub(super) fn transition(context: &Context<'_>, index: usize, route: &Route, name: &Ident) -> TokenStream {
    let Some(machine) = machine(context) else { return TokenStream::new() };
    let Brings::Event(event) = &route.brings else { return TokenStream::new() };
    let private = context.private();
    let marker = context.ident(route_name(context, route));
    let event = &context.contract.events[event.value].rust.name.value;
    let event = event.strip_prefix("Model").unwrap_or(event);
    let trigger = machine.triggers.iter().position(|trigger| trigger.variant == event).unwrap_or(usize::MAX);
    let key = key_name(index);
    let of = match &route.key {
        None => quote!(#private::Option::None),
        Some(field) => {
            let fields: Vec<&str> = field.value.split('.').collect();
            let bound = bind(context, &quote!(event), &fields, LookedAt { by: "key", span: field.span });
            quote! { {
                fn of(payload: &#private::Payload) -> #private::Option<#private::String> {
                    let event = <#name as #private::RunValue>::borrow(payload)?;
                    #bound
                    #private::Option::Some(#private::RunKey::run_key(field))
                }
                #private::Option::Some(of)
            } }
        }
    };
    quote! {
        impl #private::Transition for __onex_node::#marker {
            const TRIGGER: ::core::primitive::usize = #trigger;
        }
        impl #key {
            const OF: #private::Option<fn(&#private::Payload) -> #private::Option<#private::String>> = #of;
        }
    }
}
