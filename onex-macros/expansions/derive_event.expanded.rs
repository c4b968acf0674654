#[doc(hidden)]
#[allow(dead_code, type_alias_bounds)]
pub type ModelOrderPlaced<T: Clone> = OrderPlaced<T>;
#[automatically_derived]
impl<T: Clone> ::onex::__private::Event for OrderPlaced<T> {
    const NAME: &'static str = "ModelOrderPlaced";
}
