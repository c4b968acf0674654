#[handler(event = pricing::OrderAccepted, crate = renamed)]
fn order_accepted(order: &OrderAccepted) -> OrderPriced {
    OrderPriced { cents: order.cents }
}
