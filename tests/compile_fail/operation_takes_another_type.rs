//! A handler that takes another type than the contract gives to its operation.

use onex::Envelope;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./operation_takes_another_type.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_name: &String) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_envelope: &Envelope) {}

fn main() {}
