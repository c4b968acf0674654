#[doc(hidden)]
#[allow(dead_code, type_alias_bounds)]
pub type ModelOrderPlaced<T: Clone> = OrderPlaced<T>;
#[automatically_derived]
impl<T: Clone> ::onex::__private::Event for OrderPlaced<T> {
    const NAME: &'static str = "ModelOrderPlaced";
    const DEFINED: ::onex::__private::Option<::onex::__private::system::RustType> =
        ::onex::__private::Option::Some(::onex::__private::system::RustType {
            path: ::core::concat!(::core::module_path!(), "::OrderPlaced"),
            at: ::core::concat!(
                "onex-macros 0.1.0, ",
                ::core::file!(),
                ":",
                ::core::line!(),
                ":",
                ::core::column!()
            ),
        });
}
