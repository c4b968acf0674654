//! A default handler that is declared and not written.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct User {
    pub name: String,
}

#[onex::effect(contract = "./default_without_handler.yaml")]
pub struct UserStorage;

#[onex::handler(operation = user_storage::users_store)]
async fn store_user(_user: &User) {}

#[onex::handler(operation = user_storage::users_forget)]
async fn forget_user(_name: &String) {}

fn main() {}
