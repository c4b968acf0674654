//! How a field is compared with what a contract says: the bounds, the test, and the question in words.

use onex_contract::{Literal, Operator};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// What a field must be able to do, and the test of `self`.
pub(super) fn comparison(
    private: &TokenStream,
    operator: Operator,
    value: Option<&Literal>,
) -> (TokenStream, TokenStream) {
    let literals: Vec<&Literal> = match value {
        Some(Literal::List(values)) => values.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    };
    let each = |name: &str| {
        let name = format_ident!("{name}");
        let types = literals.iter().map(|literal| typed(literal).0);
        quote!(#(#private::#name<#types>)+*)
    };
    let (ty, value) = literals.first().map_or((quote!(()), quote!(())), |literal| typed(literal));
    let any = |name: &str, method: &str| {
        let (name, method) = (format_ident!("{name}"), format_ident!("{method}"));
        let tests = literals.iter().map(|literal| {
            let (ty, value) = typed(literal);
            quote!(#private::#name::<#ty>::#method(self, &#value))
        });
        quote!((#(#tests)||*))
    };
    let ordered = |orderings: &[&str]| {
        let orderings = orderings.iter().map(|ordering| format_ident!("{ordering}"));
        let test = quote! {
            ::core::matches!(
                #private::OrderedWith::<#ty>::ordered_with(self, &#value),
                #private::Option::Some(#(::core::cmp::Ordering::#orderings)|*)
            )
        };
        (quote!(#private::OrderedWith<#ty>), test)
    };
    let length = |comparison: TokenStream| {
        let limit = match literals.first() {
            Some(Literal::Integer(length)) => usize::try_from(*length).unwrap_or(usize::MAX),
            _ => 0,
        };
        let test = quote! {
            match #private::Measured::length(self) {
                #private::Option::Some(length) => length #comparison #limit,
                #private::Option::None => false,
            }
        };
        (quote!(#private::Measured), test)
    };
    let boolean = |value: bool| {
        let test = quote!(#private::EqualTo::equal_to(self, &#value));
        (quote!(#private::EqualTo<::core::primitive::bool>), test)
    };
    let equal = any("EqualTo", "equal_to");
    let containing = any("Containing", "containing");
    match operator {
        Operator::Equals | Operator::In => (each("EqualTo"), equal),
        Operator::NotEquals | Operator::NotIn => (each("EqualTo"), quote!(!#equal)),
        Operator::Contains => (each("Containing"), containing),
        Operator::NotContains => (each("Containing"), quote!(!#containing)),
        Operator::GreaterThan => ordered(&["Greater"]),
        Operator::GreaterThanOrEqual => ordered(&["Greater", "Equal"]),
        Operator::LessThan => ordered(&["Less"]),
        Operator::LessThanOrEqual => ordered(&["Less", "Equal"]),
        Operator::IsTrue => boolean(true),
        Operator::IsFalse => boolean(false),
        Operator::Exists => (quote!(#private::MayBeAbsent), quote!(#private::MayBeAbsent::is_there(self))),
        Operator::NotExists => {
            (quote!(#private::MayBeAbsent), quote!(!#private::MayBeAbsent::is_there(self)))
        }
        Operator::MinLength => length(quote!(>=)),
        Operator::MaxLength => length(quote!(<=)),
        Operator::Matches => {
            let anchored = match literals.first() {
                Some(Literal::Pattern(pattern)) => pattern.anchored(),
                _ => String::new(),
            };
            let test = quote! {{
                static PATTERN: #private::Pattern = #private::Pattern::new(#anchored);
                #private::Matching::begins_with(self, &PATTERN)
            }};
            (quote!(#private::Matching), test)
        }
    }
}

/// The type of a literal, and the literal.
fn typed(literal: &Literal) -> (TokenStream, TokenStream) {
    match literal {
        Literal::Boolean(value) => (quote!(::core::primitive::bool), quote!(#value)),
        Literal::Integer(value) => (quote!(::core::primitive::i64), quote!(#value)),
        Literal::Number(value) => (quote!(::core::primitive::f64), quote!(#value)),
        Literal::Text(value) => (quote!(&'static ::core::primitive::str), quote!(#value)),
        // A list is taken apart before, and a pattern is compared with by `matches` alone; there are no lists of lists.
        Literal::List(_) | Literal::Pattern(_) => (quote!(()), quote!(())),
    }
}

/// The comparison as a question, for people.
pub(super) fn question(operator: Operator, value: Option<&Literal>) -> String {
    let operator = operator.as_str().replace('_', " ");
    let words = match operator.split_once(' ') {
        Some(("greater" | "less", _)) => format!("is {operator}"),
        _ => operator,
    };
    match value {
        Some(value) => format!("{words} {}", shown(value)),
        None => words,
    }
}

fn shown(literal: &Literal) -> String {
    match literal {
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
        Literal::Text(value) => format!("\"{value}\""),
        Literal::Pattern(pattern) => format!("\"{}\"", pattern.as_str()),
        Literal::List(values) => format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", ")),
    }
}
