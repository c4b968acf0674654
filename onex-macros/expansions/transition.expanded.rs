#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
fn door_pushed(door: &mut Door, pushed: &DoorPushed) {
    door.pushes += 1;
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<door::DoorPushed> = ::core::option::Option::None;
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
    use door as __onex_module;
    type __Data = Door;
    type __Message = DoorPushed;
    type __Answer = ();
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , DoorPushed }
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
                ::onex::__onex_proven! { const _ : () = :: onex :: __private :: declared ("DoorPushed" , :: onex :: __private :: Sort :: Transition , & __NAMES) ; fn __takes_the_state () { :: onex :: __private :: State :: < DoorPushed , 0 , __Data , () > (:: onex :: __private :: PhantomData) . taken () } fn __takes_what_the_route_brings () { :: onex :: __private :: Takes :: < DoorPushed , __Message > (:: onex :: __private :: PhantomData) . check () } const _ : () = :: onex :: __private :: check_handler_name :: < DoorPushed > ("door_pushed") ; }
            };
            impl<__X> ::onex::__private::TransitionHandler<__X> for DoorPushed {
                type Data = __Data;
                type Takes = __Message;
                fn fold(
                    __onex_data: __Data,
                    __onex_message: ::onex::__private::Message<__Message>,
                    __onex_ctx: ::onex::__private::Ctx,
                ) -> ::onex::__private::Result<__Data, ::onex::__private::Fault> {
                    let mut __onex_data = __onex_data;
                    {
                        let value = door_pushed(&mut __onex_data, &__onex_message);
                        {
                            let () = ::onex::__private::discard(value);
                            ::onex::__private::Result::Ok(__onex_data)
                        }
                    }
                }
            }
        }
    }
};
