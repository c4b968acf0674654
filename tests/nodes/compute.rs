//! A compute node: a function that returns a value, which is published as the event that its route lists.

use onex::{Ctx, DeadLetterCause, Event, Runtime, compute, dispatch, handler};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
struct CartChecked {
    cents: Vec<u64>,
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct CartPriced {
    total: u64,
}

#[compute(contract = "contracts/pricing.yaml")]
struct Pricing;

#[handler(event = pricing::CartChecked)]
#[allow(clippy::needless_pass_by_value)] // a handler may take its message so
fn cart_checked(cart: CartChecked, ctx: Ctx) -> Result<CartPriced, String> {
    if cart.cents.is_empty() {
        return Err(format!("an empty cart has no price (attempt {})", ctx.attempt));
    }
    Ok(CartPriced { total: cart.cents.iter().sum() })
}

fn cart(cents: &[u64]) -> CartChecked {
    CartChecked { cents: cents.to_vec() }
}

#[tokio::test]
async fn what_a_compute_node_returns_is_published_as_its_event() {
    let runtime = Runtime::builder(()).mount::<Pricing>().build().unwrap();
    let mut priced = runtime.subscribe_to::<Pricing, CartPriced>().unwrap();

    let cause = runtime.publish(cart(&[250, 199])).await.unwrap();
    runtime.settled().await;

    let envelope = priced.try_recv().expect("the result is published");
    assert_eq!(*envelope.payload.get::<CartPriced>().unwrap(), CartPriced { total: 449 });
    assert_eq!(envelope.wire_type.as_ref(), "shop.cart-priced");
    assert_eq!(envelope.causation_id, Some(cause));
    assert!(priced.try_recv().is_none(), "once");
}

/// What follows from its input alone fails again: there is no second attempt.
#[tokio::test]
async fn an_error_of_a_compute_node_is_permanent() {
    let runtime = Runtime::builder(()).mount::<Pricing>().build().unwrap();
    runtime.publish(cart(&[])).await.unwrap();
    runtime.settled().await;

    let letters = runtime.dead_letter_list().await.unwrap();
    let causes: Vec<&DeadLetterCause> = letters.iter().map(|letter| &letter.cause).collect();
    let message = "an empty cart has no price (attempt 1)".to_owned();
    assert_eq!(causes, [&DeadLetterCause::HandlerFailed { attempts: 1, message }]);
}

/// Only compute nodes return typed results: whoever calls one gets the value, and nothing is published.
#[tokio::test]
async fn a_program_that_calls_a_compute_node_gets_the_value() {
    let called = dispatch::<Pricing, _, _>(cart(&[1, 2]), Ctx::detached(), &()).await;
    assert_eq!(called.unwrap(), CartPriced { total: 3 });
}
