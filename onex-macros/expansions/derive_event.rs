#[derive(Event)]
#[event(name = "ModelOrderPlaced")]
pub struct OrderPlaced<T: Clone> {
    thing: T,
}
