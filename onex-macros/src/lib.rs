//! The macros of onex. Their documentation is in the `onex` crate, which re-exports them.
//!
//! Thin: tokens in, `onex-contract`'s verdict, tokens out. What a contract means is decided there, what expanded code
//! does is decided in `onex::__private`; this crate only joins the two. Each macro is a pure function of its tokens
//! and of one contract with the files that it includes.

mod application;
mod contract;
mod derive;
mod error;
mod handler;
mod node;
mod root;

use proc_macro::TokenStream;

/// See `onex::orchestrator`.
#[proc_macro_attribute]
pub fn orchestrator(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("orchestrator", node::expand(attribute.into(), &item.into(), onex_contract::NodeKind::Orchestrator))
}

/// See `onex::effect`.
#[proc_macro_attribute]
pub fn effect(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("effect", node::expand(attribute.into(), &item.into(), onex_contract::NodeKind::Effect))
}

/// See `onex::compute`.
#[proc_macro_attribute]
pub fn compute(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("compute", node::expand(attribute.into(), &item.into(), onex_contract::NodeKind::Compute))
}

/// See `onex::reducer`.
#[proc_macro_attribute]
pub fn reducer(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("reducer", node::expand(attribute.into(), &item.into(), onex_contract::NodeKind::Reducer))
}

/// See `onex::application`.
#[proc_macro_attribute]
pub fn application(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("application", application::expand(attribute.into(), &item.into()))
}

/// See `onex::handler`.
#[proc_macro_attribute]
pub fn handler(attribute: TokenStream, item: TokenStream) -> TokenStream {
    debug("handler", handler::expand(attribute.into(), &item.into()))
}

/// See `onex::Event`.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    debug("Event", derive::event(item.into()))
}

/// See `onex::Intent`.
#[proc_macro_derive(Intent, attributes(intent))]
pub fn intent(item: TokenStream) -> TokenStream {
    debug("Intent", derive::intent(item.into()))
}

/// See `onex::Container`.
#[proc_macro_derive(Container, attributes(container))]
pub fn container(item: TokenStream) -> TokenStream {
    debug("Container", derive::container(item.into()))
}

/// Prints the expansion when `ONEX_MACROS_DEBUG` is set, for whoever wonders what a macro wrote.
fn debug(name: &str, expansion: proc_macro2::TokenStream) -> TokenStream {
    if std::env::var_os("ONEX_MACROS_DEBUG").is_some() {
        eprintln!("// onex: expansion of `{name}`\n{expansion}\n");
    }
    expansion.into()
}
