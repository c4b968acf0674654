//! Semantics 4: what cannot be handled and is parked holds its key back, and nothing else, until a person decides.

use std::sync::Arc;

use crate::mailboxes::*;
use crate::support::*;
use onex::engine::{GiveUpError, HealthStatus, NotParked, RedriveError, Settings};
use onex::journal::{DeadLetterCause, Journal, Memory, Retention};
use onex::{DeadLetter, Runtime};

async fn parked_of<J: Journal>(runtime: &Runtime<Bank, J>) -> Vec<(String, Option<usize>)> {
    let parked = runtime.parked().await.unwrap();
    parked
        .iter()
        .map(|parked| (parked.letter.parked.as_ref().unwrap().key.to_string(), parked.behind))
        .collect()
}

async fn letter_of<J: Journal>(runtime: &Runtime<Bank, J>) -> Arc<DeadLetter> {
    Arc::clone(&runtime.parked().await.unwrap()[0].letter)
}

async fn open(bank: &Bank, memory: &Arc<Memory>) -> Runtime<Bank, Arc<Memory>> {
    let builder = Runtime::builder(bank.clone()).settings(quick()).mount::<parking::Node>();
    builder.build_on(Arc::clone(memory), "tests").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn r04_what_is_parked_holds_its_key_back_and_no_other_until_it_is_handled() {
    let (ledger, runtime) = bank::<parking::Node>(quick());
    let mut letters = runtime.dead_letters();
    let mut topic = runtime.subscribe("onex.dlq.bank.line.v1");
    ledger.on("a", 1, Act::Fails);
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.settled().await;
    runtime.publish(line("a", 4)).await.unwrap();
    runtime.publish(line("b", 1)).await.unwrap();
    runtime.settled().await;
    assert_eq!(ledger.order("done"), ["b1"]);
    assert_eq!(
        ledger.order("began"),
        ["a1", "a1", "a1", "a1", "b1"],
        "with all its attempts, and then no more"
    );
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(3))]);
    let letter = letters.try_recv().unwrap();
    assert!(matches!(letter.cause, DeadLetterCause::HandlerFailed { attempts: 4, .. }), "{letter:?}");
    assert!(letter.is_parked());
    assert!(topic.try_recv().is_none(), "it is not dead");
    let counters = runtime.counters();
    assert_eq!((counters.parked, counters.dead_letters, counters.handled), (1, 0, 1));
    let health = runtime.health().await;
    let mailboxes = health.component(onex::engine::Component::Mailboxes);
    assert_eq!(mailboxes.status, HealthStatus::Degraded);
    assert_eq!(mailboxes.reason, "1 parked until a person decides: 3 wait behind what could not be handled");
    assert_eq!(runtime.journal_outbox_of_lines().await, [1, 2, 3, 4]);

    ledger.on("a", 1, Act::Takes(10));
    ledger.on("a", 2, Act::Takes(10));
    let id = runtime.redrive(&letter).await.unwrap();
    assert_eq!(id, letter.envelope.envelope_id, "it was never handled: it keeps its id");
    runtime.publish(line("a", 5)).await.unwrap();
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["b1", "a1", "a2", "a3", "a4", "a5"]);
    assert_eq!(ledger.order("began").len(), 4 + 1 + 5, "each of those behind it once");
    assert!(runtime.journal_outbox_of_lines().await.is_empty());
    assert!(parked_of(&runtime).await.is_empty());
    assert_eq!(runtime.health().await.status, HealthStatus::Healthy);
    let again = runtime.redrive(&letter).await;
    assert!(matches!(again, Err(RedriveError::NotParked(NotParked))), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn r04_what_fails_again_is_parked_again_and_so_is_one_behind_it() {
    expect_panic("ink on the page");
    let (ledger, runtime) = bank::<parking::Node>(quick());
    ledger.on("a", 1, Act::Fails);
    for number in 1..=4 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.settled().await;
    ledger.on("a", 1, Act::Panics);
    runtime.redrive(&*letter_of(&runtime).await).await.unwrap();
    runtime.settled().await;
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(3))]);
    let letter = letter_of(&runtime).await;
    assert!(matches!(letter.cause, DeadLetterCause::HandlerPanicked { .. }), "the latest cause: {letter:?}");
    assert_eq!(runtime.dead_letter_list().await.unwrap().len(), 2, "each time is told");

    ledger.on("a", 1, Act::Takes(0));
    ledger.on("a", 3, Act::Fails);
    runtime.redrive(&letter).await.unwrap();
    runtime.settled().await;
    assert_eq!(ledger.order("done"), ["a1", "a2"]);
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(1))]);
    assert_eq!(runtime.journal_outbox_of_lines().await, [3, 4]);
}

