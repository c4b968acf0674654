//! What cannot be handled and is parked: over processes, and decided about from another one.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use onex::{DeadLetterCause, Event, Runtime, handler, reducer};
use onex_sqlite::{Durable as _, Inspect, Keep, Options, Outcome, Request, Requests, Sqlite, StoredLetter};
use serde::{Deserialize, Serialize};

use crate::support::Folder;

#[derive(Event, Serialize, Deserialize)]
struct Booked {
    account: String,
    cents: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Account {
    cents: Vec<i64>,
    is_closed: bool,
}

#[reducer(contract = "tests/contracts/accounts.yaml")]
struct Accounts;

/// Whether the rate of 13 cents is known.
static KNOWS_13: AtomicBool = AtomicBool::new(false);

#[handler(transition = accounts::Booked)]
fn booked(account: &mut Account, event: &Booked) -> Result<(), String> {
    if event.cents == 13 && !KNOWS_13.load(Ordering::Relaxed) {
        return Err("there is no rate for 13 cents".to_owned());
    }
    account.cents.push(event.cents);
    Ok(())
}

async fn open(path: &Path) -> Runtime<(), Sqlite> {
    let keep = Keep { dead_letters: Some(Duration::ZERO), ..Keep::default() };
    let builder = Runtime::builder(()).mount::<Accounts>();
    let runtime = builder.durable_with(path, Options::default().keep(keep)).await.unwrap();
    runtime.settled().await;
    runtime
}

async fn book(runtime: &Runtime<(), Sqlite>, account: &str, cents: i64) {
    runtime.publish(Booked { account: account.into(), cents }).await.unwrap();
    runtime.settled().await;
}

async fn booked_of(runtime: &Runtime<(), Sqlite>, account: &str) -> Vec<i64> {
    let state = runtime.entity::<Accounts>(account).await.unwrap();
    state.map_or(Vec::new(), |state| state.data.cents)
}

fn parked(path: &Path) -> Vec<StoredLetter> {
    Inspect::open(path).unwrap().parked().unwrap()
}

async fn ask(path: &Path, request: Request) -> Option<Outcome> {
    let path = path.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let requests = Requests::open(path).unwrap();
        let asked = requests.ask(&request, "ada").unwrap();
        requests.wait(asked, Duration::from_secs(20)).unwrap()
    });
    asked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_what_is_parked_waits_over_processes_for_a_decision_and_keeps_its_order() {
    let folder = Folder::new();
    let path = folder.path("bank.db");
    let runtime = open(&path).await;
    for cents in [1, 13, 2] {
        book(&runtime, "a", cents).await;
    }
    book(&runtime, "b", 3).await;
    assert_eq!((booked_of(&runtime, "a").await, booked_of(&runtime, "b").await), (vec![1], vec![3]));
    runtime.shutdown(Duration::from_secs(5)).await;
    drop(runtime);

    let runtime = open(&path).await;
    book(&runtime, "a", 4).await;
    book(&runtime, "b", 5).await;
    assert_eq!((booked_of(&runtime, "a").await, booked_of(&runtime, "b").await), (vec![1], vec![3, 5]));
    assert_eq!(runtime.parked().await.unwrap()[0].behind, Some(2));
    let [StoredLetter { position, letter, is_parked: true }] = &parked(&path)[..] else { panic!() };
    assert_eq!(&*letter.parked.as_ref().unwrap().key, "a");
    let DeadLetterCause::HandlerFailed { message, .. } = &letter.cause else { panic!("{letter:?}") };
    assert_eq!(message, "there is no rate for 13 cents");

    // Tried again in vain, it is parked again, with another letter.
    let redrive = |position| ask(&path, Request::Redrive { position });
    assert_eq!(redrive(*position).await, Some(Outcome::Done));
    runtime.settled().await;
    let again = parked(&path).pop().unwrap().position;
    assert!(again > *position);
    KNOWS_13.store(true, Ordering::Relaxed);
    assert_eq!(redrive(again).await, Some(Outcome::Done));
    runtime.settled().await;
    assert_eq!(booked_of(&runtime, "a").await, [1, 13, 2, 4]);
    assert!(parked(&path).is_empty());
    let Some(Outcome::Refused { why }) = redrive(again).await else { panic!("it is handled") };
    assert!(why.contains("is not parked") || why.contains("there is no dead letter"), "{why}");
    KNOWS_13.store(false, Ordering::Relaxed);

    for cents in [13, 6] {
        book(&runtime, "a", cents).await;
    }
    let position = parked(&path).pop().unwrap().position;
    // It is retained for as long as it is parked, whatever `Keep` says.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let reason = "it was a mistake".to_owned();
    assert_eq!(ask(&path, Request::GiveUp { position, reason }).await, Some(Outcome::Done));
    runtime.settled().await;
    assert_eq!(booked_of(&runtime, "a").await, [1, 13, 2, 4, 6]);
    assert!(parked(&path).is_empty());
    runtime.shutdown(Duration::from_secs(5)).await;
    drop(runtime);
    let runtime = open(&path).await;
    assert_eq!(booked_of(&runtime, "a").await, [1, 13, 2, 4, 6], "once each");
}

/// A file that a release wrote which parked nothing.
#[tokio::test]
async fn a_file_without_the_index_of_what_is_parked_is_read_and_gets_it() {
    let folder = Folder::new();
    let path = folder.path("bank.db");
    open(&path).await.shutdown(Duration::from_secs(5)).await;
    let has_index = || {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'dead_letter_parked'";
        rusqlite::Connection::open(&path).unwrap().query_row(sql, [], |row| row.get::<_, bool>(0)).unwrap()
    };
    assert!(has_index());
    rusqlite::Connection::open(&path).unwrap().execute("DROP INDEX dead_letter_parked", []).unwrap();
    assert!(parked(&path).is_empty() && !has_index());
    open(&path).await.shutdown(Duration::from_secs(5)).await;
    assert!(has_index());
}
