//! What stands in for a node whose contract is faulty: enough names to keep its handlers quiet.
//!
//! The contract's faults are the message; a handler that refers to a contract that cannot be read is no second fault.

use std::collections::BTreeSet;

use onex_contract::{Source, SourceFile, likely_names};
use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use super::shell::Shell;
use crate::root::Root;

/// `source` is what was read of the contract, if anything was.
pub(crate) fn expand(shell: &Shell, root: &Root, source: Option<&Source>) -> TokenStream {
    let private = root.private();
    let (visibility, module, name) = (&shell.visibility, &shell.module, &shell.name);
    let inner = &shell.inner_visibility;
    let files = source.into_iter().flat_map(Source::files);
    let mut names: BTreeSet<String> = files.map(SourceFile::text).flat_map(likely_names).collect();
    names.insert("input".to_owned());
    let span = proc_macro2::Span::call_site();
    let names = names.iter().map(|name| ident(name, span));
    let markers = quote! {
        /// What can be read of the contract's names.
        #[allow(non_camel_case_types, dead_code, clippy::all, clippy::pedantic)]
        #visibility mod #module {
            #root::__onex_placeholders! { #inner, #(#names)* }
            #[doc(hidden)]
            #inner const __NAMES: #private::Names = #private::Names::BROKEN;
        }
    };
    quote! {
        #markers
        impl #private::Node for #name {
            const TABLE: &'static #private::NodeTable = <#private::Nowhere as #private::Node>::TABLE;
            const SAID: #private::Option<&'static #private::system::Said> =
                #private::Option::Some(&#private::system::Said::BROKEN);
        }
        impl<__C> #private::Mount<__C> for #name {
            fn mounted() -> #private::Mounted<__C> {
                #private::Mounted::new(<Self as #private::Node>::TABLE)
            }
        }
    }
}
