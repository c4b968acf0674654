//! What stands in for a node whose contract is faulty: enough names to keep its handlers quiet.
//!
//! The contract's faults are the message; a handler that refers to a contract that cannot be read is no second fault.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use super::shell::Shell;
use crate::root::Root;

pub(crate) fn expand(shell: &Shell, root: &Root, text: &str) -> TokenStream {
    let private = root.private();
    let (visibility, module, name) = (&shell.visibility, &shell.module, &shell.name);
    let inner = &shell.inner_visibility;
    let mut names = names(text);
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
            type Kind = #private::Effect;
            const TABLE: &'static #private::NodeTable = <#private::Nowhere as #private::Node>::TABLE;
        }
        impl<__C> #private::Mount<__C> for #name {
            fn mounted() -> #private::Mounted<__C> {
                #private::Mounted::new(<Self as #private::Node>::TABLE)
            }
        }
    }
}

/// Every identifier that stands where a contract declares a name, whatever else is wrong with the file.
fn names(text: &str) -> BTreeSet<String> {
    const KEYS: [&str; 4] = ["name", "node_id", "compensation", "event_type"];
    let mut names = BTreeSet::new();
    for line in text.lines() {
        for key in KEYS {
            for (at, _) in line.match_indices(key) {
                let before = line[..at].chars().next_back();
                let Some(rest) = line[at + key.len()..].trim_start().strip_prefix(':') else { continue };
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let word: String = rest
                    .trim_start_matches([' ', '"', '\''])
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                    .map(|c| if c == '-' { '_' } else { c })
                    .collect();
                if syn::parse_str::<syn::Ident>(&word).is_ok() {
                    names.insert(word);
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_are_found_in_a_file_that_is_no_yaml() {
        let text = "a: [\n  - { node_id: charge-card, compensation: \"refund\" }\n  - name: OrderPlaced\n  rename: no\n  name: 7";
        let found: Vec<String> = names(text).into_iter().collect();
        assert_eq!(found, ["OrderPlaced", "charge_card", "refund"]);
    }
}
