#[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
fn price((a, b): &(u64, u64)) -> u64 {
    a + b
}
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    const _: ::core::option::Option<shop::price> = ::core::option::Option::None;
};
::core::compile_error! { "this parameter needs a plain name: the name says which step's output it takes" }
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
    type __Output = u64;
    {
        mod __onex_missing {
            ::onex::__onex_placeholders! { pub (super) , price }
            pub(super) const __NAMES: ::onex::__private::Names = ::onex::__private::Names::BROKEN;
        }
        use __onex_missing::*;
        {
            use __onex_module::*;
            use ::onex::__private::{
                AnyValue as _, NoAnswer as _, NoHandlerYet as _, NoResult as _, NoState as _,
                NoStateType as _, NothingBrought as _, Valued as _,
            };
            impl<__X> ::onex::__private::StepHandler<__X> for price
            where
                price: ::onex::__private::Executed<__X>,
            {
                type Output = __Output;
                type Gives = __Output;
                type Inputs = ();
                type Deps = ();
                const ASYNC: ::core::primitive::bool = true;
                fn run<'a>(
                    _: (),
                    _: ::onex::__private::Ctx,
                    _: (),
                ) -> ::onex::__private::Attempt<
                    __Output,
                    impl ::core::future::Future<
                        Output = ::onex::__private::Result<__Output, ::onex::__private::Fault>,
                    > + ::core::marker::Send
                    + 'a,
                > {
                    ::onex::__private::Attempt::Running(async {
                        ::core::panic!("this handler did not compile")
                    })
                }
            }
        }
    }
};
