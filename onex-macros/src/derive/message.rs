//! Events and intents: a type and the name that contracts call it by.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Error, LitStr, Path};

use crate::error::Errors;
use crate::root::Root;

/// `#[derive(Event)]`, with `#[event(name = "ModelOrderPlacedEvent")]` for a contract that uses another name.
pub(crate) fn event(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let tokens = errors.keep(syn::parse2(item)).map(|input| write_event(&input, &mut errors));
    let errors = errors.into_tokens();
    quote!(#tokens #errors)
}

fn write_event(input: &DeriveInput, errors: &mut Errors) -> TokenStream {
    let (mut alias, mut root) = (None::<LitStr>, None);
    for attribute in attributes(input, "event") {
        let parsed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                alias = Some(meta.value()?.parse()?);
                Ok(())
            } else if meta.path.is_ident("crate") {
                root = Some(meta.value()?.call(Path::parse_mod_style)?);
                Ok(())
            } else {
                Err(meta.error("the arguments are `name = \"NameInTheContract\"` and `crate = path`"))
            }
        });
        errors.keep(parsed);
    }
    let root = Root::new(root);
    let private = root.private();
    let (name, visibility) = (&input.ident, &input.vis);
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    let mut text = name.to_string();
    let alias = alias.and_then(|alias| {
        let ident =
            errors.keep(alias.parse::<syn::Ident>().map_err(|_| {
                Error::new(alias.span(), "a contract's name for an event is a Rust identifier")
            }))?;
        text = alias.value();
        if ident == *name {
            return None;
        }
        // The contract's name has to be a type where the node looks for it: beside the event.
        Some(quote! {
            #[doc(hidden)]
            #[allow(dead_code, type_alias_bounds)]
            #visibility type #ident #generics = #name #arguments;
        })
    });
    let (path, package) = (format!("::{name}"), package());
    quote! {
        #alias
        #[automatically_derived]
        impl #generics #private::Event for #name #arguments #bounds {
            const NAME: &'static str = #text;
            const DEFINED: #private::Option<#private::system::RustType> =
                #private::Option::Some(#private::system::RustType {
                    path: ::core::concat!(::core::module_path!(), #path),
                    at: ::core::concat!(#package, ::core::file!(), ":", ::core::line!(), ":", ::core::column!()),
                });
        }
    }
}

/// The package that is being compiled: two versions of one are two packages, whose types are two.
fn package() -> String {
    match (std::env::var("CARGO_PKG_NAME"), std::env::var("CARGO_PKG_VERSION")) {
        (Ok(name), Ok(version)) => format!("{name} {version}, "),
        _ => String::new(),
    }
}

/// `#[derive(Intent)] #[intent("payment.process")]`.
pub(crate) fn intent(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let tokens = errors.keep(syn::parse2(item)).and_then(|input| write_intent(&input, &mut errors));
    let errors = errors.into_tokens();
    quote!(#tokens #errors)
}

fn write_intent(input: &DeriveInput, errors: &mut Errors) -> Option<TokenStream> {
    let (mut intent_type, mut root) = (None::<LitStr>, None);
    for attribute in attributes(input, "intent") {
        let parsed = attribute.parse_args_with(|stream: syn::parse::ParseStream<'_>| {
            intent_type = Some(stream.parse()?);
            if stream.peek(syn::Token![,]) {
                stream.parse::<syn::Token![,]>()?;
                stream.parse::<syn::Token![crate]>()?;
                stream.parse::<syn::Token![=]>()?;
                root = Some(stream.call(Path::parse_mod_style)?);
            }
            Ok(())
        });
        errors.keep(parsed);
    }
    let Some(intent_type) = intent_type else {
        if errors.is_empty() {
            let message =
                "which intent? add `#[intent(\"domain.action\")]`, the name that routing tables use";
            errors.on(&input.ident, message);
        }
        return None;
    };
    if let Err(error) = onex_contract::IntentType::parse(&intent_type.value()) {
        errors.on(&intent_type, error);
        return None;
    }
    let root = Root::new(root);
    let private = root.private();
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #generics #private::Intent for #name #arguments #bounds {
            const TYPE: &'static str = #intent_type;
            type Id = #private::IntentId<{ #private::intent_hash(#intent_type) }>;
        }
    })
}

fn attributes<'i>(input: &'i DeriveInput, name: &'i str) -> impl Iterator<Item = &'i Attribute> {
    input.attrs.iter().filter(move |attribute| attribute.path().is_ident(name))
}
