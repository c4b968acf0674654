//! Where expanded code finds onex: `::onex`, or what `crate = path` says where it is renamed or re-exported.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The path of the `onex` crate.
#[derive(Clone)]
pub(crate) struct Root(Option<Path>);

impl Root {
    pub(crate) fn new(path: Option<Path>) -> Self {
        Root(path)
    }

    /// The path of what expanded code may name.
    pub(crate) fn private(&self) -> TokenStream {
        quote!(#self::__private)
    }
}

impl ToTokens for Root {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => tokens.extend(quote!(::onex)),
        }
    }
}

/// Gives every token one span: an error in any of them points there, and at nothing wider. No error points at the keyword of an
/// item, and an editor would explain it there.
pub(crate) fn respan(tokens: TokenStream, span: proc_macro2::Span) -> TokenStream {
    let respanned = tokens.into_iter().map(|mut token| {
        if let proc_macro2::TokenTree::Group(group) = &token {
            let mut inner = proc_macro2::Group::new(group.delimiter(), respan(group.stream(), span));
            inner.set_span(span);
            return inner.into();
        }
        let is_keyword =
            matches!(&token, proc_macro2::TokenTree::Ident(ident) if ident == "const" || ident == "fn");
        if !is_keyword {
            token.set_span(span);
        }
        token
    });
    respanned.collect()
}

/// An impl that starts at one place and goes on at another, so that rustc's words about the impl point from the one to the
/// other. Names keep their own spans: an editor takes a name at a place for what that place means.
pub(crate) fn impl_at(
    (start, end): (proc_macro2::Span, proc_macro2::Span),
    header: TokenStream,
    body: TokenStream,
) -> TokenStream {
    let mut braces = proc_macro2::Group::new(proc_macro2::Delimiter::Brace, body);
    braces.set_span(end);
    let header = header.into_iter().enumerate().map(|(index, token)| match token {
        _ if index == 0 => respan(token.into(), start),
        proc_macro2::TokenTree::Ident(_) => token.into(),
        _ => respan(token.into(), end),
    });
    let mut tokens: TokenStream = header.collect();
    tokens.extend([proc_macro2::TokenTree::Group(braces)]);
    tokens
}

/// A tuple, of tuples where there are many: what the library can take apart has at most eight members a level.
pub(crate) fn nested(members: &[TokenStream]) -> TokenStream {
    const LEVEL: usize = 8;
    if members.len() <= LEVEL {
        return quote!((#(#members,)*));
    }
    let size = members.len().div_ceil(LEVEL).max(LEVEL);
    let groups: Vec<TokenStream> = members.chunks(size).map(nested).collect();
    nested(&groups)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::nested;

    #[test]
    fn a_long_tuple_is_a_tuple_of_tuples() {
        let member = quote!(a);
        assert_eq!(nested(&[]).to_string(), "()");
        assert_eq!(nested(&vec![member.clone(); 2]).to_string(), "(a , a ,)");
        let nine = nested(&vec![member.clone(); 9]).to_string();
        assert_eq!(nine, "((a , a , a , a , a , a , a , a ,) , (a ,) ,)");
        let many = nested(&vec![member; 600]).to_string();
        assert_eq!(many.matches('a').count(), 600);
    }
}
