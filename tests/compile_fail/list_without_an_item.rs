use onex::{Event, handler, orchestrator};

#[derive(Clone, Event, serde::Serialize, serde::Deserialize)]
struct BasketSent {
    basket_id: String,
    lines: Vec<u64>,
}

#[orchestrator(contract = "./list_without_an_item.yaml")]
struct Baskets;

#[handler(step = baskets::priced)]
fn priced(sent: &BasketSent) -> u64 {
    sent.lines.iter().sum()
}

#[handler(step = baskets::total)]
fn total() -> u64 {
    1
}

#[derive(onex::Container)]
struct House {}

fn main() {
    let _ = onex::Runtime::builder(House {}).mount::<Baskets>();
}
