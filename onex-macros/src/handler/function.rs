//! The function of a handler: its signature. The body stays raw tokens, so that a half-typed one still completes.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use super::parameter::Parameter;
pub(crate) use super::signature::Signature;
use crate::error::Errors;

/// A function, as far as its handler needs to know it.
pub(crate) struct Function {
    pub(crate) signature: Signature,
}

/// What a function returns, as far as it can be read from the signature.
pub(crate) struct Returns {
    /// `T` of `T` or of a literal `Result<T, E>`.
    pub(crate) value: Type,
    /// `E` of a literal `Result<T, E>`.
    pub(crate) error: Option<Type>,
    /// Where the return type stands.
    pub(crate) span: Span,
}

impl Function {
    /// What no handler may be.
    pub(crate) fn check(&self, errors: &mut Errors) {
        let signature = &self.signature;
        if !signature.generics.params.is_empty() {
            let message = "a handler has no type or lifetime parameters: a contract names one function";
            errors.on(&signature.generics, message);
        }
        if let Some(unsafety) = signature.unsafety {
            let message = "a handler is called by the engine, which can make it no promises: remove `unsafe`";
            errors.at(unsafety, message);
        }
        if let ReturnType::Type(_, returned) = &signature.output
            && let Type::ImplTrait(_) = peeled(returned)
        {
            errors.on(returned, "a handler says what it returns: write `async fn` and the type itself");
        }
        if let Some(receiver) = signature.receiver {
            let message =
                "a handler is a free function: it keeps no state, and takes what it needs as a `Dep`";
            errors.at(receiver, message);
        }
    }

    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// The parameters, or every reason why they are not those of a handler.
    pub(crate) fn parameters(&self, errors: &mut Errors) -> Vec<Parameter> {
        self.signature.inputs.iter().filter_map(|input| errors.keep(Parameter::read(input))).collect()
    }

    /// The return type.
    pub(crate) fn returns(&self) -> Returns {
        let ReturnType::Type(_, returned) = &self.signature.output else {
            return Returns { value: syn::parse_quote!(()), error: None, span: self.signature.ident.span() };
        };
        let span = name_span(returned);
        match result_of(returned) {
            Some((value, error)) => Returns { value, error: Some(error), span },
            None => Returns { value: (**returned).clone(), error: None, span },
        }
    }
}

/// `T` and `E` of a literal `Result<T, E>`.
fn result_of(returned: &Type) -> Option<(Type, Type)> {
    match generic_arguments(returned, "Result")?.as_slice() {
        [value, error] => Some(((*value).clone(), (*error).clone())),
        _ => None,
    }
}

/// The type arguments of a path whose last segment is `name`.
pub(crate) fn generic_arguments<'t>(of: &'t Type, name: &str) -> Option<Vec<&'t Type>> {
    let Type::Path(path) = peeled(of) else { return None };
    let last = path.path.segments.last()?;
    if last.ident != name {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return Some(Vec::new()) };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    });
    Some(types.collect())
}

/// A type without the invisible or visible parentheses around it, which a `macro_rules!` leaves there.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        _ => ty,
    }
}

/// Where a type is named: `Receipt` of `&orders::Receipt`. A span of several tokens cannot be had on stable, and the
/// first one is a `&` or a module.
pub(crate) fn name_span(ty: &Type) -> Span {
    let ty = peeled(ty);
    match ty {
        Type::Reference(reference) => name_span(&reference.elem),
        Type::Path(path) => path.path.segments.last().map_or_else(|| ty.span(), |last| last.ident.span()),
        _ => ty.span(),
    }
}
