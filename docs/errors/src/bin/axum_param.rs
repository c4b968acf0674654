use axum::{Router, routing::post};

#[derive(Clone)]
struct OrderPlaced {
    order_id: String,
}

async fn order_placed(event: OrderPlaced) -> String {
    event.order_id
}

fn main() {
    let _: Router = Router::new().route("/orders", post(order_placed));
}
