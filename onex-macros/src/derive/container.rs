//! `#[derive(Container)]`: each field of type `Arc<T>` provides `Dep<T>`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, GenericArgument, Path, PathArguments, Type};

use crate::error::Errors;
use crate::root::Root;

pub(crate) fn container(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let tokens = errors.keep(syn::parse2(item)).and_then(|input| write(&input, &mut errors));
    let errors = errors.into_tokens();
    quote!(#tokens #errors)
}

fn write(input: &DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let mut root = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("container")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                root = Some(meta.value()?.call(Path::parse_mod_style)?);
                Ok(())
            } else {
                Err(meta.error("the argument of a container is `crate = path`"))
            }
        });
        errors.keep(parsed);
    }
    let Data::Struct(data) = &input.data else {
        errors.on(&input.ident, "a container is a struct: each field of type `Arc<T>` provides `Dep<T>`");
        return None;
    };
    let root = Root::new(root);
    let private = root.private();
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let mut tokens = TokenStream::new();
    for (index, field) in data.fields.iter().enumerate() {
        if is_skipped(field, errors) {
            continue;
        }
        let member = field
            .ident
            .as_ref()
            .map_or_else(|| syn::Member::Unnamed(index.into()), |ident| syn::Member::Named(ident.clone()));
        let Some(provided) = arc_of(&field.ty) else {
            errors.on(
                &field.ty,
                "a container shares what it provides: write `Arc<T>`, or `#[container(skip)]` if no handler takes this field",
            );
            continue;
        };
        let span = field.ty.span();
        tokens.extend(quote_spanned! {span=>
            #[automatically_derived]
            impl #generics #private::Provides<#provided> for #name #arguments #bounds {
                fn provide(&self) -> #private::Dep<#provided> {
                    #private::Dep::new(::core::clone::Clone::clone(&self.#member))
                }
            }
        });
    }
    Some(tokens)
}

fn is_skipped(field: &Field, errors: &mut Errors) -> bool {
    let mut skip = false;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("container")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("skip") {
                skip = true;
                Ok(())
            } else {
                Err(meta.error("the argument of a field is `skip`"))
            }
        });
        errors.keep(parsed);
    }
    skip
}

/// `T` of a literal `Arc<T>`.
fn arc_of(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match (last.ident == "Arc", arguments.args.first()) {
        (true, Some(GenericArgument::Type(ty))) => Some(ty),
        _ => None,
    }
}