#[tokio::test(start_paused = true)]
async fn r04_what_is_given_up_is_a_dead_letter_and_its_key_goes_on() {
    let (ledger, runtime) = bank::<parking::Node>(quick());
    ledger.on("a", 1, Act::Fails);
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.settled().await;
    let letter = letter_of(&runtime).await;
    let mut letters = runtime.dead_letters();
    let mut topic = runtime.subscribe("onex.dlq.bank.line.v1");
    runtime.give_up(&letter, "the account is closed").await.unwrap();
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["a2", "a3"]);
    let given_up = letters.try_recv().unwrap();
    assert_eq!(given_up.cause, letter.cause, "why it failed is still what is wrong with it");
    let words = given_up.parked.as_ref().unwrap().given_up.as_deref();
    assert_eq!((words, given_up.is_parked()), (Some("the account is closed"), false));
    assert_eq!(topic.try_recv().unwrap().causation_id, Some(letter.envelope.envelope_id));
    assert_eq!(runtime.counters().dead_letters, 1);
    assert!(runtime.journal_outbox_of_lines().await.is_empty());
    let again = runtime.give_up(&letter, "twice").await;
    assert!(matches!(again, Err(GiveUpError::NotParked(_))), "{again:?}");
    // It is like any other dead letter: delivered again under a new id.
    ledger.on("a", 1, Act::Takes(0));
    let id = runtime.redrive(&given_up).await.unwrap();
    assert_ne!(id, letter.envelope.envelope_id);
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["a2", "a3", "a1"]);
}

#[tokio::test(start_paused = true)]
async fn r04_the_next_process_parks_what_was_parked_and_calls_for_nothing() {
    let (of_ledger, memory) = (Bank::default(), Arc::new(Memory::new(Retention::default())));
    let ledger = Arc::clone(&of_ledger.0);
    ledger.on("a", 1, Act::Fails);
    let runtime = open(&of_ledger, &memory).await;
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.settled().await;
    runtime.shutdown(ms(10)).await;
    let refused = runtime.redrive(&*letter_of(&runtime).await).await;
    assert!(matches!(refused, Err(RedriveError::Publish(_))), "it is being shut down: {refused:?}");
    let began = ledger.order("began").len();

    let runtime = open(&of_ledger, &memory).await;
    runtime.settled().await;
    runtime.publish(line("a", 4)).await.unwrap();
    runtime.publish(line("b", 1)).await.unwrap();
    runtime.settled().await;
    assert_eq!(ledger.order("began").len(), began + 1, "`b1` alone");
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(3))]);

    // A process that ends while it is tried again leaves it parked.
    ledger.on("a", 1, Act::Hangs);
    runtime.redrive(&*letter_of(&runtime).await).await.unwrap();
    breathe().await;
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), None)], "it is being tried again");
    runtime.shutdown(ms(10)).await;
    let runtime = open(&of_ledger, &memory).await;
    runtime.settled().await;
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(3))]);
    ledger.on("a", 1, Act::Takes(0));
    runtime.redrive(&*letter_of(&runtime).await).await.unwrap();
    runtime.settled().await;
    assert_eq!(ledger.order("done"), ["b1", "a1", "a2", "a3", "a4"]);
}

/// Nobody who publishes waits for a person, and what waits for one is in no memory but the journal's.
#[tokio::test(start_paused = true)]
async fn r04_behind_what_is_parked_any_number_may_wait() {
    let settings = Settings { max_in_flight: 2, mailbox_capacity: 2, ..quick() };
    let (ledger, runtime) = bank::<parking::Node>(settings);
    ledger.on("a", 1, Act::Fails);
    for number in 1..=20 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.settled().await;
    let load = runtime.load();
    assert_eq!((load.in_flight, load.mailboxes), (0, 1));
    assert_eq!(parked_of(&runtime).await, [("a".to_owned(), Some(19))]);
    runtime.give_up(&*letter_of(&runtime).await, "enough").await.unwrap();
    settle(&runtime).await;
    let expected: Vec<String> = (2..=20).map(|number| format!("a{number}")).collect();
    assert_eq!(ledger.order("done"), expected);
}
