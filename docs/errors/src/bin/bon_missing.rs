#[derive(bon::Builder)]
struct Order {
    order_id: String,
    cents: u64,
}

fn main() {
    let order = Order::builder().order_id("o-1".to_owned()).build();
    println!("{} {}", order.order_id, order.cents);
}
