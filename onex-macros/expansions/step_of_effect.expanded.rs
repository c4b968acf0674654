#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
async fn charge(price: &Price, reserve: Option<&u64>, bank: Dep<Bank>, ctx: Ctx) -> Result<Receipt, Refused> {
    bank.charge(price, ctx.attempt).await
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<shop::charge> = ::core::option::Option::None;
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
    type __In0 = Price;
    type __In1 = u64;
    type __Dep2 = Dep<Bank>;
    type __Output = Receipt;
    type __Error = Refused;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , charge price reserve }
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
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("charge" , :: onex :: __private :: Sort :: Step , & __NAMES) ; const _ : () = :: onex :: __private :: may_take_one :: < charge > () ; const _ : () = :: onex :: __private :: declared ("price" , :: onex :: __private :: Sort :: Output , & __NAMES) ; fn __depends_on_0 () { :: onex :: __private :: RequiredEdge :: < price , charge > (:: onex :: __private :: PhantomData) . check () } fn __check_0 () { :: onex :: __private :: Param :: < price , __In0 > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: declared ("reserve" , :: onex :: __private :: Sort :: Output , & __NAMES) ; fn __depends_on_1 () { :: onex :: __private :: OptionalEdge :: < reserve , charge > (:: onex :: __private :: PhantomData) . check () } fn __check_1 () { :: onex :: __private :: Param :: < reserve , __In1 > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: may_be_async :: < charge > () ; const _ : () = :: onex :: __private :: can_be_journalled :: < __Output > () ; const _ : () = :: onex :: __private :: can_be_journalled :: < __Error > () ; }
            };
            impl<__X> ::onex::__private::StepHandler<__X> for charge
            where
                charge: ::onex::__private::Executed<__X>,
            {
                type Output = __Output;
                type Gives = __Output;
                type Inputs =
                    (::onex::__private::Required<price, __In0>, ::onex::__private::Optional<reserve, __In1>);
                type Deps = (__Dep2,);
                const ASYNC: ::core::primitive::bool = true;
                fn run<'a>(
                    __onex_inputs: <Self::Inputs as ::onex::__private::Inputs>::Refs<'a>,
                    __onex_ctx: ::onex::__private::Ctx,
                    __onex_deps: Self::Deps,
                ) -> ::onex::__private::Attempt<
                    __Output,
                    impl ::core::future::Future<
                        Output = ::onex::__private::Result<__Output, ::onex::__private::Fault>,
                    > + ::core::marker::Send
                    + 'a,
                > {
                    let (__argument0, __argument1) = __onex_inputs;
                    let (__argument2,) = __onex_deps;
                    ::onex::__private::Attempt::Running(async move {
                        match charge(__argument0, __argument1, __argument2, __onex_ctx).await {
                            ::onex::__private::Result::Ok(value) => ::onex::__private::Result::Ok(value),
                            ::onex::__private::Result::Err(error) => {
                                ::onex::__private::Result::Err(::onex::__onex_fault!(error))
                            }
                        }
                    })
                }
            }
        }
    }
};
