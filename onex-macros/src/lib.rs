//! The macros of onex. Their documentation is in the `onex` crate, which re-exports them.
//!
//! Thin: tokens in, `onex-contract`'s verdict, tokens out. What a contract means is decided there, what expanded code
//! does is decided in `onex::__private`; this crate only joins the two. Each macro is a pure function of its tokens
//! and of one contract with the files that it includes; an environment variable makes it print (`debug`), and changes
//! nothing of what it writes.

mod application;
mod contract;
mod debug;
mod derive;
mod error;
mod handler;
mod node;
mod root;

#[cfg(test)]
mod expansions;

use onex_contract::NodeKind;
use proc_macro::TokenStream;

/// See `onex::orchestrator`.
#[proc_macro_attribute]
pub fn orchestrator(attribute: TokenStream, item: TokenStream) -> TokenStream {
    node("orchestrator", NodeKind::Orchestrator, attribute, item)
}

/// See `onex::effect`.
#[proc_macro_attribute]
pub fn effect(attribute: TokenStream, item: TokenStream) -> TokenStream {
    node("effect", NodeKind::Effect, attribute, item)
}

/// See `onex::compute`.
#[proc_macro_attribute]
pub fn compute(attribute: TokenStream, item: TokenStream) -> TokenStream {
    node("compute", NodeKind::Compute, attribute, item)
}

/// See `onex::reducer`.
#[proc_macro_attribute]
pub fn reducer(attribute: TokenStream, item: TokenStream) -> TokenStream {
    node("reducer", NodeKind::Reducer, attribute, item)
}

/// See `onex::application`.
#[proc_macro_attribute]
pub fn application(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    debug::shown("application", &item, || application::expand(attribute.into(), &item)).into()
}

/// See `onex::handler`.
#[proc_macro_attribute]
pub fn handler(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    debug::shown("handler", &item, || handler::expand(attribute.into(), &item)).into()
}

/// See `onex::Event`.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    debug::shown("Event", &item, || derive::event(item.clone())).into()
}

/// See `onex::Intent`.
#[proc_macro_derive(Intent, attributes(intent))]
pub fn intent(item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    debug::shown("Intent", &item, || derive::intent(item.clone())).into()
}

/// See `onex::Container`.
#[proc_macro_derive(Container, attributes(container))]
pub fn container(item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    debug::shown("Container", &item, || derive::container(item.clone())).into()
}

/// See `onex::diagnostic`.
#[proc_macro_attribute]
pub fn on_unimplemented(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// See `onex::diagnostic`.
#[proc_macro_attribute]
pub fn do_not_recommend(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

fn node(name: &str, kind: NodeKind, attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    debug::shown(name, &item, || node::expand(attribute.into(), &item, kind)).into()
}
