//! Semantics 14: what ends its process is called for a few times, under a count, and then given up. A process that has ended is one
//! whose handler hangs and whose journal has another owner.

use std::sync::Arc;

use crate::mailboxes::*;
use crate::support::*;
use onex::engine::Settings;
use onex::journal::{BegunCalls, DeadLetterCause, Journal as _, Memory};
use onex::node::mount::Mount;
use onex::{DeadLetter, Runtime};
use tokio::time::sleep;

/// Nothing is counted.
const NONE: [u32; 0] = [];

type OnMemory = Runtime<Bank, Arc<Memory>>;

/// What outlives the processes.
#[derive(Default)]
struct World {
    bank: Bank,
    memory: Arc<Memory>,
}

impl World {
    /// The next process, when it has done what it can do at once.
    async fn next<N: Mount<Bank>>(&self) -> OnMemory {
        self.next_with::<N>(quick()).await
    }

    async fn next_with<N: Mount<Bank>>(&self, settings: Settings) -> OnMemory {
        let builder = Runtime::builder(self.bank.clone()).settings(settings).mount::<N>();
        let runtime = builder.build_on(Arc::clone(&self.memory), "tests").await.unwrap();
        sleep(ms(1)).await;
        runtime
    }

    fn on(&self, account: &str, number: u32, act: Act) {
        self.bank.0.on(account, number, act);
    }

    /// How often the handler of a line was called.
    fn calls(&self, line: &str) -> usize {
        self.bank.0.order("began").iter().filter(|began| *began == line).count()
    }

    /// How many calls are counted, of each line in the order of its id.
    async fn counted(&self) -> Vec<u32> {
        let begun: Vec<BegunCalls> = self.memory.begun().await.unwrap();
        begun.iter().map(|counted| counted.calls).collect()
    }

    async fn letters(&self) -> Vec<Arc<DeadLetter>> {
        self.memory.dead_letters().await.unwrap()
    }

    /// The lines that were given up for what they did, each with how many calls were counted.
    async fn given_up(&self) -> Vec<(String, u32)> {
        let told = |letter: &Arc<DeadLetter>| match &letter.cause {
            DeadLetterCause::EndedProcess { calls, .. } => {
                Some((letter.envelope.payload.as_ref().unwrap().get().to_owned(), *calls))
            }
            _ => None,
        };
        self.letters().await.iter().filter_map(told).collect()
    }
}

