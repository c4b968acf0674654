//! Steps that one of several events completes: the enumeration of these events, which is what the step gives.

use onex_contract::{EventIndex, Spanned, Step, Workflow};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::field::{LookedAt, bind};
use super::{Context, ident};

/// The steps that one of several events completes, each with the name of the enumeration.
pub(super) fn steps(workflow: &Workflow) -> impl Iterator<Item = (&Step, String)> {
    workflow.steps.iter().filter_map(|step| Some((step, step.events_ident()?)))
}

/// The field that is the key of each of these events.
fn key(step: &Step) -> Option<&Spanned<String>> {
    match (&step.entry, &step.gate) {
        (Some(entry), _) => entry.key.as_ref(),
        (None, Some(gate)) => Some(&gate.key),
        (None, None) => None,
    }
}

/// For the module of the node: the enumerations.
pub(super) fn enumerations(context: &Context<'_>) -> TokenStream {
    let (private, visibility) = (context.private(), &context.shell.inner_visibility);
    let serde = quote!(#private::serde);
    let path = serde.to_string();
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let enumerations = steps(workflow).map(|(step, name)| {
        let (name, marker) = (ident(&name, context.literal), context.ident(&step.ident));
        let text = format!("The event that completed the step `{}`.", step.id.value);
        let variants = events(context, step).map(|(at, event)| {
            let text = format!("It was `{event}`.");
            quote! {
                #[doc = #text]
                #event(::std::sync::Arc<<#marker as #private::OneOf<#at>>::Event>),
            }
        });
        quote! {
            #[doc = #text]
            #[derive(#serde::Serialize, #serde::Deserialize)]
            #[serde(crate = #path)]
            #visibility enum #name {
                #(#variants)*
            }
        }
    });
    enumerations.collect()
}

/// The events of a step, with their places among those of the contract.
fn events<'c>(context: &'c Context<'_>, step: &'c Step) -> impl Iterator<Item = (EventIndex, Ident)> {
    let events = step.awaits().into_iter().flat_map(|awaits| &awaits.events);
    events.map(|event| (*event, context.ident(&context.contract.events[*event].rust.name.value)))
}

/// Where the type of the event at `at` is in scope: that it is one of those that complete these steps.
pub(super) fn scoped(context: &Context<'_>, at: EventIndex, event: &Ident) -> TokenStream {
    let private = context.private();
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let of =
        steps(workflow).filter(|(step, _)| step.awaits().is_some_and(|awaits| awaits.events.contains(&at)));
    let impls = of.map(|(step, name)| {
        let (name, marker) = (context.ident(&name), context.ident(&step.ident));
        let key = match key(step) {
            Some(key) => {
                let fields: Vec<&str> = key.value.split('.').collect();
                let bound = bind(context, &quote!(event), &fields, LookedAt { by: "key", span: key.span });
                quote! {
                    #bound
                    #private::Option::Some(#private::RunKey::run_key(field))
                }
            }
            None => quote! {
                let _ = event;
                #private::Option::None
            },
        };
        quote! {
            impl #private::OneOf<#at> for __onex_node::#marker {
                type Event = #event;

                fn key(event: &#event) -> #private::Option<#private::String> {
                    #key
                }
            }
            impl ::core::convert::From<::std::sync::Arc<#event>> for __onex_node::#name {
                fn from(event: ::std::sync::Arc<#event>) -> Self {
                    __onex_node::#name::#event(event)
                }
            }
            impl ::core::convert::From<#event> for __onex_node::#name {
                fn from(event: #event) -> Self {
                    __onex_node::#name::#event(::std::sync::Arc::new(event))
                }
            }
        }
    });
    impls.collect()
}

/// What each of these steps gives, and the key of whichever event it is.
pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let impls = steps(workflow).map(|(step, name)| {
        let (name, marker) = (context.ident(&name), context.ident(&step.ident));
        let arms = events(context, step).map(|(at, event)| {
            quote!(__onex_node::#name::#event(event) => <__onex_node::#marker as #private::OneOf<#at>>::key(event),)
        });
        let key = function(step);
        let gate = step.gate.as_ref().map(|_| {
            quote! {
                impl<__X> #private::Gate<__X> for __onex_node::#marker {
                    type Event = __onex_node::#name;

                    fn key(payload: &#private::Payload) -> #private::Option<#private::String> {
                        #key(payload)
                    }
                }
            }
        });
        quote! {
            impl #private::StepOutput for __onex_node::#marker {
                type Type = __onex_node::#name;
            }
            fn #key(payload: &#private::Payload) -> #private::Option<#private::String> {
                match <__onex_node::#name as #private::RunValue>::borrow(payload)? {
                    #(#arms)*
                }
            }
            #gate
        }
    });
    impls.collect()
}

/// The function that reads the key of whichever event it is.
pub(super) fn function(step: &Step) -> Ident {
    format_ident!("__onex_key_of_{}", step.ident.trim_start_matches("r#"))
}

/// The calls that say how each event of the step just mounted is read.
pub(super) fn arms(context: &Context<'_>, step: &Step) -> TokenStream {
    let private = context.private();
    let Some(name) = step.events_ident() else { return TokenStream::new() };
    let (name, marker) = (context.ident(&name), context.ident(&step.ident));
    let arms = events(context, step).map(|(at, _)| {
        quote! {
            let mounted = mounted.arm::<
                <__onex_node::#marker as #private::OneOf<#at>>::Event,
                __onex_node::#name,
            >(#at);
        }
    });
    arms.collect()
}

/// The key of the route that brings one of several events of the entry, for the route just mounted.
pub(super) fn keyed_route(context: &Context<'_>, event: EventIndex) -> TokenStream {
    let private = context.private();
    let workflow = context.contract.workflow.as_ref();
    let entry = workflow.and_then(|workflow| {
        let step = &workflow.steps[workflow.entry()?];
        let awaits = step.awaits()?;
        (awaits.only().is_none() && awaits.events.contains(&event) && key(step).is_some()).then_some(step)
    });
    let Some(step) = entry else { return TokenStream::new() };
    let marker = context.ident(&step.ident);
    quote! {
        let mounted = mounted.keyed::<<__onex_node::#marker as #private::OneOf<#event>>::Event>(|payload| {
            let event = #private::RunValue::borrow(payload)?;
            <__onex_node::#marker as #private::OneOf<#event>>::key(event)
        });
    }
}

/// Whether the event of this name is one of several that complete a step.
pub(super) fn is_in_one(context: &Context<'_>, name: &str) -> bool {
    let workflow = context.contract.workflow.as_ref();
    workflow.is_some_and(|workflow| {
        steps(workflow).any(|(step, _)| events(context, step).any(|(_, event)| event == name))
    })
}

/// For the placeholder of a type that is missing: what an enumeration asks of its events.
pub(super) fn placeholder(context: &Context<'_>, placeholder: &Ident) -> TokenStream {
    let private = context.private();
    quote! {
        impl #private::serde::Serialize for #placeholder {
            fn serialize<S: #private::serde::Serializer>(&self, to: S) -> #private::Result<S::Ok, S::Error> {
                to.serialize_unit()
            }
        }
        impl<'de> #private::serde::Deserialize<'de> for #placeholder {
            fn deserialize<D: #private::serde::Deserializer<'de>>(_: D) -> #private::Result<Self, D::Error> {
                #private::Result::Err(#private::serde::de::Error::custom("there is no such type"))
            }
        }
    }
}
