//! What the contract says to other nodes, as a constant for the proof of a closed application: the facts by which
//! `onex check` judges a set of contracts, each place as the lines that show it.

use onex_contract::system::{Carried, Facts, JoinedBy, Receiver, StepNeed, TopicUse, WhatFor};
use onex_contract::{Brings, Route, Span, Spanned};
use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::table::{kind, option};

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let facts = Facts::of_one(context.contract);
    let [node] = &facts.nodes[..] else { return TokenStream::new() };
    let scribe = Scribe { context, private: &private };
    let (name, kind_name, kind_at) =
        (scribe.mark(node.name), kind(node.kind.value), scribe.at(node.kind.span));
    let group = option(&private, node.group.map(|group| scribe.mark(group)));
    let takes_anything = node.takes_anything;
    let consumed = facts.consumed.iter().map(|used| scribe.used(used));
    let produced = facts.produced.iter().map(|used| scribe.used(used));
    let patterns = &facts.patterns;
    let sent = facts.sent.iter().map(|sent| {
        let intent = scribe.mark(sent.intent);
        let to = match sent.to {
            Receiver::Executor(to) => {
                let to = scribe.mark(to);
                quote!(Executor(#to))
            }
            Receiver::Target(to) => {
                let to = scribe.mark(to);
                quote!(Target(#to))
            }
            Receiver::Any => quote!(Any),
        };
        quote!(#private::system::Sent { intent: #intent, to: #private::system::Receiver::#to })
    });
    let executed = facts.executed.iter().map(|executed| scribe.mark(executed.intent));
    let named = facts.named.iter().map(|named| {
        let name = scribe.mark(named.name);
        let what_for = match &named.what_for {
            WhatFor::Intent(intent) => quote!(Intent(#intent)),
            WhatFor::Step(need) => {
                let need = scribe.need(need);
                quote!(Step(#need))
            }
            WhatFor::Choice(need) => {
                let need = scribe.need(need);
                quote!(Choice(#need))
            }
            WhatFor::Dependency => quote!(Dependency),
        };
        quote! {
            #private::system::NamedNode { name: #name, what_for: #private::system::WhatFor::#what_for }
        }
    });
    let workflow = option(
        &private,
        node.workflow.as_ref().map(|own| {
            let (name, max_depth) = (scribe.mark(own.name), own.max_depth);
            let at = option(&private, own.max_depth_at.map(|at| scribe.at(at)));
            quote!(#private::system::OwnWorkflow { name: #name, max_depth: #max_depth, max_depth_at: #at })
        }),
    );
    let sub_workflows = facts.sub_workflows.iter().map(|of| {
        let (step, workflow) = (of.step, scribe.mark(of.workflow));
        quote!(#private::system::SubWorkflow { step: #step, workflow: #workflow })
    });
    quote! {
        #private::system::Said {
            broken: false,
            name: #name,
            kind: #private::Kind::#kind_name,
            kind_at: #kind_at,
            group: #group,
            takes_anything: #takes_anything,
            consumed: &[#(#consumed),*],
            produced: &[#(#produced),*],
            patterns: &[#(#patterns),*],
            sent: &[#(#sent),*],
            executed: &[#(#executed),*],
            named: &[#(#named),*],
            workflow: #workflow,
            sub_workflows: &[#(#sub_workflows),*],
        }
    }
}

struct Scribe<'s, 'c> {
    context: &'s Context<'c>,
    private: &'s TokenStream,
}

impl Scribe<'_, '_> {
    fn at(&self, span: Span) -> String {
        self.context.excerpt(span)
    }

    fn mark(&self, text: Spanned<&str>) -> TokenStream {
        let (private, value, at) = (self.private, text.value, self.at(text.span));
        quote!(#private::system::Mark { text: #value, at: #at })
    }

    fn used(&self, used: &TopicUse<'_>) -> TokenStream {
        let private = self.private;
        let topic = self.mark(used.topic.map(onex_contract::Topic::as_str));
        let (elsewhere, in_entry) = (used.elsewhere, used.in_entry);
        let by = match used.by {
            JoinedBy::Name => quote!(Name),
            JoinedBy::Request => quote!(Request),
            JoinedBy::Intent(intent) => quote!(Intent(#intent)),
        };
        let carries = option(private, used.carries.map(|carried| self.carried(used, carried)));
        quote! {
            #private::system::TopicUse {
                topic: #topic, elsewhere: #elsewhere, in_entry: #in_entry,
                by: #private::system::JoinedBy::#by, carries: #carries,
            }
        }
    }

    fn carried(&self, used: &TopicUse<'_>, carried: Carried<'_>) -> TokenStream {
        let (private, shell) = (self.private, &self.context.shell.name);
        let name = self.mark(carried.name);
        let module = carried.module.map(|module| quote!(&[#(#module),*] as &[&str]));
        let module = option(private, module);
        let contract = self.context.contract;
        let (topic, is_named) = (used.topic.value, |name: &str| name == carried.name.value);
        let event = contract
            .events
            .iter()
            .position(|event| event.topic == *topic && is_named(&event.rust.name.value))
            .or_else(|| {
                let takes_it = |route: &Route| match &route.brings {
                    Brings::Topic { topic: of, .. } => of.value == *topic,
                    _ => route.derived.as_ref() == Some(topic),
                };
                let is_its = |route: &Route| {
                    takes_it(route) && route.model().is_some_and(|model| is_named(&model.name.value))
                };
                Some(contract.events.len() + contract.routes.iter().position(is_its)?)
            });
        let rust = match event {
            Some(event) => quote!(<#shell as #private::system::Names<#event>>::RUST),
            None => quote!(#private::Option::None),
        };
        quote!(#private::system::Carried { name: #name, module: #module, rust: #rust })
    }

    fn need(&self, need: &StepNeed<'_>) -> TokenStream {
        let private = self.private;
        let step = need.step;
        let kind = need.kind.map(|of_node| {
            let of_node = kind(of_node);
            quote!(#private::Kind::#of_node)
        });
        let (kind, asked_at) = (option(private, kind), option(private, need.asked_at.map(|at| self.at(at))));
        quote!(#private::system::StepNeed { step: #step, kind: #kind, asked_at: #asked_at })
    }
}
