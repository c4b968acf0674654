//! The struct of a node: an empty shell. The contract says what it is, the handlers what it does.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Fields, Generics, Visibility};

use crate::error::Errors;

/// `OrderWorkflow` is `order_workflow`, and `Match` is `r#match`.
fn module_name(name: &Ident) -> syn::Result<Ident> {
    let snake = onex_contract::snake_case(&name.to_string());
    if ["self", "super", "crate"].contains(&snake.as_str()) {
        let message = format!(
            "the markers of `{name}` would be in a module `{snake}`, which Rust does not allow; choose another name"
        );
        return Err(syn::Error::new(name.span(), message));
    }
    Ok(syn::parse_str(&snake).map_or_else(
        |_| Ident::new_raw(&snake, name.span()),
        |mut module: Ident| {
            module.set_span(name.span());
            module
        },
    ))
}

/// A visibility as it is written one module further in. A marker is exactly as visible as its node: more, and the
/// types that its handlers exchange would have to be public too.
fn one_deeper(visibility: &Visibility) -> TokenStream {
    match visibility {
        Visibility::Public(_) => quote!(pub),
        Visibility::Inherited => quote!(pub(super)),
        Visibility::Restricted(restricted) => {
            let path = &restricted.path;
            match path.segments.first().map(|first| first.ident.to_string()).as_deref() {
                Some("self") => quote!(pub(super)),
                Some("super") => quote!(pub(in super::#path)),
                _ => quote!(pub(in #path)),
            }
        }
    }
}

/// The struct that the attribute stands on.
pub(crate) struct Shell {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    /// The struct's visibility, seen from inside the module of its markers.
    pub(crate) inner_visibility: TokenStream,
    /// The struct's name in snake case: the module of its markers.
    pub(crate) module: Ident,
    fields: Fields,
    is_struct: bool,
    generics: Generics,
}

impl Parse for Shell {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let item: DeriveInput = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("a node is an empty struct, `pub struct OrderWorkflow;`: {error}"),
            )
        })?;
        let (fields, is_struct) = match item.data {
            Data::Struct(data) => (data.fields, true),
            Data::Enum(_) | Data::Union(_) => (Fields::Unit, false),
        };
        let module = module_name(&item.ident)?;
        let inner_visibility = one_deeper(&item.vis);
        let (name, visibility) = (item.ident, item.vis);
        Ok(Shell { name, visibility, inner_visibility, module, fields, is_struct, generics: item.generics })
    }
}

impl Shell {
    /// A node holds no state and stands for one contract.
    pub(crate) fn check(&self, errors: &mut Errors) {
        if !self.is_struct {
            errors.on(&self.name, format!("a node is an empty struct: write `struct {};`", self.name));
        }
        if !matches!(self.fields, Fields::Unit) {
            let message = format!(
                "a node is a thin shell and holds no state: write `{} struct {};`\n\
                 help: what handlers need comes from the container, as a `Dep<T>` of the effect that uses it; what a workflow remembers is in its steps' outputs",
                self.visibility.to_token_stream(),
                self.name
            );
            errors.on(&self.fields, message);
        }
        if !self.generics.params.is_empty() {
            errors.on(&self.generics, "a node stands for one contract and has no parameters");
        }
    }
}
