//! An operation that nobody handles.

use onex::Envelope;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./operation_without_handler.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_user: &User) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_envelope: &Envelope) {}

fn main() {}
