//! Names of a node's module, looked up so that one that the contract does not declare gives our words, not rustc's.
//!
//! A glob import in an inner block wins over one in an outer block: a name that the module has is the module's, any
//! other is a placeholder of the same name, and [`declared`] asks the module for what it is. The user's own types are named by
//! aliases outside that inner block, where the glob cannot reach them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;

use super::slot::Slot;
use crate::root::respan;

/// Wraps a link: `aliases` name the user's types, `inner` names markers.
pub(crate) fn scope(slot: &Slot, names: &[Ident], aliases: &TokenStream, inner: &TokenStream) -> TokenStream {
    let (root, private, module) = (&slot.root, slot.root.private(), &slot.module);
    let mut placeholders: Vec<String> = Vec::new();
    let mut unique = Vec::new();
    for name in names {
        if !placeholders.contains(&name.to_string()) {
            placeholders.push(name.to_string());
            // At no place of the user's: an editor would take the placeholder for what is meant there.
            let mut name = name.clone();
            name.set_span(proc_macro2::Span::call_site());
            unique.push(name);
        }
    }
    quote! {
        #[allow(
            non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code, unused_imports, unused_variables,
            unused_qualifications, unreachable_code, deprecated, unexpected_cfgs, clippy::all, clippy::pedantic, clippy::restriction
        )]
        const _: () = {
            // Named where no marker is: a step may have the name of its node.
            use #module as __onex_module;
            #aliases
            {
                mod __onex_missing {
                    #root::__onex_placeholders! { pub(super), #(#unique)* }
                    pub(super) const __NAMES: #private::Names = #private::Names::BROKEN;
                }
                use __onex_missing::*;
                {
                    use __onex_module::*;
                    use #private::{
                        AnyValue as _, NoAnswer as _, NoHandlerYet as _, NoResult as _, NoState as _, NoStateType as _, NothingBrought as _,
                        Valued as _,
                    };
                    #inner
                }
            }
        };
    }
}

/// Checks, for the compiler. An editor sees through every token to all that a macro made of it, and whoever asks where a name
/// leads does not ask for what proves it.
pub(crate) fn proven(slot: &Slot, checks: &TokenStream) -> TokenStream {
    let root = &slot.root;
    quote! {
        #[cfg(not(rust_analyzer))]
        const _: () = {
            #root::__onex_proven! { #checks }
        };
    }
}

/// The path of an attribute as it is written, for an editor to follow and to complete: with nothing behind its last `::`, too.
pub(crate) fn link(attribute: &TokenStream) -> TokenStream {
    let is = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let mut tokens = attribute.clone().into_iter().skip_while(|token| !is(token, '='));
    tokens.next();
    let mut path: TokenStream = tokens.take_while(|token| !is(token, ',')).collect();
    match path.clone().into_iter().last() {
        Some(last) if is(&last, ':') => path.extend(quote!(__onex_unfinished)),
        _ => {}
    }
    if syn::parse2::<syn::Path>(path.clone()).is_err() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            const _: ::core::option::Option<#path> = ::core::option::Option::None;
        };
    }
}

/// Reports `name` if the contract does not declare it as `sort`.
pub(crate) fn declared(slot: &Slot, name: &Ident, sort: &str) -> TokenStream {
    let private = slot.root.private();
    let text = name.to_string();
    let text = text.trim_start_matches("r#");
    let sort = Ident::new(sort, proc_macro2::Span::call_site());
    let check = quote! {
        const _: () = #private::declared(#text, #private::Sort::#sort, &__NAMES);
    };
    respan(check, name.span())
}

/// Reports a `Result` behind another name, which was read as the value.
pub(crate) fn no_result(slot: &Slot, alias: &Ident, at: proc_macro2::Span) -> TokenStream {
    let private = slot.root.private();
    let text = "the return type is a `Result` behind another name, so its error would be taken for a value\nhelp: write it out: `Result<T, E>`";
    let check = quote! {
        const _: () = if #private::Returned::<#alias>::IS_RESULT { ::core::panic!("{}", #text) };
    };
    respan(check, at)
}
