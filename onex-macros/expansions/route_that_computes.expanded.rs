#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
fn order_accepted(order: &OrderAccepted) -> OrderPriced {
    OrderPriced { cents: order.cents }
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<pricing::OrderAccepted> = ::core::option::Option::None;
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
    use pricing as __onex_module;
    type __Message = OrderAccepted;
    type __Answer = OrderPriced;
    {
        mod __onex_missing {
            renamed::__onex_placeholders! { pub (super) , OrderAccepted }
            pub(super) const __NAMES: renamed::__private::Names = renamed::__private::Names::BROKEN;
        }
        use __onex_missing::*;
        {
            use __onex_module::*;
            use renamed::__private::{
                AnyValue as _, NoAnswer as _, NoHandlerYet as _, NoResult as _, NoState as _,
                NoStateType as _, NothingBrought as _, Valued as _,
            };
            #[cfg(not(rust_analyzer))]
            const _: () = {
                renamed::__onex_proven! { const _ : () = renamed :: __private :: declared ("OrderAccepted" , renamed :: __private :: Sort :: Event , & __NAMES) ; const _ : () = if renamed :: __private :: Returned :: < __Answer > :: IS_RESULT { :: core :: panic ! ("{}" , "the return type is a `Result` behind another name, so its error would be taken for a value\nhelp: write it out: `Result<T, E>`") } ; fn __takes_what_the_route_brings () { renamed :: __private :: Takes :: < OrderAccepted , __Message > (renamed :: __private :: PhantomData) . check () } const _ : () = renamed :: __private :: answers :: < OrderAccepted , { renamed :: __private :: AnswerSort :: < __Answer > :: OF } , __Answer > () ; const _ : () = renamed :: __private :: check_handler_name :: < OrderAccepted > ("order_accepted") ; }
            };
            impl<__X> renamed::__private::RouteHandler<__X> for OrderAccepted {
                type Takes = __Message;
                type Deps = ();
                type Gives = __Answer;
                fn call(
                    __onex_message: renamed::__private::Message<__Message>,
                    __onex_ctx: renamed::__private::Ctx,
                    __onex_deps: Self::Deps,
                ) -> impl ::core::future::Future<
                    Output = renamed::__private::Result<__Answer, renamed::__private::Fault>,
                > + ::core::marker::Send {
                    let () = __onex_deps;
                    async move {
                        {
                            let value = order_accepted(&__onex_message);
                            renamed::__private::Result::Ok(value)
                        }
                    }
                }
                fn emitted(
                    __onex_gives: __Answer,
                ) -> renamed::__private::Result<renamed::__private::Emitted, renamed::__private::Fault>
                {
                    renamed::__private::Answer::<Self, __Answer>::new(__onex_gives).settle()
                }
            }
        }
    }
};
