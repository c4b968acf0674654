use onex::{Event, handler, orchestrator};

#[derive(Clone, Event, serde::Serialize, serde::Deserialize)]
struct BasketSent {
    basket_id: String,
    lines: Vec<u64>,
}

#[orchestrator(contract = "./list_of_no_field.yaml")]
struct Baskets;

#[handler(step = baskets::priced)]
fn priced(item: &u64) -> u64 {
    *item
}

#[handler(step = baskets::total)]
fn total(priced: &Vec<u64>) -> u64 {
    priced.iter().sum()
}

#[derive(onex::Container)]
struct House {}

fn main() {
    let _ = onex::Runtime::builder(House {}).mount::<Baskets>();
}
