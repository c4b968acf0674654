//! Who serves what is ready: nothing waits behind a handler that keeps its thread, and nothing outlives its tokio runtime.

use std::sync::Arc;
use std::time::Instant;

use crate::support::*;
use onex::Runtime;
use tokio::runtime::{Builder, Handle};

#[test]
fn what_stands_behind_a_handler_that_keeps_its_thread_is_served_by_another() {
    let tokio = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let world = World::default();
    let runtime = both(&world);
    // `book` stands on its thread until this is dropped; what is to be recorded is ready behind it.
    let kept = world.desk.attempts.lock().unwrap();
    tokio.block_on(runtime.publish(order("a"))).unwrap();
    let began = Instant::now();
    while world.desk.done() != ["recorded placed a"] {
        assert!(began.elapsed() < ms(20_000), "nobody else serves it: {:?}", world.desk.done());
        std::thread::yield_now();
    }
    drop(kept);
    tokio.block_on(runtime.settled());
    assert_eq!(world.desk.done(), ["recorded placed a", "booked a"]);
}

#[test]
fn what_is_ready_and_not_served_is_dropped_with_the_tokio_runtime() {
    let tokio = Builder::new_current_thread().enable_time().build().unwrap();
    let world = World::default();
    let runtime = both(&world);
    // Nothing is awaited that would let a worker begin.
    tokio.block_on(async {
        for id in ["a", "b"] {
            runtime.publish(order(id)).await.unwrap();
        }
    });
    assert_eq!(runtime.load().in_flight, 2);
    drop(tokio);
    assert_eq!(runtime.load().in_flight, 0);
    let weak = runtime.downgrade();
    drop(runtime);
    assert!(weak.upgrade().is_none(), "something of the engine is left");
}

#[test]
fn a_runtime_goes_on_in_another_tokio_runtime_with_what_comes_then() {
    let world = World::default();
    let runtime = both(&world);
    let in_one = |runtime: &Runtime<World>, id: &str, settle: bool| {
        let tokio = Builder::new_current_thread().enable_time().build().unwrap();
        tokio.block_on(async {
            runtime.publish(order(id)).await.unwrap();
            if settle {
                runtime.settled().await;
            }
        });
    };
    in_one(&runtime, "dropped", false);
    in_one(&runtime, "b", true);
    assert_eq!(world.desk.done(), ["booked b", "recorded placed b"]);
}

#[test]
fn who_publishes_outside_of_tokio_leaves_a_runtime_that_works() {
    expect_panic("there is no reactor running");
    let world = World::default();
    let runtime = both(&world);
    let outside = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        assert!(Handle::try_current().is_err());
        let mut publish = std::pin::pin!(runtime.publish(order("a")));
        let _ = publish.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    }));
    assert!(outside.is_err(), "it needs tokio");
    let tokio = Builder::new_current_thread().enable_time().build().unwrap();
    tokio.block_on(async {
        runtime.publish(order("b")).await.unwrap();
        runtime.settled().await;
    });
    assert_eq!(world.desk.done(), ["booked b", "recorded placed b"]);
}

#[tokio::test]
async fn another_task_has_its_turn_while_much_is_ready() {
    let world = World::default();
    let runtime = both(&world);
    for number in 0..100 {
        runtime.publish(order(&number.to_string())).await.unwrap();
    }
    let desk = Arc::clone(&world.desk);
    let done = tokio::spawn(async move { desk.done().len() }).await.unwrap();
    assert!(done < 100, "{done} of 200 were done before another task had its turn");
    runtime.settled().await;
    assert_eq!(world.desk.done().len(), 200);
}
