//! The contract names a type by a module that the crate does not have. rustc says so of the import, at the place where
//! the contract is named, and our words say where the contract names it. One of the two would be enough: an import that
//! fails is an error of its own, and stable Rust has none that may fail. A fallback of the same name in an outer block is
//! ambiguous to imports (E0659), and `#[cfg_accessible]` is unstable.

#[derive(onex::Event, serde::Serialize, serde::Deserialize)]
pub struct Switched {
    pub on: bool,
}

#[onex::effect(contract = "./module_of_the_contract_is_missing.yaml")]
pub struct Lamp;

#[onex::handler(event = lamp::Switched)]
async fn switched(switched: &Switched) -> onex::Emit<lamp::Switched> {
    let _ = switched.on;
    onex::Emit::nothing()
}

fn main() {}
