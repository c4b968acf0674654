use onex::{Event, handler, orchestrator};

#[derive(Clone, Event, serde::Serialize, serde::Deserialize)]
struct BasketSent {
    basket_id: String,
    lines: Vec<u64>,
}

#[orchestrator(contract = "./item_of_another_type.yaml")]
struct Baskets;

#[handler(step = baskets::priced)]
fn priced(item: &String) -> u64 {
    item.len() as u64
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
