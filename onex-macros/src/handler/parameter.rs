//! The parameters of a handler: what each asks for, read from its name and its type.

use proc_macro2::Span;
use syn::{Error, Ident, Pat, PatType, Type};

use super::function::{generic_arguments, name_span};

/// One parameter.
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    pub(crate) span: Span,
    pub(crate) asks: Asks,
}

/// What a parameter asks for.
pub(crate) enum Asks {
    /// `name: &T`.
    Borrowed(Type),
    /// `name: Option<&T>`.
    Optional(Type),
    /// `name: T`: only a message may be taken by value.
    Owned(Type),
    /// `Dep<T>`, whole.
    Dependency(Type),
    /// `Ctx`.
    Context,
}

impl Parameter {
    pub(crate) fn read(typed: &PatType) -> syn::Result<Self> {
        let Pat::Ident(pattern) = &*typed.pat else {
            return Err(Error::new_spanned(
                &typed.pat,
                "a handler's parameter has a plain name: the name says what it takes",
            ));
        };
        if pattern.by_ref.is_some() || pattern.subpat.is_some() {
            return Err(Error::new_spanned(
                pattern,
                "a handler's parameter has a plain name: the name says what it takes",
            ));
        }
        Ok(Parameter {
            name: pattern.ident.clone(),
            span: name_span(&typed.ty),
            asks: Asks::read(&typed.ty)?,
        })
    }

    /// The step that the parameter is named after. A leading underscore is Rust's sign for «not used», no part of
    /// the name.
    pub(crate) fn step(&self) -> Ident {
        let name = self.name.to_string();
        match name.strip_prefix('_') {
            Some(name) if !name.is_empty() => syn::parse_str(name).map_or_else(
                |_| self.name.clone(),
                |mut ident: Ident| {
                    ident.set_span(self.name.span());
                    ident
                },
            ),
            _ => self.name.clone(),
        }
    }
}

impl Asks {
    fn read(ty: &Type) -> syn::Result<Self> {
        if let Type::Reference(reference) = ty {
            if reference.mutability.is_some() {
                return Err(Error::new_spanned(
                    ty,
                    "a handler borrows what others have returned and cannot change it: take `&T`",
                ));
            }
            return Ok(Asks::Borrowed((*reference.elem).clone()));
        }
        if generic_arguments(ty, "Dep").is_some_and(|arguments| arguments.len() == 1) {
            return Ok(Asks::Dependency(ty.clone()));
        }
        if generic_arguments(ty, "Ctx").is_some_and(|arguments| arguments.is_empty()) {
            return Ok(Asks::Context);
        }
        if let Some([Type::Reference(reference)]) = generic_arguments(ty, "Option").as_deref()
            && reference.mutability.is_none()
        {
            return Ok(Asks::Optional((*reference.elem).clone()));
        }
        Ok(Asks::Owned(ty.clone()))
    }
}
