//! `impl Mount`: the node's functions in the order of its tables, for any container that provides what they take.

use onex_contract::{Brings, NodeKind, Span};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use super::markers::route_name;
use super::reducer::key_name;
use super::steps::is_fold;

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let shell = &context.shell.name;
    let (mut bounds, mut calls, mut lists) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
    for (index, route) in context.contract.routes.iter().enumerate() {
        if context.contract.kind == NodeKind::Reducer {
            let marker = context.ident(route_name(context, route));
            let key = key_name(index);
            bounds.extend(quote! {
                __onex_node::#marker: #private::TransitionHandler<__C, Data: #private::ReducerState>,
            });
            calls.extend(quote!(let mounted = mounted.transition::<__onex_node::#marker>(#key::OF);));
            continue;
        }
        let name = route_name(context, route);
        let (marker, list) = (context.ident(name), list_name(name));
        lists.extend(dependency_list(context, &list, "handler of", name, route.span));
        bounds.extend(quote!(__onex_node::#marker: #private::RouteHandler<__C, Deps: #list<__C>>,));
        calls.extend(quote!(let mounted = mounted.route::<__onex_node::#marker>();));
        if let Brings::Event(event) = &route.brings {
            calls.extend(super::several::keyed_route(context, event.value));
        }
    }
    if let Some(workflow) = &context.contract.workflow {
        for step in &workflow.steps {
            let marker = context.ident(&step.ident);
            if step.entry.is_some() {
                calls.extend(quote!(let mounted = mounted.entry();));
                calls.extend(super::several::arms(context, step));
            } else if step.gate.is_some() {
                bounds.extend(quote!(__onex_node::#marker: #private::Gate<__C, Event: #private::RunValue>,));
                calls.extend(quote!(let mounted = mounted.gate::<__onex_node::#marker>();));
                calls.extend(super::several::arms(context, step));
            } else if step.sends.is_some() {
                let asked = super::sends::function(step);
                calls.extend(quote!(let mounted = mounted.sends(#asked);));
            } else {
                let list = list_name(&step.ident);
                lists.extend(dependency_list(context, &list, "step", &step.id.value, step.id.span));
                let (value, add) = if is_fold(workflow, step) {
                    (quote!(ReducerState), quote!(folding))
                } else {
                    (quote!(StepValue), quote!(step))
                };
                let clone = step.for_each.as_ref().map(|_| quote!(+ ::core::clone::Clone));
                bounds.extend(quote! {
                    __onex_node::#marker:
                        #private::StepHandler<__C, Output: #private::#value #clone, Deps: #list<__C>>,
                });
                calls.extend(quote!(let mounted = mounted.#add::<__onex_node::#marker>();));
                if step.for_each.is_some() {
                    let entries = super::conditions::entries(step);
                    bounds.extend(quote! {
                        __onex_node::#marker:
                            #private::TakesItem<__C, Item: #private::StepValue + ::core::clone::Clone>,
                    });
                    calls.extend(quote! {
                        let mounted = mounted.each::<__onex_node::#marker>(#entries);
                    });
                }
            }
            if step.condition.is_some() {
                let holds = super::conditions::function(step);
                calls.extend(quote!(let mounted = mounted.condition(#holds);));
                for (_, ident) in super::custom::of_step(step) {
                    let marker = context.ident(ident);
                    bounds.extend(quote!(__onex_node::#marker: #private::ConditionHandler<__C>,));
                    calls.extend(quote!(let mounted = mounted.decides::<__onex_node::#marker>();));
                }
            }
            if let Some(compensation) = &step.compensation {
                let (marker, list) = (context.ident(&compensation.ident), list_name(&compensation.ident));
                let name = &compensation.name;
                lists.extend(dependency_list(context, &list, "compensation", &name.value, name.span));
                bounds.extend(
                    quote!(__onex_node::#marker: #private::CompensationHandler<__C, Deps: #list<__C>>,),
                );
                calls.extend(quote!(let mounted = mounted.compensation::<__onex_node::#marker>();));
            }
        }
        bounds.extend(quote!(__onex_node::input: #private::RunInput<__C, Type: #private::RunValue>,));
        calls.extend(quote! {
            let mounted = mounted.input::<<__onex_node::input as #private::RunInput<__C>>::Type>(__OnexKey::OF);
        });
    }
    quote! {
        struct __OnexKey;
        #lists
        impl<__C> #private::Mount<__C> for #shell
        where
            #bounds
        {
            fn mounted() -> #private::Mounted<__C> {
                let mounted = #private::Mounted::new(<Self as #private::Node>::TABLE);
                #calls
                mounted
            }
        }
    }
}

fn list_name(of: &str) -> Ident {
    format_ident!("DependenciesOf_{}", of.trim_start_matches("r#"))
}

/// The tuple of what one handler takes, as the container must provide it: `FromContainer` with the contract's lines.
fn dependency_list(context: &Context<'_>, list: &Ident, sort: &str, name: &str, span: Span) -> TokenStream {
    let private = context.private();
    let message =
        format!("the container `{{C}}` does not provide what the {sort} `{name}` takes: `{{Self}}`");
    let declared = format!("it is declared here\n{}", context.escaped(span));
    quote! {
        #[diagnostic::on_unimplemented(
            message = #message,
            label = "this node cannot be mounted on `{C}`",
            note = #declared,
            note = "for each `Dep<T>` add a field of type `Arc<T>` to `{C}`, which derives `onex::Container`"
        )]
        pub trait #list<C>: #private::FromContainer<C> {}
        #[diagnostic::do_not_recommend]
        impl<C, D: #private::FromContainer<C>> #list<C> for D {}
    }
}
