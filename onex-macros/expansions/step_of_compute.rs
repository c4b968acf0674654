#[handler(step = shop::price)]
fn price(accepted: &OrderAccepted) -> Price {
    Price { cents: accepted.cents }
}
