//! A handler for an operation that the contract does not have.

use onex::Envelope;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./operation_is_unknown.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_user: &User) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_envelope: &Envelope) {}

#[onex::handler(operation = user_storage::users_stor)]
async fn store_again(_user: &User) {}

fn main() {}