fn text(account: &str, number: u32) -> String {
    format!(r#"{{"account":"{account}","number":{number}}}"#)
}

async fn is_given_up<N: Mount<Bank>>() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let first = world.next::<N>().await;
    first.publish(line("a", 1)).await.unwrap();
    sleep(ms(1)).await;
    assert_eq!((world.calls("a1"), world.counted().await), (1, vec![]), "the first call costs nothing");
    for process in 2..=4 {
        let _process = world.next::<N>().await;
        assert_eq!((world.calls("a1"), world.counted().await), (process, vec![process as u32 - 1]));
        assert_eq!(world.letters().await.len(), 0);
    }
    let last = world.next::<N>().await;
    last.settled().await;
    assert_eq!(world.calls("a1"), 4, "no more");
    assert_eq!(world.given_up().await, [(text("a", 1), 3)]);
    let letters = world.letters().await;
    assert!(matches!(&letters[0].cause, DeadLetterCause::EndedProcess { message, .. }
        if message == "its process ended while it was called, 3 times"));
    assert_eq!(world.counted().await, NONE, "nothing is left of the count");
    assert_eq!(last.counters().dead_letters, 1);
    assert_eq!(world.memory.outbox().await.unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn r14_a_message_that_ends_its_process_is_called_for_a_few_times_and_given_up() {
    is_given_up::<unkeyed::Node>().await;
    is_given_up::<keyed::Node>().await;
}

/// Those behind it have their turn when it is given up.
#[tokio::test(start_paused = true)]
async fn r14_what_is_given_up_releases_its_key() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let first = world.next::<keyed::Node>().await;
    for (account, number) in [("a", 1), ("a", 2), ("b", 1)] {
        first.publish(line(account, number)).await.unwrap();
    }
    sleep(ms(1)).await;
    for _ in 0..4 {
        let _process = world.next::<keyed::Node>().await;
    }
    world.next::<keyed::Node>().await.settled().await;
    assert_eq!(world.bank.0.order("done"), ["b1", "a2"]);
    assert_eq!(world.given_up().await, [(text("a", 1), 3)]);
}

/// Whichever of the two was accepted first.
#[tokio::test(start_paused = true)]
async fn r14_what_is_called_beside_a_poisonous_message_is_not_given_up_with_it() {
    for poison_is_first in [true, false] {
        let world = World::default();
        world.on("poison", 1, Act::Hangs);
        // It takes longer than the process lives, whenever the poison is beside it.
        world.on("slow", 1, Act::Takes(10));
        let first = world.next::<unkeyed::Node>().await;
        let mut accounts = ["poison", "slow"];
        if !poison_is_first {
            accounts.reverse();
        }
        for account in accounts {
            first.publish(line(account, 1)).await.unwrap();
        }
        sleep(ms(1)).await;
        let _second = world.next::<unkeyed::Node>().await;
        assert_eq!(world.counted().await, [1, 1], "beside each other");
        for _ in 0..3 {
            let process = world.next::<unkeyed::Node>().await;
            if world.calls("poison1") < 4 {
                assert!(world.counted().await.iter().filter(|calls| **calls > 1).count() <= 1, "one alone");
            }
            // What is alone and comes back is settled, and the next has its turn.
            sleep(ms(20)).await;
            drop(process);
        }
        world.next::<unkeyed::Node>().await.settled().await;
        assert_eq!(world.given_up().await, [(text("poison", 1), 3)]);
        assert_eq!(world.bank.0.order("done").last().unwrap(), "slow1");
        assert_eq!((world.calls("poison1"), world.counted().await), (4, vec![]));
    }
}

/// Where one call decides, it is made alone.
#[tokio::test(start_paused = true)]
async fn r14_with_a_limit_of_one_nobody_is_called_beside_another_that_was_left() {
    let world = World::default();
    let once = Settings { crash_limit: 1, ..quick() };
    world.on("a", 1, Act::Hangs);
    world.on("b", 1, Act::Hangs);
    let first = world.next_with::<unkeyed::Node>(once.clone()).await;
    first.publish(line("a", 1)).await.unwrap();
    first.publish(line("b", 1)).await.unwrap();
    sleep(ms(1)).await;
    let _second = world.next_with::<unkeyed::Node>(once.clone()).await;
    assert_eq!((world.calls("a1"), world.calls("b1"), world.counted().await), (2, 1, vec![1]));
    world.on("b", 1, Act::Takes(0));
    world.next_with::<unkeyed::Node>(once).await.settled().await;
    assert_eq!(world.given_up().await, [(text("a", 1), 1)]);
    assert_eq!(world.bank.0.order("done"), ["b1"]);
}

#[tokio::test(start_paused = true)]
async fn r14_a_handler_that_a_shutdown_cancels_has_not_ended_its_process() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let first = world.next::<unkeyed::Node>().await;
    first.publish(line("a", 1)).await.unwrap();
    sleep(ms(1)).await;
    for process in 2..9 {
        let runtime = world.next::<unkeyed::Node>().await;
        assert_eq!((world.calls("a1"), world.counted().await), (process, vec![1]), "counted, should it end");
        runtime.shutdown(ms(10)).await;
        assert_eq!(world.counted().await, NONE, "and taken back");
    }
    let _ended = world.next::<unkeyed::Node>().await;
    world.next::<unkeyed::Node>().await.shutdown(ms(10)).await;
    assert_eq!(world.counted().await, [1], "what ended another one is not forgotten with it");
    assert_eq!(world.letters().await.len(), 0);
}

/// A failure is a way to come back. What is tried again is counted again, and what ended a process before stays.
#[tokio::test(start_paused = true)]
async fn r14_a_handler_that_fails_has_come_back() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let first = world.next::<unkeyed::Node>().await;
    first.publish(line("a", 1)).await.unwrap();
    sleep(ms(1)).await;
    let _ended = world.next::<unkeyed::Node>().await;
    world.on("a", 1, Act::Fails);
    let process = world.next::<unkeyed::Node>().await;
    assert_eq!((world.calls("a1"), world.counted().await), (3, vec![1]), "it waits for its next attempt");
    world.on("a", 1, Act::Hangs);
    sleep(ms(100)).await;
    assert_eq!((world.calls("a1"), world.counted().await), (4, vec![2]), "the next attempt is called");
    drop(process);
    world.on("a", 1, Act::Fails);
    let process = world.next::<unkeyed::Node>().await;
    process.settled().await;
    let letters = world.letters().await;
    assert!(matches!(letters[0].cause, DeadLetterCause::HandlerFailed { attempts: 4, .. }), "{letters:?}");
    assert_eq!(world.counted().await, NONE, "it is settled");
}

