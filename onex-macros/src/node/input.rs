//! What starts a run: its type, the field of it that is the run's identity, and what stands in for a type that is missing.

use onex_contract::{Awaits, Gate, Mode, Spanned, Step, TypeRef};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::field::{LookedAt, bind};
use super::names::{exists, in_scope};
use super::{Context, ident, several};

/// The type that starts a run, where no event does.
pub(super) fn run_input<'c>(context: &'c Context<'_>) -> Option<&'c TypeRef> {
    let workflow = context.contract.workflow.as_ref()?;
    if workflow.entry().is_some() { None } else { context.contract.input_model.as_ref() }
}

/// The type of the run's input, and the field that is its key.
pub(super) fn expand(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let shell = &context.shell.name;
    // Who is none of the others cannot be started as one of them.
    let started = match workflow.mode {
        Mode::Batch => quote!(BatchWorkflow),
        Mode::Streaming => quote!(StreamWorkflow),
        Mode::Sequential | Mode::Parallel | Mode::Conditional => quote!(Workflow),
    };
    let output = |ty: TokenStream| {
        quote! {
            impl #private::StepOutput for __onex_node::input {
                type Type = #ty;
            }
            impl<__X> #private::RunInput<__X> for __onex_node::input {
                type Type = #ty;
            }
            impl #private::#started for #shell {
                type Input = #ty;
            }
        }
    };
    let no_key = quote! {
        impl __OnexKey {
            const OF: #private::Option<fn(&#private::Payload) -> #private::Option<#private::String>> =
                #private::Option::None;
        }
    };
    let Some(at) = workflow.entry() else {
        let tokens = match run_input(context) {
            Some(model) => {
                let name = context.ident(&model.name.value);
                let exists = exists(context, &name, "input model", model.name.span);
                let output = output(quote!(#name));
                in_scope(context, model.module.as_ref(), &quote!(#exists #output))
            }
            None => output(quote!(())),
        };
        return quote!(#no_key #tokens);
    };
    let Some(entry) = &workflow.steps[at].entry else { return no_key };
    let Some(only) = entry.awaits.only() else {
        let enumeration = workflow.steps[at].events_ident().map(|name| context.ident(&name));
        let output = enumeration.map(|name| output(quote!(__onex_node::#name)));
        let key = several::function(&workflow.steps[at]);
        let key = match &entry.key {
            Some(_) => quote!(#private::Option::Some(#key)),
            None => quote!(#private::Option::None),
        };
        return quote! {
            impl __OnexKey {
                const OF: #private::Option<fn(&#private::Payload) -> #private::Option<#private::String>> = #key;
            }
            #output
        };
    };
    let event = &context.contract.events[only];
    let name = context.ident(&event.rust.name.value);
    let output = output(quote!(#name));
    let Some(key) = &entry.key else {
        let scoped = in_scope(context, event.rust.module.as_ref(), &output);
        return quote!(#no_key #scoped);
    };
    let key = key_of(context, key, &name);
    let key_of = quote! {
        impl __OnexKey {
            const OF: #private::Option<fn(&#private::Payload) -> #private::Option<#private::String>> =
                #private::Option::Some(__OnexKey::of);

            fn of(payload: &#private::Payload) -> #private::Option<#private::String> {
                #key
            }
        }
    };
    let scoped = in_scope(context, event.rust.module.as_ref(), &quote!(#output #key_of));
    quote!(#scoped)
}

/// The events whose field is the key of a run, and the path to that field.
pub(super) fn keyed<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c str, Vec<&'c str>)> {
    let workflow = context.contract.workflow.as_ref();
    let entry = workflow.and_then(|workflow| workflow.steps[workflow.entry()?].entry.as_ref());
    entry
        .into_iter()
        .filter_map(|entry| Some((&entry.awaits, entry.key.as_ref()?)))
        .flat_map(move |(awaits, key)| events_with_key(context, awaits, &key.value))
}

/// The events that steps wait for in the middle of a run, and the paths to the fields that are their keys.
pub(super) fn keyed_gates<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c str, Vec<&'c str>)> {
    let steps = context.contract.workflow.iter().flat_map(|workflow| &workflow.steps);
    let gates = steps.filter_map(|step| step.gate.as_ref());
    gates.flat_map(move |gate| events_with_key(context, &gate.awaits, &gate.key.value))
}

fn events_with_key<'c>(
    context: &'c Context<'_>,
    awaits: &'c Awaits,
    key: &'c str,
) -> impl Iterator<Item = (&'c str, Vec<&'c str>)> {
    let name = |event: &usize| context.contract.events[*event].rust.name.value.as_str();
    awaits.events.iter().map(move |event| (name(event), key.split('.').collect()))
}

/// What a step waits for in the middle of a run: the event, and the field of it that says whose run it belongs to.
pub(super) fn gate(context: &Context<'_>, step: &Step, gate: &Gate, name: &Ident) -> TokenStream {
    let private = context.private();
    let marker = context.ident(&step.ident);
    let key = key_of(context, &gate.key, name);
    quote! {
        impl #private::StepOutput for __onex_node::#marker {
            type Type = #name;
        }
        impl<__X> #private::Gate<__X> for __onex_node::#marker {
            type Event = #name;

            fn key(payload: &#private::Payload) -> #private::Option<#private::String> {
                #key
            }
        }
    }
}

/// The value of the field of an event that is a key, as text.
fn key_of(context: &Context<'_>, key: &Spanned<String>, event: &Ident) -> TokenStream {
    let private = context.private();
    let fields: Vec<&str> = key.value.split('.').collect();
    let bound = bind(context, &quote!(event), &fields, LookedAt { by: "key", span: key.span });
    quote! {
        let event = <#event as #private::RunValue>::borrow(payload)?;
        #bound
        #private::Option::Some(#private::RunKey::run_key(field))
    }
}

/// A placeholder that has the fields which are looked for in it; where they end there is a `leaf`.
pub(super) fn with_fields(name: &Ident, paths: &[&[&str]], leaf: &TokenStream) -> TokenStream {
    let mut fields: Vec<(&str, Vec<&[&str]>)> = Vec::new();
    for (first, rest) in paths.iter().filter_map(|path| path.split_first()) {
        match fields.iter_mut().find(|(field, _)| field == first) {
            Some((_, deeper)) => deeper.push(rest),
            None => fields.push((first, vec![rest])),
        }
    }
    if fields.is_empty() {
        return quote!(pub(super) enum #name {});
    }
    let (mut members, mut types) = (TokenStream::new(), TokenStream::new());
    for (field, deeper) in fields {
        let field_name = ident(field, proc_macro2::Span::call_site());
        if deeper.iter().all(|rest| rest.is_empty()) {
            members.extend(quote!(pub(super) #field_name: #leaf,));
        } else {
            let inner = quote::format_ident!("{name}_{}", field.trim_start_matches("r#"));
            members.extend(quote!(pub(super) #field_name: #inner,));
            types.extend(with_fields(&inner, &deeper, leaf));
        }
    }
    quote! {
        pub(super) struct #name {
            #members
        }
        #types
    }
}
