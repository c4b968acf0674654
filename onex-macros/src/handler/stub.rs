//! What stands in for a handler whose signature is wrong, or that is no function: the name is handled, so that its contract does not miss it
//! too. It never runs, since its error stops the build.

use proc_macro2::TokenStream;
use quote::quote;

use super::function::Function;
use super::lookup::scope;
use super::slot::{Slot, SlotKind};

pub(crate) fn expand(slot: &Slot, function: Option<&Function>) -> TokenStream {
    let (private, marker) = (slot.root.private(), &slot.marker);
    let output = function.map_or_else(
        || syn::parse_quote!(()),
        |function| match slot.kind {
            SlotKind::Batch => super::batch::item(&function.returns().value).0,
            SlotKind::Call => {
                let value = function.returns().value;
                match super::call::called(&value) {
                    Some(_) => syn::parse_quote!(<#value as #private::Calls>::Output),
                    // No output, so that whoever takes it stays quiet.
                    None => syn::parse_quote!(#private::Nowhere),
                }
            }
            SlotKind::Fold => super::fold::state(function).unwrap_or_else(|| syn::parse_quote!(())),
            _ => function.returns().value,
        },
    );
    let never = quote!(::core::panic!("this handler did not compile"));
    let result = |ok: TokenStream| quote!(#private::Result<#ok, #private::Fault>);
    let nothing = result(quote!(()));
    let transition = quote! {
        impl<__X> #private::TransitionHandler<__X> for #marker {
            type Data = ();
            type Takes = ();
            fn fold(_: (), _: #private::Message<()>, _: #private::Ctx) -> #nothing {
                #never
            }
        }
    };
    // What takes a state stands for a transition too: perhaps only its slot is wrong.
    let also = (slot.kind == SlotKind::Event).then(|| transition.clone());
    let inner = match slot.kind {
        SlotKind::Event
        | SlotKind::Intent
        | SlotKind::Operation
        | SlotKind::Payload
        | SlotKind::Topic
        | SlotKind::Default => {
            let result = result(quote!(()));
            quote! {
                impl<__X> #private::RouteHandler<__X> for #marker {
                    type Takes = ();
                    type Deps = ();
                    type Gives = ();
                    fn call(
                        _: #private::Message<()>, _: #private::Ctx, _: (),
                    ) -> impl ::core::future::Future<Output = #result> + ::core::marker::Send {
                        async { #never }
                    }
                    fn emitted((): ()) -> #private::Result<#private::Emitted, #private::Fault> {
                        #never
                    }
                }
            }
        }
        SlotKind::Transition => transition.clone(),
        SlotKind::Step | SlotKind::Batch | SlotKind::Fold | SlotKind::Call => {
            let result = result(quote!(__Output));
            quote! {
                impl<__X> #private::StepHandler<__X> for #marker where #marker: #private::Executed<__X> {
                    type Output = __Output;
                    type Gives = __Output;
                    type Inputs = ();
                    type Deps = ();
                    const ASYNC: ::core::primitive::bool = true;
                    fn run<'a>(
                        _: (), _: #private::Ctx, _: (),
                    ) -> #private::Attempt<__Output, impl ::core::future::Future<Output = #result> + ::core::marker::Send + 'a> {
                        #private::Attempt::Running(async { #never })
                    }
                }
            }
        }
        SlotKind::Condition => quote! {
            impl<__X> #private::ConditionHandler<__X> for #marker {
                type Inputs = ();
                fn holds(_: ()) -> ::core::primitive::bool {
                    #never
                }
            }
        },
        SlotKind::Compensation => {
            let result = result(quote!(()));
            quote! {
                impl<__X> #private::CompensationHandler<__X> for #marker {
                    type Inputs = ();
                    type Deps = ();
                    fn run<'a>(
                        _: (), _: #private::Ctx, _: (),
                    ) -> impl ::core::future::Future<Output = #result> + ::core::marker::Send + 'a {
                        async { #never }
                    }
                }
            }
        }
    };
    scope(slot, std::slice::from_ref(marker), &quote!(type __Output = #output;), &quote!(#inner #also))
}
