//! Names of a node's module, looked up so that one that the contract does not declare gives our words, not rustc's.
//!
//! A glob import in an inner block wins over one in an outer block: a name that the module has is the module's, any
//! other is a placeholder of the same name, and [`unknown`] asks which it was. The user's own types are named by
//! aliases outside that inner block, where the glob cannot reach them.

use proc_macro2::{Ident, TokenStream};
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
            unique.push(name.clone());
        }
    }
    quote! {
        #[allow(
            non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code, unused_imports, unused_variables,
            unused_qualifications, unreachable_code, missing_docs, clippy::all, clippy::pedantic, clippy::restriction
        )]
        const _: () = {
            #aliases
            {
                mod __onex_missing {
                    #root::__onex_missing! { #(#unique)* }
                    pub(super) const __ROUTES: #private::Names =
                        #private::Names { sort: "", node: "", names: &[], declared: "", broken: true };
                    pub(super) const __STEPS: #private::Names = __ROUTES;
                    pub(super) const __COMPENSATIONS: #private::Names = __ROUTES;
                }
                use __onex_missing::*;
                {
                    use #module::*;
                    use #private::{Declared as _, NoAnswer as _, NoHandlerYet as _, NothingBrought as _};
                    #inner
                }
            }
        };
    }
}

/// Reports `name` if it was not found among the module's `list`.
pub(crate) fn unknown(slot: &Slot, name: &Ident, list: &str) -> TokenStream {
    let private = slot.root.private();
    let text = name.to_string();
    let text = text.trim_start_matches("r#");
    let list = Ident::new(list, proc_macro2::Span::call_site());
    let check = quote! {
        const _: () = #private::unknown(#private::Probe::<#name>::MISSING, #text, &#list);
    };
    respan(check, name.span())
}
