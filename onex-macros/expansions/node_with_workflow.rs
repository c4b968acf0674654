#[orchestrator(contract = "expansions/shop.yaml")]
/// Sells.
pub struct Shop;
