//! An operation in the slot of an event.

use onex::Envelope;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./operation_as_an_event.yaml")]
pub struct UserStorage;

#[onex::handler(event = user_storage::users_store)]
async fn store_user(_user: &User) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_envelope: &Envelope) {}

fn main() {}
