//! A default handler that takes one type, as if all that is left were of it.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./default_takes_a_message.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_user: &User) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

#[onex::handler(default = user_storage::default)]
async fn take_rest(_user: &User) {}

fn main() {}
