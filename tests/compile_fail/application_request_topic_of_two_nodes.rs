//! A node takes the command by which another one is asked for an operation that none of its topics brings.

use serde::{Deserialize, Serialize};

#[derive(Clone, onex::Event, Serialize, Deserialize)]
pub struct StoreUser {
    pub user_id: String,
}

#[onex::effect(contract = "./application_request_topic_of_two_nodes.d/users.yaml")]
pub struct Users;

#[onex::handler(operation = users::store)]
async fn store(_user: &StoreUser) {}

#[onex::effect(contract = "./application_request_topic_of_two_nodes.d/import.yaml")]
pub struct Import;

#[onex::handler(event = import::StoreUser)]
async fn store_user(_user: &StoreUser) -> onex::Emit<import::StoreUser> {
    onex::Emit::nothing()
}

#[onex::application(container = (), nodes = [Users, Import])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
