//! `#[handler(batch = ..)]`: what a step of a batch does for many items at once.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Type};

use super::body::{Body, Run, may_be_an_effect, step_handler};
use super::flow::flow_of;
use super::function::{Function, generic_arguments, name_span, peeled};
use super::lookup::{declared, no_result, proven, scope};
use super::parameter::{Asks, Parameter};
use super::signature::Input;
use super::slot::Slot;
use crate::error::Errors;
use crate::root::respan;

const ONE_EACH: &str = "a step that takes many items gives back one result for each of them, in their order: `Vec<T>` or `Vec<Result<T, E>>`";
const FORMS: &str = "a step that takes many items takes `name: &[&T]` or `name: &[Option<&T>]`, named after a step in its `depends_on` (or `input`), `ctx: &[Ctx]`, and `Dep<T>`, which is one for all";

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> TokenStream {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let parameters: Vec<Parameter> =
        function.signature.inputs.iter().filter_map(|input| errors.keep(read(input))).collect();
    let flow = flow_of(slot, &parameters, errors);
    let returns = function.returns();
    let (value, error) = item(&returns.value);
    if returns.error.is_some() || generic_arguments(&returns.value, "Vec").is_none_or(|of| of.len() != 1) {
        errors.at(returns.span, ONE_EACH);
    }

    let mut aliases = flow.aliases.clone();
    aliases.extend(quote!(type __Output = #value;));
    let mut checks = declared(slot, marker, "Step");
    checks.extend(respan(quote!(const _: () = #private::may_take_groups::<#marker>();), marker.span()));
    checks.extend(flow.checks.clone());
    let is_async = function.is_async();
    checks.extend(may_be_an_effect(slot, function, &flow));
    let journalled = quote!(const _: () = #private::can_be_journalled::<__Output>(););
    checks.extend(respan(journalled, name_span(&value)));
    let each = match &error {
        Some(error) => {
            aliases.extend(quote!(type __Error = #error;));
            let check = quote!(const _: () = #private::can_be_journalled::<__Error>(););
            checks.extend(respan(check, name_span(error)));
            let root = &slot.root;
            quote!(|result| match result {
                #private::Result::Ok(value) => #private::Result::Ok(value),
                #private::Result::Err(error) => #private::Result::Err(#root::__onex_fault!(error)),
            })
        }
        None => {
            checks.extend(no_result(slot, &format_ident!("__Output"), returns.span));
            quote!(#private::Result::Ok)
        }
    };

    let (arguments, await_it) = (&flow.arguments, is_async.then(|| quote!(.await)));
    let bindings = flow.group_bindings();
    let group = quote!(#private::Result<#private::GroupOf<__Output>, #private::Fault>);
    let results = quote! { {
        #bindings
        #private::Result::Ok(::core::iter::Iterator::collect(::core::iter::Iterator::map(
            ::core::iter::IntoIterator::into_iter(#name(#(#arguments),*)#await_it),
            #each,
        )))
    } };
    let attempt = if is_async {
        quote!(#private::Attempt::Running(async move #results))
    } else {
        quote! {
            let done: #private::Attempt<_, ::core::future::Ready<#group>> = #private::Attempt::Done(#results);
            done
        }
    };
    let beside = quote! {
        const GROUPS: ::core::primitive::bool = true;
        fn run_group<'a>(
            __onex_inputs: ::std::vec::Vec<<Self::Inputs as #private::Inputs>::Refs<'a>>,
            __onex_ctx: ::std::vec::Vec<#private::Ctx>,
            __onex_deps: Self::Deps,
        ) -> #private::Attempt<
            #private::GroupOf<__Output>,
            impl ::core::future::Future<Output = #group> + ::core::marker::Send + 'a,
        > {
            #attempt
        }
    };
    let (gives, run) = (quote!(__Output), Run::Never("it takes groups"));
    let handler = step_handler(slot, &Body { flow: &flow, gives, is_async, run, beside });
    let checks = proven(slot, &checks);
    scope(slot, &flow.names(marker), &aliases, &quote!(#checks #handler))
}

/// `T` and `E` of `Vec<Result<T, E>>`, or `T` of `Vec<T>`; what is something else stands for itself.
pub(crate) fn item(returned: &Type) -> (Type, Option<Type>) {
    let of = generic_arguments(returned, "Vec").unwrap_or_default();
    let [of] = of[..] else { return (returned.clone(), None) };
    match generic_arguments(of, "Result").as_deref() {
        Some([value, error]) => ((*value).clone(), Some((*error).clone())),
        _ => (of.clone(), None),
    }
}

/// A parameter of a step that takes many items: what each of them has, in a slice.
fn read(input: &Input) -> syn::Result<Parameter> {
    let ty = peeled(&input.ty);
    if generic_arguments(ty, "Dep").is_some() {
        return Parameter::read(input);
    }
    let of_each = match ty {
        Type::Reference(reference) if reference.mutability.is_none() => match peeled(&reference.elem) {
            Type::Slice(slice) => &*slice.elem,
            _ => return Err(Error::new(name_span(ty), FORMS)),
        },
        _ => return Err(Error::new(name_span(ty), FORMS)),
    };
    let of_each = Input { name: input.name.clone(), pattern: input.pattern, ty: of_each.clone() };
    let parameter = Parameter::read(&of_each)?;
    match parameter.asks {
        Asks::Borrowed(_) | Asks::Optional(_) | Asks::Told(_) | Asks::Context => Ok(parameter),
        _ => Err(Error::new(parameter.span, FORMS)),
    }
}
