//! A field that a contract names, looked up in a value of the program.
//!
//! What rustc says of a field that does not exist is its own: it has no note of ours, but it names the type that has no such field. So
//! each step of a path is taken through a wrapper whose name is the contract's place.

use onex_contract::Span;
use proc_macro2::{Ident, Span as TokenSpan, TokenStream};
use quote::{format_ident, quote};

use super::{Context, ident};

/// What looks at a field, and where the contract says so.
#[derive(Clone, Copy)]
pub(super) struct LookedAt<'c> {
    /// A word that can be part of a name: `condition`.
    pub(super) by: &'c str,
    /// Where the path stands.
    pub(super) span: Span,
}

/// Binds `field` to the field at the end of a path, by reference. `value` is a reference to what has the first of them, or
/// is itself what is looked at.
pub(super) fn bind(
    context: &Context<'_>,
    value: &TokenStream,
    path: &[&str],
    by: LookedAt<'_>,
) -> TokenStream {
    let Some((last, outer)) = path.split_last() else { return quote!(let field = #value;) };
    // The caret is under the literal, and rustc takes it for expanded code: its own suggestion would be to replace the
    // contract's path by a field's name.
    let at = TokenSpan::mixed_site().located_at(context.literal);
    let place = place(context, by);
    let steps = outer.iter().map(|field| {
        let field = ident(field, at);
        quote!(let looked_at = #place(&looked_at.#field);)
    });
    let last = ident(last, at);
    quote! {
        #[allow(non_camel_case_types)]
        struct #place<T>(T);
        impl<T> ::core::ops::Deref for #place<&T> {
            type Target = T;
            fn deref(&self) -> &T {
                self.0
            }
        }
        let looked_at = #place(#value);
        #(#steps)*
        let field = &looked_at.#last;
    }
}

/// `condition_in_line_21_of_contract_yaml`.
fn place(context: &Context<'_>, by: LookedAt<'_>) -> Ident {
    let (line, _) = context.contract.at(by.span);
    let file = context.contract.source.file_of(by.span).name();
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let file: String = file
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '_' })
        .collect();
    format_ident!("{}_in_line_{line}_of_{file}", by.by)
}
