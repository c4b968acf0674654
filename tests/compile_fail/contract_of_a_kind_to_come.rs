//! A kind of node that the language has and this version does not.

#[onex::effect(contract = "./contract_of_a_kind_to_come.yaml")]
pub struct Totals;

fn main() {}
