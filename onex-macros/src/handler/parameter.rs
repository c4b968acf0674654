//! The parameters of a handler: what each asks for, read from its name and its type.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Ident, Type};

use super::function::{generic_arguments, name_span, peeled};
use super::signature::Input;

/// One parameter.
pub(crate) struct Parameter {
    name: Option<Ident>,
    pattern: Span,
    /// Where its type is named.
    pub(crate) span: Span,
    pub(crate) asks: Asks,
}

/// What a parameter asks for.
pub(crate) enum Asks {
    /// `name: &T`.
    Borrowed(Type),
    /// `name: Option<&T>`.
    Optional(Type),
    /// `name: Outcome<&T>`.
    Told(Type),
    /// `name: T`: only a message, and the state of a reducer, may be taken by value.
    Owned(Type),
    /// `name: &mut T`: only the state of a reducer may be changed.
    Mutable(Type),
    /// `Dep<T>`, whole.
    Dependency(Type),
    /// `Ctx`.
    Context,
}

impl Parameter {
    pub(crate) fn read(input: &Input) -> syn::Result<Self> {
        let asks = Asks::read(peeled(&input.ty))?;
        Ok(Parameter { name: input.name.clone(), pattern: input.pattern, span: name_span(&input.ty), asks })
    }

    /// The step that the parameter is named after. A leading underscore is Rust's sign for «not used», no part of
    /// the name.
    ///
    /// # Errors
    /// It has no plain name.
    pub(crate) fn step(&self) -> syn::Result<Ident> {
        let Some(ident) = &self.name else {
            let message = "this parameter needs a plain name: the name says which step's output it takes";
            return Err(Error::new(self.pattern, message));
        };
        let name = ident.to_string();
        Ok(match name.strip_prefix('_') {
            Some(name) if !name.is_empty() && !name.starts_with('_') => match syn::parse_str::<Ident>(name) {
                Ok(mut step) => {
                    step.set_span(ident.span());
                    step
                }
                Err(_) => Ident::new_raw(name, ident.span()),
            },
            _ => ident.clone(),
        })
    }
}

/// The context as an argument: moved where one parameter takes it, cloned where several do.
pub(crate) fn context(parameters: &[Parameter]) -> TokenStream {
    let takers = parameters.iter().filter(|parameter| matches!(parameter.asks, Asks::Context)).count();
    if takers > 1 { quote!(__onex_ctx.clone()) } else { quote!(__onex_ctx) }
}

/// What is said of `&mut T` where nothing can be changed.
pub(crate) const UNCHANGEABLE: &str = "a handler borrows what others have made and cannot change it: take `&T`\nhelp: a reducer changes its state in the slot `transition = ..`";

impl Asks {
    fn read(ty: &Type) -> syn::Result<Self> {
        if let Type::Reference(reference) = ty {
            if reference.mutability.is_some() {
                return Ok(Asks::Mutable((*reference.elem).clone()));
            }
            if let Some(owned) = unsized_twin(&reference.elem) {
                let message = format!(
                    "a parameter has the type that its step returns, and no step returns a type without a size: take `&{owned}`"
                );
                return Err(Error::new_spanned(ty, message));
            }
            return Ok(Asks::Borrowed((*reference.elem).clone()));
        }
        if generic_arguments(ty, "Dep").is_some_and(|arguments| arguments.len() == 1) {
            return Ok(Asks::Dependency(ty.clone()));
        }
        if generic_arguments(ty, "Ctx").is_some_and(|arguments| arguments.is_empty()) {
            return Ok(Asks::Context);
        }
        if let Some(inner) = borrowed_by(ty, "Option") {
            return Ok(Asks::Optional(inner));
        }
        if let Some(inner) = borrowed_by(ty, "Outcome") {
            return Ok(Asks::Told(inner));
        }
        Ok(Asks::Owned(ty.clone()))
    }
}

/// `T` of `Option<&T>`.
fn borrowed_by(ty: &Type, name: &str) -> Option<Type> {
    match generic_arguments(ty, name)?.as_slice() {
        [Type::Reference(reference)] if reference.mutability.is_none() => Some((*reference.elem).clone()),
        _ => None,
    }
}

/// The type that is meant by one without a size, which nobody can return.
fn unsized_twin(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Path(path) if path.path.is_ident("str") => Some("String"),
        Type::Slice(_) => Some("Vec<..>"),
        Type::TraitObject(_) => Some("Box<dyn ..>"),
        _ => None,
    }
}
