//! One function for several names, of one node and of several.

use onex::{Ctx, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Order {
    lines: u64,
}

#[orchestrator(contract = "contracts/stacked/web.yaml")]
struct Web;

#[orchestrator(contract = "contracts/stacked/phone.yaml")]
struct Phone;

#[handler(step = web::read)]
#[handler(step = phone::read)]
fn read(input: &Order) -> u64 {
    input.lines
}

/// It has another name in each of the contracts, and is told which it is called as.
#[handler(step = web::validate)]
#[handler(step = phone::confirm)]
async fn judge(read: &u64, ctx: Ctx) -> String {
    format!("{} of {read}", ctx.step.unwrap().step)
}

#[tokio::test]
async fn a_function_is_the_handler_of_each_name_that_it_is_joined_to() {
    let runtime = Runtime::builder(()).mount::<Web>().mount::<Phone>().build().unwrap();
    assert_eq!(*runtime.complete::<Web>(Order { lines: 2 }).await.unwrap(), "validate of 2");
    assert_eq!(*runtime.complete::<Phone>(Order { lines: 3 }).await.unwrap(), "confirm of 3");
    // And it stays a function.
    assert_eq!(read(&Order { lines: 4 }), 4);
}
