//! A contract that gives an operation a type that is not there.

use onex::Envelope;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Person {
    pub name: String,
}

#[onex::effect(contract = "./operation_of_a_missing_type.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_user: &Person) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_envelope: &Envelope) {}

fn main() {}
