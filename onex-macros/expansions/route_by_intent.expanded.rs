#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
async fn ring_bell(ring: RingBell, bells: Dep<Bells>, ctx: Ctx) -> Result<(), Broken> {
    bells.ring(ring).await
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<bell::RingBell> = ::core::option::Option::None;
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
    use bell as __onex_module;
    type __Message = RingBell;
    type __Answer = ();
    type __Dep1 = Dep<Bells>;
    type __Error = Broken;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , RingBell }
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
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("RingBell" , :: onex :: __private :: Sort :: Intent , & __NAMES) ; fn __takes_what_the_route_brings () { :: onex :: __private :: Takes :: < RingBell , __Message > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: may_take_dependencies :: < RingBell > () ; const _ : () = :: onex :: __private :: answers :: < RingBell , { :: onex :: __private :: AnswerSort :: < __Answer > :: OF } , __Answer > () ; const _ : () = :: onex :: __private :: can_be_journalled :: < __Error > () ; const _ : () = :: onex :: __private :: check_handler_name :: < RingBell > ("ring_bell") ; }
            };
            impl<__X> ::onex::__private::RouteHandler<__X> for RingBell {
                type Takes = __Message;
                type Deps = (__Dep1,);
                type Gives = __Answer;
                fn call(
                    __onex_message: ::onex::__private::Message<__Message>,
                    __onex_ctx: ::onex::__private::Ctx,
                    __onex_deps: Self::Deps,
                ) -> impl ::core::future::Future<
                    Output = ::onex::__private::Result<__Answer, ::onex::__private::Fault>,
                > + ::core::marker::Send {
                    let (__dep1,) = __onex_deps;
                    async move {
                        match ring_bell(__onex_message.into_owned(), __dep1, __onex_ctx).await {
                            ::onex::__private::Result::Ok(value) => ::onex::__private::Result::Ok(value),
                            ::onex::__private::Result::Err(error) => {
                                ::onex::__private::Result::Err(::onex::__onex_fault!(error))
                            }
                        }
                    }
                }
                fn emitted(
                    __onex_gives: __Answer,
                ) -> ::onex::__private::Result<::onex::__private::Emitted, ::onex::__private::Fault>
                {
                    ::onex::__private::Answer::<Self, __Answer>::new(__onex_gives).settle()
                }
            }
        }
    }
};
