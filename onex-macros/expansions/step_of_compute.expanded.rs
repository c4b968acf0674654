#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
fn price(accepted: &OrderAccepted) -> Price {
    Price { cents: accepted.cents }
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<shop::price> = ::core::option::Option::None;
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
    type __In0 = OrderAccepted;
    type __Output = Price;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , price accepted }
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
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("price" , :: onex :: __private :: Sort :: Step , & __NAMES) ; const _ : () = :: onex :: __private :: may_take_one :: < price > () ; const _ : () = if :: onex :: __private :: Returned :: < __Output > :: IS_RESULT { :: core :: panic ! ("{}" , "the return type is a `Result` behind another name, so its error would be taken for a value\nhelp: write it out: `Result<T, E>`") } ; const _ : () = :: onex :: __private :: declared ("accepted" , :: onex :: __private :: Sort :: Output , & __NAMES) ; fn __depends_on_0 () { :: onex :: __private :: RequiredEdge :: < accepted , price > (:: onex :: __private :: PhantomData) . check () } fn __check_0 () { :: onex :: __private :: Param :: < accepted , __In0 > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: can_be_journalled :: < __Output > () ; }
            };
            impl<__X> ::onex::__private::StepHandler<__X> for price
            where
                price: ::onex::__private::Executed<__X>,
            {
                type Output = __Output;
                type Gives = __Output;
                type Inputs = (::onex::__private::Required<accepted, __In0>,);
                type Deps = ();
                const ASYNC: ::core::primitive::bool = false;
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
                    let (__argument0,) = __onex_inputs;
                    let () = __onex_deps;
                    let done: ::onex::__private::Attempt<
                        __Output,
                        ::core::future::Ready<::onex::__private::Result<__Output, ::onex::__private::Fault>>,
                    > = ::onex::__private::Attempt::Done({
                        let value = price(__argument0);
                        ::onex::__private::Result::Ok(value)
                    });
                    done
                }
            }
        }
    }
};