#[tokio::test(start_paused = true)]
async fn r14_a_route_that_parks_parks_what_ends_its_process() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let first = world.next::<parking::Node>().await;
    for number in 1..=2 {
        first.publish(line("a", number)).await.unwrap();
    }
    sleep(ms(1)).await;
    for _ in 0..3 {
        let _process = world.next::<parking::Node>().await;
    }
    let fifth = world.next::<parking::Node>().await;
    fifth.settled().await;
    assert_eq!((world.calls("a1"), world.calls("a2")), (4, 0), "what is behind it waits");
    assert_eq!(world.given_up().await, [(text("a", 1), 3)]);
    assert_eq!((fifth.counters().parked, world.counted().await), (1, vec![]));

    // Who asks for it again has it called again. Should that end the process, the next one parks it and calls for nothing.
    for process in 5..9 {
        let runtime = world.next::<parking::Node>().await;
        let parked = runtime.parked().await.unwrap();
        assert_eq!((parked.len(), parked[0].behind), (1, Some(1)));
        assert_eq!(world.calls("a1"), process - 1);
        runtime.redrive(&parked[0].letter).await.unwrap();
        sleep(ms(1)).await;
        assert_eq!((world.calls("a1"), world.counted().await), (process, vec![]));
    }
    world.on("a", 1, Act::Takes(0));
    let last = world.next::<parking::Node>().await;
    let parked = last.parked().await.unwrap();
    last.redrive(&parked[0].letter).await.unwrap();
    last.settled().await;
    assert_eq!(world.bank.0.order("done"), ["a1", "a2"]);
}

#[tokio::test(start_paused = true)]
async fn r14_what_is_delivered_again_after_it_was_given_up_is_counted_anew() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    world.next::<unkeyed::Node>().await.publish(line("a", 1)).await.unwrap();
    for _ in 0..4 {
        let _process = world.next::<unkeyed::Node>().await;
    }
    let letters = world.letters().await;
    assert_eq!((world.calls("a1"), letters.len()), (4, 1));
    world.next::<unkeyed::Node>().await.redrive(&letters[0]).await.unwrap();
    sleep(ms(1)).await;
    assert_eq!((world.calls("a1"), world.counted().await), (5, vec![]));
    for process in 6..=8 {
        let _process = world.next::<unkeyed::Node>().await;
        assert_eq!((world.calls("a1"), world.counted().await), (process, vec![process as u32 - 5]));
    }
    world.next::<unkeyed::Node>().await.settled().await;
    assert_eq!((world.calls("a1"), world.letters().await.len()), (8, 2));
}

/// A source that was not answered sends it again to each process, before that has given it up.
#[tokio::test(start_paused = true)]
async fn r14_what_its_source_sends_again_is_counted_like_what_was_left() {
    let world = World::default();
    world.on("a", 1, Act::Hangs);
    let again = || json("onex.cmd.bank.line.v1", 7, &text("a", 1));
    for process in 0..4 {
        let runtime = world.next::<unkeyed::Node>().await;
        runtime.deliver(again()).await.unwrap();
        sleep(ms(1)).await;
        let expected = if process == 0 { vec![] } else { vec![process] };
        assert_eq!(world.counted().await, expected);
    }
    let last = world.next::<unkeyed::Node>().await;
    last.deliver(again()).await.unwrap();
    last.settled().await;
    assert_eq!(world.given_up().await, [(text("a", 1), 3)]);
    assert_eq!(world.calls("a1"), 5, "once in the second process beside the other, while nobody suspects it");
}

/// As many as may be in flight are called at once, so there are no more suspects than that.
#[tokio::test(start_paused = true)]
async fn r14_of_what_was_left_no_more_is_called_at_once_than_may_be_in_flight() {
    let world = World::default();
    let few = Settings { max_in_flight: 2, ..quick() };
    let first = world.next_with::<unkeyed::Node>(quick()).await;
    for number in 1..=5 {
        world.on("a", number, Act::Hangs);
        first.publish(line("a", number)).await.unwrap();
    }
    sleep(ms(1)).await;
    let _second = world.next_with::<unkeyed::Node>(few.clone()).await;
    assert_eq!(world.counted().await, [1, 1]);
    for number in 1..=5 {
        world.on("a", number, Act::Takes(5));
    }
    let third = world.next_with::<unkeyed::Node>(few).await;
    third.settled().await;
    assert_eq!((world.bank.0.order("done").len(), world.counted().await), (5, vec![]));
    assert_eq!(world.letters().await.len(), 0);
}
