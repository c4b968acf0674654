//! `#[orchestrator]`, `#[effect]`, `#[compute]` and `#[reducer]`: a contract becomes markers, static tables and the checks that join them to code.
//!
//! Stages: the attribute and the struct are read, the contract is found and judged, the expansion is written from a
//! valid contract only. A faulty one gives its faults and a [`skeleton`] that keeps the handlers quiet.

mod comparison;
mod conditions;
mod custom;
mod docs;
mod ends;
mod failures;
mod field;
mod input;
mod intents;
mod markers;
mod matrix;
mod mount;
mod names;
mod reducer;
mod routes;
mod said;
mod sends;
mod several;
mod shell;
mod skeleton;
mod slot;
mod steps;
mod table;

use onex_contract::{Contract, NodeKind, Span};
use proc_macro2::{Ident, Span as TokenSpan, TokenStream};
use quote::quote;

use crate::contract::{Attribute, Found, find, tracking};
use crate::error::Errors;
use crate::root::Root;
use shell::Shell;

/// What every piece of the expansion needs to know.
pub(crate) struct Context<'c> {
    pub(crate) contract: &'c Contract,
    /// The struct.
    pub(crate) shell: &'c Shell,
    /// The literal that names the contract: where errors about it point.
    pub(crate) literal: TokenSpan,
    pub(crate) root: &'c Root,
}

impl Context<'_> {
    /// The path of what expanded code may name.
    pub(crate) fn private(&self) -> TokenStream {
        self.root.private()
    }

    /// Lines of the contract, for a plain string.
    pub(crate) fn excerpt(&self, span: Span) -> String {
        self.contract.source.excerpt(span)
    }

    /// Lines of the contract, for a diagnostic attribute, where braces have a meaning. Forgetting this is only a
    /// warning in the user's build, so it has one place.
    pub(crate) fn escaped(&self, span: Span) -> String {
        escape(&self.excerpt(span))
    }

    /// A place in the contract, as a row of a table.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        let private = self.private();
        let (line, column) = self.contract.at(span);
        let (line, column) =
            (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX));
        let file = self.contract.source.file_of(span).name();
        quote!(#private::At { file: #file, line: #line, column: #column })
    }

    /// An identifier from the contract. The contract's checks have made sure that it is one.
    pub(crate) fn ident(&self, name: &str) -> Ident {
        ident(name, TokenSpan::call_site())
    }
}

/// An identifier from a name that is one, raw or not.
pub(crate) fn ident(name: &str, span: TokenSpan) -> Ident {
    match name.strip_prefix("r#") {
        Some(name) => Ident::new_raw(name, span),
        None => Ident::new(name, span),
    }
}

/// Doubles braces, which diagnostic attributes read as parameters.
pub(crate) fn escape(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// What a contract makes of a struct.
#[derive(Default)]
struct Generated {
    /// The struct's documentation.
    docs: TokenStream,
    beside: TokenStream,
}

impl From<TokenStream> for Generated {
    fn from(beside: TokenStream) -> Self {
        Generated { docs: TokenStream::new(), beside }
    }
}

/// The struct with its documentation, and what its contract makes of it.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream, kind: NodeKind) -> TokenStream {
    let mut errors = Errors::default();
    let generated = generate(attribute, item.clone(), kind, &mut errors).unwrap_or_default();
    let errors = errors.into_tokens();
    let (item, beside) = (docs::beneath(item, &generated.docs), generated.beside);
    quote!(#item #errors #beside)
}

fn generate(
    attribute: TokenStream,
    item: TokenStream,
    kind: NodeKind,
    errors: &mut Errors,
) -> Option<Generated> {
    let attribute: Option<Attribute> = errors.keep(syn::parse2(attribute));
    let shell: Option<Shell> = errors.keep(syn::parse2(item));
    let shell = shell?;
    shell.check(errors);
    let Some(attribute) = attribute else {
        return Some(skeleton::expand(&shell, &Root::new(None), None).into());
    };

    let literal = &attribute.contract;
    let span = literal.span();
    let contract = match find(literal) {
        Found::Valid(contract) => contract,
        Found::Unknown => return Some(skeleton::expand(&shell, &attribute.root, None).into()),
        Found::Unreadable(message) => {
            errors.at(span, message);
            return Some(skeleton::expand(&shell, &attribute.root, None).into());
        }
        Found::Faulty(faults) => {
            let source = faults.source();
            for fault in faults.list() {
                errors.at(span, fault.render_for_compile_error(source));
            }
            let skeleton = skeleton::expand(&shell, &attribute.root, Some(source));
            let tracking = tracking(literal, source);
            return Some(quote!(#skeleton #tracking).into());
        }
    };
    let tracking = tracking(literal, &contract.source);
    if contract.kind != kind {
        errors.at(span, wrong_kind(&contract, kind));
        let skeleton = skeleton::expand(&shell, &attribute.root, Some(&contract.source));
        return Some(quote!(#skeleton #tracking).into());
    }
    let context = Context { contract: &contract, shell: &shell, literal: span, root: &attribute.root };
    let expansion = write(&context);
    Some(Generated { docs: docs::node(&context), beside: quote!(#expansion #tracking) })
}

fn wrong_kind(contract: &Contract, kind: NodeKind) -> String {
    let (declared, asked) = (contract.kind.as_str(), kind.as_str());
    let mend = format!("write `#[{declared}(contract = ..)]`, or correct `node_type` in the contract");
    format!(
        "the contract `{}` describes a node of kind {declared}, but this is `#[{asked}]`\nhelp: {mend}\nnote: the contract says so here\n{}",
        contract.source.name(),
        contract.excerpt(contract.kind_span)
    )
}

/// The expansion of a valid contract.
fn write(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let markers = markers::module(context);
    let module = &context.shell.module;
    let pieces = [
        table::node(context),
        routes::expand(context),
        intents::expand(context),
        steps::expand(context),
        sends::expand(context),
        several::expand(context),
        conditions::expand(context),
        custom::expand(context),
        ends::expand(context),
        mount::expand(context),
        names::expand(context),
        reducer::expand(context),
    ];
    quote! {
        #markers
        #[allow(
            non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code, unused_imports,
            unused_qualifications, clippy::all, clippy::pedantic, clippy::restriction
        )]
        const _: () = {
            use #module as __onex_node;
            use #private::{
                AlwaysGiven as _, AsksNothing as _, Declared as _, Given as _, NoHandlerThere as _, NoHandlerYet as _, NoItemYet as _, NoOutputYet as _, NotChecked as _,
                NotDecidedYet as _, NotMade as _,
            };
            #(#pieces)*
        };
    }
}
