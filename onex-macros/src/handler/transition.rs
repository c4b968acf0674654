//! `#[handler(transition = ..)]`: what a reducer does with an event that is a trigger of its machine.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::function::Function;
use super::lookup::{declared, no_result, proven, scope};
use super::outcome::outcome;
use super::parameter::{Asks, Parameter, UNCHANGEABLE, context};
use super::slot::Slot;
use crate::error::Errors;
use crate::root::{impl_at, respan};

const FORMS: &str = "a transition takes the state, `T` or `&mut T`, then the event, `&E` or `E`, and perhaps `Ctx` (type aliases are not seen)";

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let parameters = function.parameters(errors);
    let (state, event) = state_and_event(slot, function, &parameters, errors)?;
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let returns = function.returns();
    let (data, in_place) = match &parameters[state].asks {
        Asks::Mutable(ty) => (ty, true),
        Asks::Owned(ty) => (ty, false),
        _ => return None,
    };
    let (taken, by_value) = match &parameters[event].asks {
        Asks::Owned(ty) => (ty, true),
        Asks::Borrowed(ty) => (ty, false),
        _ => return None,
    };
    let value = &returns.value;
    let mut aliases = quote!(type __Data = #data; type __Message = #taken; type __Answer = #value;);

    let (ctx, mut arguments, mut dependency) = (context(&parameters), Vec::new(), None);
    for (index, parameter) in parameters.iter().enumerate() {
        arguments.push(match &parameter.asks {
            _ if index == state && in_place => quote!(&mut __onex_data),
            _ if index == state => quote!(__onex_data),
            _ if index == event && by_value => respan(quote!(__onex_message.into_owned()), parameter.span),
            _ if index == event => quote!(&__onex_message),
            Asks::Context => ctx.clone(),
            Asks::Dependency(_) => {
                dependency.get_or_insert(parameter.span);
                continue;
            }
            Asks::Mutable(_) => {
                errors.at(parameter.span, UNCHANGEABLE);
                return None;
            }
            Asks::Borrowed(_) | Asks::Optional(_) | Asks::Told(_) | Asks::Owned(_) => {
                errors.at(parameter.span, FORMS);
                return None;
            }
        });
    }

    let mut checks = declared(slot, marker, "Transition");
    let folds = quote! {
        fn __takes_the_state() { #private::State::<#marker, 0, __Data, ()>(#private::PhantomData).taken() }
    };
    checks.extend(respan(folds, parameters[state].span));
    let takes = quote! {
        fn __takes_what_the_route_brings() { #private::Takes::<#marker, __Message>(#private::PhantomData).check() }
    };
    checks.extend(respan(takes, parameters[event].span));
    if let Some(span) = dependency {
        checks.extend(respan(quote!(const _: () = #private::may_take_dependencies::<#marker>();), span));
    } else if let Some(asyncness) = &function.signature.asyncness {
        checks.extend(respan(quote!(const _: () = #private::may_await::<#marker>();), asyncness.span));
    }
    let nothing = matches!(value, Type::Tuple(tuple) if tuple.elems.is_empty());
    if !(in_place && nothing) {
        if returns.error.is_none() {
            checks.extend(no_result(slot, &quote::format_ident!("__Answer"), returns.span));
        }
        let answer = if in_place { quote!(#private::InPlace<__Answer>) } else { quote!(__Answer) };
        let answers = quote! {
            fn __gives_the_next_state() {
                #private::State::<#marker, { #private::AnswerSort::<__Answer>::OF }, __Data, #answer>(#private::PhantomData)
                    .given()
            }
        };
        checks.extend(respan(answers, returns.span));
    }
    let text = name.to_string();
    checks.extend(respan(quote!(const _: () = #private::check_handler_name::<#marker>(#text);), name.span()));

    let next = if in_place {
        quote!({ let () = #private::discard(value); #private::Result::Ok(__onex_data) })
    } else {
        quote!(#private::Next::<__Data, __Answer>::new(value).settle())
    };
    let call = quote!(#name(#(#arguments),*));
    let outcome = outcome(slot, &returns, &call, &next);
    aliases.extend(outcome.aliases);
    checks.extend(outcome.checks);
    // A pure function that waits or takes a service has been told so.
    let result = if dependency.is_some() || function.is_async() {
        quote!(::core::panic!("this handler did not compile"))
    } else {
        outcome.result
    };
    let binding = in_place.then(|| quote!(let mut __onex_data = __onex_data;));
    let header = quote!(impl<__X> #private::TransitionHandler<__X> for #marker);
    let body = quote! {
        type Data = __Data;
        type Takes = __Message;
        fn fold(
            __onex_data: __Data,
            __onex_message: #private::Message<__Message>,
            __onex_ctx: #private::Ctx,
        ) -> #private::Result<__Data, #private::Fault> {
            #binding
            #result
        }
    };
    let handler = impl_at((slot.at, marker.span()), header, body);
    let checks = proven(slot, &checks);
    Some(scope(slot, std::slice::from_ref(marker), &aliases, &quote!(#checks #handler)))
}

/// The first parameter that is neither a `Dep` nor the `Ctx` is the state, the second is the event.
fn state_and_event(
    slot: &Slot,
    function: &Function,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Option<(usize, usize)> {
    let mut found = parameters.iter().enumerate().filter(|(_, parameter)| {
        matches!(parameter.asks, Asks::Owned(_) | Asks::Borrowed(_) | Asks::Mutable(_) | Asks::Optional(_))
    });
    let (marker, name) = (&slot.marker, &function.signature.ident);
    match (found.next(), found.next()) {
        (Some((_, state)), _) if matches!(state.asks, Asks::Borrowed(_) | Asks::Optional(_)) => {
            let message = "the state comes first, and is what this handler changes: take `&mut T`, or `T` and return the next one";
            errors.at(state.span, message);
            None
        }
        (Some((state, _)), Some((event, _))) => Some((state, event)),
        (state, _) => {
            let missing = if state.is_some() { "no event" } else { "no state" };
            if errors.is_empty() {
                errors.on(
                    name,
                    format!("`{name}` takes {missing}\nhelp: it takes the state and then the event: `state: &mut .., event: &{marker}`"),
                );
            }
            None
        }
    }
}
