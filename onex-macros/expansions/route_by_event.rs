#[handler(event = shop::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
    Emit::event(OrderAccepted { order_id: order.order_id })
}
