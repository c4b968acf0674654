use axum::{Router, routing::post};

async fn order_placed() {}
async fn order_placed_too() {}

fn main() {
    let _: Router =
        Router::new().route("/orders", post(order_placed)).route("/orders", post(order_placed_too));
}
