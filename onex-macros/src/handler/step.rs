//! `#[handler(step = ..)]`: what a step of a workflow does.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::function::{Function, name_span};
use super::lookup::{declared, no_result, scope};
use super::parameter::{Asks, Parameter};
use super::slot::Slot;
use crate::error::Errors;
use crate::root::{impl_at, nested, respan};

const FORMS: &str = "a step takes `name: &T` or `name: Option<&T>`, named after a step in its `depends_on` (or `input`), and `Dep<T>` and `Ctx` (type aliases are not seen)";

/// The parameters of a step or a compensation, sorted by what they ask for.
pub(crate) struct Flow {
    /// Names of `name: &T` and `name: Option<&T>`, as steps.
    pub(crate) steps: Vec<Ident>,
    /// `type __In0 = T;` and `type __Dep1 = Dep<T>;`.
    pub(crate) aliases: TokenStream,
    /// `Required<name, __In0>` or `Optional<..>`.
    pub(crate) inputs: Vec<TokenStream>,
    /// The bound names of the inputs.
    pub(crate) input_names: Vec<TokenStream>,
    pub(crate) dep_types: Vec<TokenStream>,
    pub(crate) dep_names: Vec<TokenStream>,
    /// What is passed to the function, in order.
    pub(crate) arguments: Vec<TokenStream>,
    /// What rustc is asked to prove about each.
    pub(crate) checks: TokenStream,
    /// Where the first `Dep` stands.
    pub(crate) first_dep: Option<proc_macro2::Span>,
}

/// Reads the parameters of the function that handles `slot`.
pub(crate) fn flow(slot: &Slot, function: &Function, errors: &mut Errors) -> Flow {
    let mut flow = Flow {
        steps: Vec::new(),
        aliases: TokenStream::new(),
        inputs: Vec::new(),
        input_names: Vec::new(),
        dep_types: Vec::new(),
        dep_names: Vec::new(),
        arguments: Vec::new(),
        checks: TokenStream::new(),
        first_dep: None,
    };
    for (index, parameter) in function.parameters(errors).iter().enumerate() {
        let bound = format_ident!("__argument{index}");
        match &parameter.asks {
            Asks::Borrowed(ty) | Asks::Optional(ty) => {
                let Some(step) = errors.keep(parameter.step()) else { continue };
                let need = if matches!(parameter.asks, Asks::Borrowed(_)) { "Required" } else { "Optional" };
                input(&mut flow, slot, (parameter, step), index, ty, need);
            }
            Asks::Context => flow.arguments.push(quote!(__onex_ctx.clone())),
            Asks::Dependency(ty) => {
                let alias = format_ident!("__Dep{index}");
                flow.aliases.extend(quote!(type #alias = #ty;));
                flow.dep_types.push(quote!(#alias));
                flow.dep_names.push(quote!(#bound));
                flow.arguments.push(quote!(#bound));
                flow.first_dep.get_or_insert(parameter.span);
            }
            Asks::Owned(_) => errors.at(parameter.span, FORMS),
        }
    }
    flow
}

fn input(
    flow: &mut Flow,
    slot: &Slot,
    (parameter, step): (&Parameter, Ident),
    index: usize,
    ty: &syn::Type,
    need: &str,
) {
    let (private, marker) = (slot.root.private(), &slot.marker);
    let (alias, bound) = (format_ident!("__In{index}"), format_ident!("__argument{index}"));
    let (need, edge) = (format_ident!("{need}"), format_ident!("{need}Edge"));
    flow.aliases.extend(quote!(type #alias = #ty;));
    flow.inputs.push(quote!(#private::#need<#step, #alias>));
    flow.arguments.push(quote!(#bound));
    flow.input_names.push(quote!(#bound));
    flow.checks.extend(declared(slot, &step, "Output"));
    let depends_on = format_ident!("__depends_on_{index}");
    let depends =
        quote!(fn #depends_on() { #private::#edge::<#step, #marker>(#private::PhantomData).check() });
    flow.checks.extend(respan(depends, step.span()));
    let check = format_ident!("__check_{index}");
    let fits = quote!(fn #check() { #private::Param::<#step, #alias>(#private::PhantomData).check() });
    flow.checks.extend(respan(fits, parameter.span));
    flow.steps.push(step);
}

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let (private, root, marker) = (slot.root.private(), &slot.root, &slot.marker);
    let name = &function.signature.ident;
    let Flow {
        steps,
        mut aliases,
        inputs,
        input_names,
        dep_types,
        dep_names,
        arguments,
        checks: flow_checks,
        first_dep,
    } = flow(slot, function, errors);
    let (inputs, input_names) = (nested(&inputs), nested(&input_names));
    let (dep_types, dep_names) = (nested(&dep_types), nested(&dep_names));

    let returns = function.returns();
    let value = &returns.value;
    aliases.extend(quote!(type __Output = #value;));
    let mut checks = declared(slot, marker, "Step");
    if returns.error.is_none() {
        checks.extend(no_result(slot, &format_ident!("__Output"), returns.span));
    }
    checks.extend(flow_checks);
    if let Some(asyncness) = &function.signature.asyncness {
        checks.extend(respan(quote!(const _: () = #private::may_be_async::<#marker>();), asyncness.span));
    } else if let Some(span) = first_dep {
        checks.extend(respan(quote!(const _: () = #private::may_use_dependencies::<#marker>();), span));
    }
    checks.extend(respan(
        quote!(const _: () = #private::can_be_journalled::<__Output>();),
        name_span(&returns.value),
    ));
    let returned = match &returns.error {
        None => quote!(#private::Result::Ok(returned)),
        Some(error) => {
            aliases.extend(quote!(type __Error = #error;));
            checks.extend(respan(
                quote!(const _: () = #private::can_be_journalled::<__Error>();),
                name_span(error),
            ));
            quote! {
                match returned {
                    #private::Result::Ok(value) => #private::Result::Ok(value),
                    #private::Result::Err(error) => #private::Result::Err(#root::__onex_fault!(error)),
                }
            }
        }
    };
    let is_async = function.is_async();
    let call = if is_async {
        quote! {
            #private::Attempt::Running(async move {
                let returned = #name(#(#arguments),*).await;
                #returned
            })
        }
    } else {
        quote! {
            let returned = #name(#(#arguments),*);
            let done: #private::Attempt<
                __Output,
                ::core::future::Ready<#private::Result<__Output, #private::Fault>>,
            > = #private::Attempt::Done(#returned);
            done
        }
    };
    let header = quote!(impl<__X> #private::StepHandler<__X> for #marker);
    let body = quote! {
        type Output = __Output;
        type Inputs = #inputs;
        type Deps = #dep_types;
        const ASYNC: ::core::primitive::bool = #is_async;
        fn run<'a>(
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'a>,
            __onex_ctx: #private::Ctx,
            __onex_deps: Self::Deps,
        ) -> #private::Attempt<
            __Output,
            impl ::core::future::Future<Output = #private::Result<__Output, #private::Fault>>
                + ::core::marker::Send
                + 'a,
        > {
            let #input_names = __onex_inputs;
            let #dep_names = __onex_deps;
            #call
        }
    };
    let handler = impl_at(marker.span(), header, body);
    let inner = quote!(#checks #handler);
    let mut names = vec![marker.clone()];
    names.extend(steps);
    Some(scope(slot, &names, &aliases, &inner))
}
