#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
async fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
    Emit::event(OrderAccepted { order_id: order.order_id })
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<shop::OrderPlaced> = ::core::option::Option::None;
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
    type __Message = OrderPlaced;
    type __Answer = Emit<shop::OrderPlaced>;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , OrderPlaced }
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
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("OrderPlaced" , :: onex :: __private :: Sort :: Event , & __NAMES) ; const _ : () = if :: onex :: __private :: Returned :: < __Answer > :: IS_RESULT { :: core :: panic ! ("{}" , "the return type is a `Result` behind another name, so its error would be taken for a value\nhelp: write it out: `Result<T, E>`") } ; fn __takes_what_the_route_brings () { :: onex :: __private :: Takes :: < OrderPlaced , __Message > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: may_await :: < OrderPlaced > () ; const _ : () = :: onex :: __private :: answers :: < OrderPlaced , { :: onex :: __private :: AnswerSort :: < __Answer > :: OF } , __Answer > () ; const _ : () = :: onex :: __private :: check_handler_name :: < OrderPlaced > ("order_placed") ; }
            };
            impl<__X> ::onex::__private::RouteHandler<__X> for OrderPlaced {
                type Takes = __Message;
                type Deps = ();
                type Gives = __Answer;
                fn call(
                    __onex_message: ::onex::__private::Message<__Message>,
                    __onex_ctx: ::onex::__private::Ctx,
                    __onex_deps: Self::Deps,
                ) -> impl ::core::future::Future<
                    Output = ::onex::__private::Result<__Answer, ::onex::__private::Fault>,
                > + ::core::marker::Send {
                    let () = __onex_deps;
                    async move {
                        {
                            let value = order_placed(&__onex_message).await;
                            ::onex::__private::Result::Ok(value)
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
