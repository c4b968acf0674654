//! `#[application]`: nodes and their container become one program, proven as a whole.
//!
//! Must not know contracts: what they say to each other is in a constant of each node, and `onex` judges these.

mod attribute;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields};

use crate::error::Errors;
use crate::root::respan;
use attribute::{Attribute, Environment};

/// The struct untouched, and what mounts its nodes.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let attribute: Option<Attribute> = errors.keep(syn::parse2(attribute));
    let shell = errors.keep(shell(item.clone()));
    let generated = attribute.zip(shell).map(|(attribute, shell)| write(&attribute, &shell));
    let errors = errors.into_tokens();
    quote!(#item #errors #generated)
}

fn shell(item: TokenStream) -> syn::Result<DeriveInput> {
    let no_struct = |at| syn::Error::new(at, "an application is an empty struct, `pub struct Shop;`");
    let at = item.span();
    let shell: DeriveInput = syn::parse2(item).map_err(|_| no_struct(at))?;
    let Data::Struct(data) = &shell.data else { return Err(no_struct(shell.ident.span())) };
    if !matches!(data.fields, Fields::Unit) {
        let message = format!(
            "an application is a list of nodes and holds no state: write `struct {};`\n\
             help: what handlers need comes from the container",
            shell.ident
        );
        return Err(syn::Error::new(data.fields.span(), message));
    }
    if !shell.generics.params.is_empty() {
        return Err(syn::Error::new(shell.generics.span(), "an application has no parameters"));
    }
    Ok(shell)
}

fn write(attribute: &Attribute, shell: &DeriveInput) -> TokenStream {
    let Attribute { container, nodes, environments, root, .. } = attribute;
    let private = root.private();
    let (name, visibility) = (&shell.ident, &shell.vis);
    let count = nodes.len();
    // An error about a node points at it.
    let parts =
        nodes.iter().map(|node| quote_spanned!(node.span()=> #private::system::part::<#node, #container>()));
    let text = name.to_string();
    let all = match environments.is_empty() {
        true => quote!(&[]),
        false => quote!(#name::ENVIRONMENTS),
    };
    let proof = quote! {
        #private::system::closed::<#container, #count, { #private::system::room_of(&__ONEX_PARTS) }>(
            #text, &__ONEX_PARTS, #all
        )
    };
    let proof = respan(proof, attribute.nodes_at);
    let constants = constants(attribute, shell);
    let (parameter, with_environment) = match environments.is_empty() {
        true => (quote!(), quote!()),
        false => (quote!(environment: #root::Environment,), quote!(.environment(environment))),
    };
    quote! {
        const _: () = {
            const __ONEX_PARTS: [#private::system::Part<#container>; #count] = [#(#parts),*];
            // A faulty application takes longer to explain than rustc thinks that a constant should take.
            #[allow(unknown_lints, long_running_const_eval)]
            const __ONEX_CLOSED: () = #proof;
            #[allow(dead_code)]
            impl #name {
                #constants

                /// Begins a runtime that has every node of this application mounted.
                #visibility fn builder(#parameter container: #container) -> #root::RuntimeBuilder<#container> {
                    const MOUNTINGS: [#private::system::Mounting<#container>; #count] =
                        #private::system::mountings(&__ONEX_PARTS);
                    #root::Runtime::builder(container).mount_all(&MOUNTINGS) #with_environment
                }
            }
        };
    }
}

/// A constant for each environment, and one for all.
fn constants(attribute: &Attribute, shell: &DeriveInput) -> TokenStream {
    let Attribute { environments, root, .. } = attribute;
    let visibility = &shell.vis;
    if environments.is_empty() {
        return TokenStream::new();
    }
    let names: Vec<_> = environments.iter().map(Environment::constant).collect();
    let each = environments.iter().zip(&names).map(|(environment, constant)| {
        let name = environment.name.to_string();
        let values = environment.values.iter().map(|(placeholder, value)| {
            let placeholder = placeholder.to_string();
            quote!((#placeholder, #value))
        });
        let about =
            environment.values.iter().map(|(key, value)| format!("`{{{key}}}` is `{}`", value.value()));
        let text = format!("The environment `{name}`: {}.", about.collect::<Vec<_>>().join(", "));
        quote! {
            #[doc = #text]
            #visibility const #constant: #root::Environment = #root::Environment::new(#name, &[#(#values),*]);
        }
    });
    let all = format_ident!("ENVIRONMENTS");
    quote! {
        #(#each)*

        /// Where this application runs.
        #visibility const #all: &'static [#root::Environment] = &[#(Self::#names),*];
    }
}
