//! A batch whose contract leaves its numbers to the program.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::config::{Config, Environment};
use onex::run::RunState;
use onex::{Container, Dep, Runtime, handler, orchestrator};
use tokio::time::sleep;

type Letter = u64;

/// Each bag: how many letters are in it, and how many the first of them was weighed with. How many bags were on their way at once.
#[derive(Default)]
struct Post {
    bags: Mutex<Vec<(usize, usize)>>,
    now: Mutex<(usize, usize)>,
}

#[derive(Container)]
struct Office {
    post: Arc<Post>,
}

#[orchestrator(contract = "contracts/batch/letters.yaml")]
struct Letters;

#[handler(batch = letters::weigh)]
fn weigh(input: &[&Letter]) -> Vec<usize> {
    vec![input.len(); input.len()]
}

#[handler(batch = letters::carry)]
async fn carry(weigh: &[&usize], post: Dep<Post>) -> Vec<usize> {
    post.bags.lock().unwrap().push((weigh.len(), *weigh[0]));
    {
        let (now, most) = &mut *post.now.lock().unwrap();
        *now += 1;
        *most = (*most).max(*now);
    }
    sleep(Duration::from_millis(10)).await;
    post.now.lock().unwrap().0 -= 1;
    weigh.iter().map(|with| **with).collect()
}

/// The bags of 23 letters, and how many were on their way at once.
async fn carried(config: Option<&Config>) -> (Vec<(usize, usize)>, usize) {
    let post = Arc::<Post>::default();
    let builder = Runtime::builder(Office { post: Arc::clone(&post) }).mount::<Letters>();
    let builder = match config {
        Some(config) => builder.config(config),
        None => builder,
    };
    let report = builder.build().unwrap().batch::<Letters>(vec![20; 23], None).await.unwrap();
    assert_eq!(report.state, RunState::Completed);
    let most = post.now.lock().unwrap().1;
    (post.bags.lock().unwrap().clone(), most)
}

#[tokio::test(start_paused = true)]
async fn r26_a_batch_that_says_nothing_has_the_configured_batch_size_and_workers() {
    let mut config = Config::for_environment(Environment::Staging);
    let tens = (vec![(10, 10), (10, 10), (3, 3)], 3);
    assert_eq!(carried(None).await, tens, "the numbers of the contract language");
    assert_eq!(carried(Some(&config)).await, tens);
    config.parallel.batch_size = 4;
    config.parallel.max_parallel_steps = 2;
    let fours = vec![(4, 4), (4, 4), (4, 4), (4, 4), (4, 4), (3, 3)];
    assert_eq!(carried(Some(&config)).await, (fours, 2));
}
