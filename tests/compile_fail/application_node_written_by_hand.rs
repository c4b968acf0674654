//! A node without a contract to judge, in an application that is to be proven.

use onex::node::Node;
use onex::node::mount::{Mount, Mounted};
use onex::plan::{FailureRow, Kind, NodeTable};

pub struct ByHand;

impl Node for ByHand {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_by_hand_effect",
        kind: Kind::Effect,
        contract: "none",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

impl<C> Mount<C> for ByHand {
    fn mounted() -> Mounted<C> {
        Mounted::new(Self::TABLE)
    }
}

#[onex::application(container = (), nodes = [ByHand])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
