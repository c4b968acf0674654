#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
async fn release(reserve: Option<&u64>) {}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<shop::release> = ::core::option::Option::None;
};
#[allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    unused_imports,
    unused_variables,
    unused_qualifications,
    unreachable_code,
    deprecated,
    unexpected_cfgs,
    clippy::all,
    clippy::pedantic,
    clippy::restriction
)]
const _: () = {
    use shop as __onex_module;
    type __In0 = u64;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , release reserve }
            pub(super) const __NAMES: ::onex::__private::Names = ::onex::__private::Names::BROKEN;
        }
        use __onex_missing::*;
        {
            use __onex_module::*;
            use ::onex::__private::{
                AnyValue as _, NoAnswer as _, NoHandlerYet as _, NoResult as _, NoState as _,
                NoStateType as _, NothingBrought as _, Valued as _,
            };
            #[cfg(not(rust_analyzer))]
            const _: () = {
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("release" , :: onex :: __private :: Sort :: Compensation , & __NAMES) ; const _ : () = :: onex :: __private :: declared ("reserve" , :: onex :: __private :: Sort :: Output , & __NAMES) ; fn __depends_on_0 () { :: onex :: __private :: OptionalEdge :: < reserve , release > (:: onex :: __private :: PhantomData) . check () } fn __check_0 () { :: onex :: __private :: Param :: < reserve , __In0 > (:: onex :: __private :: PhantomData) . check () } }
            };
            impl<__X> ::onex::__private::CompensationHandler<__X> for release {
                type Inputs = (::onex::__private::Optional<reserve, __In0>,);
                type Deps = ();
                fn run<'a>(
                    __onex_inputs: <Self::Inputs as ::onex::__private::Inputs>::Refs<'a>,
                    __onex_ctx: ::onex::__private::Ctx,
                    __onex_deps: Self::Deps,
                ) -> impl ::core::future::Future<
                    Output = ::onex::__private::Result<(), ::onex::__private::Fault>,
                > + ::core::marker::Send
                + 'a {
                    let (__argument0,) = __onex_inputs;
                    let () = __onex_deps;
                    async move {
                        {
                            let value = release(__argument0).await;
                            ::onex::__private::Result::Ok(value)
                        }
                    }
                }
            }
        }
    }
};
