//! The signature of a function, parsed for what a handler needs and no further.
//!
//! syn's own parser of functions comes with one of all expressions, which every user would compile. A pattern is kept only if it
//! is a plain name; the body is raw tokens, so that a half-typed one still completes.

use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Generics, Ident, Lit, ReturnType, Token, Type, Visibility, parenthesized};

/// `async fn charge(validate: &Valid, bank: Dep<Bank>) -> Result<Receipt, BankError>`.
pub(crate) struct Signature {
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) unsafety: Option<Span>,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// Where `self` stands, if it does.
    pub(crate) receiver: Option<Span>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: ReturnType,
}

/// One parameter.
pub(crate) struct Input {
    /// The name, if the pattern is one.
    pub(crate) name: Option<Ident>,
    /// Where the pattern stands.
    pub(crate) pattern: Span,
    pub(crate) ty: Type,
}

impl Parse for Signature {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Option<Token![const]>>()?;
        let asyncness = input.parse()?;
        let unsafety = input.parse::<Option<Token![unsafe]>>()?.map(|keyword| keyword.span);
        if input.parse::<Option<Token![extern]>>()?.is_some() {
            input.parse::<Option<Lit>>()?;
        }
        input
            .parse::<Token![fn]>()
            .map_err(|error| syn::Error::new(error.span(), format!("a handler is a function: {error}")))?;
        let ident = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let within;
        parenthesized!(within in input);
        let (receiver, inputs) = inputs(&within)?;
        let output = input.parse()?;
        generics.where_clause = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(Signature { asyncness, unsafety, ident, generics, receiver, inputs, output })
    }
}

fn inputs(within: ParseStream<'_>) -> syn::Result<(Option<Span>, Vec<Input>)> {
    let (mut receiver, mut inputs) = (None, Vec::new());
    while !within.is_empty() {
        within.call(Attribute::parse_outer)?;
        let (name, pattern) = pattern(within)?;
        if name.as_ref().is_some_and(|name| name == "self") {
            receiver = Some(pattern);
            // `self: Box<Self>` has a type, `&self` has none.
            if within.parse::<Option<Token![:]>>()?.is_some() {
                within.parse::<Type>()?;
            }
        } else {
            within.parse::<Token![:]>()?;
            inputs.push(Input { name, pattern, ty: within.parse()? });
        }
        if !within.is_empty() {
            within.parse::<Token![,]>()?;
        }
    }
    Ok((receiver, inputs))
}

/// Everything up to the colon, and the name if there is nothing but that, `mut`, and for `self` a reference.
fn pattern(within: ParseStream<'_>) -> syn::Result<(Option<Ident>, Span)> {
    let mut tokens: Vec<proc_macro2::TokenTree> = Vec::new();
    while !within.is_empty()
        && !within.peek(Token![,])
        && (!within.peek(Token![:]) || within.peek(Token![::]))
    {
        if within.peek(Token![::]) {
            let path: Token![::] = within.parse()?;
            tokens.extend(quote::quote!(#path));
        } else {
            tokens.push(within.parse()?);
        }
    }
    let Some(first) = tokens.first() else { return Err(within.error("expected a parameter")) };
    let span = first.span();
    let last = match tokens.last() {
        Some(proc_macro2::TokenTree::Ident(last)) => Some(last.clone()),
        _ => None,
    };
    let is_self = last.as_ref().is_some_and(|last| last == "self");
    let plain = match tokens.as_slice() {
        [proc_macro2::TokenTree::Ident(name)] => *name != "_",
        [proc_macro2::TokenTree::Ident(first), proc_macro2::TokenTree::Ident(_)] => first == "mut",
        _ => false,
    };
    let span = last.as_ref().filter(|_| plain).map_or(span, Spanned::span);
    Ok((last.filter(|_| plain || is_self), span))
}

#[cfg(test)]
mod tests {
    use super::Signature;

    fn parsed(text: &str) -> Signature {
        syn::parse_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn names(text: &str) -> Vec<Option<String>> {
        parsed(text).inputs.iter().map(|input| input.name.as_ref().map(ToString::to_string)).collect()
    }

    #[test]
    fn a_plain_name_is_kept_and_a_pattern_is_not() {
        let text = "fn f(a: &T, mut b: Option<&T>, events::Placed { id }: events::Placed, _: Ctx, (x, y): (u8, u8)) {}";
        assert_eq!(names(text), [Some("a".into()), Some("b".into()), None, None, None]);
    }

    #[test]
    fn a_receiver_is_seen_in_every_form() {
        for text in [
            "fn f(self) {}",
            "fn f(&self, a: T) {}",
            "fn f(&'a mut self) {}",
            "fn f(mut self: Box<Self>,) {}",
        ] {
            assert!(parsed(text).receiver.is_some(), "{text}");
        }
        assert!(parsed("fn f(a: Self) {}").receiver.is_none());
    }

    #[test]
    fn whatever_may_stand_around_a_signature_is_read() {
        let text = "/// Docs.\n#[inline] pub(crate) async unsafe extern \"C\" fn f<T>(#[allow(unused)] a: T) -> R where T: Copy { let x = ; }";
        let signature = parsed(text);
        assert!(signature.asyncness.is_some() && signature.unsafety.is_some());
        assert_eq!((signature.ident.to_string().as_str(), signature.generics.params.len()), ("f", 1));
    }

    #[test]
    fn what_is_no_function_says_so() {
        let error = syn::parse_str::<Signature>("pub struct S;").err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("a handler is a function: expected `fn`"));
    }
}
