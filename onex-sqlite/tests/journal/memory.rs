//! A journal without a file: what every journal must do, and a program that is moved to it by one line.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use onex::journal::conformance::{self, Store};
use onex::journal::{CommitError, Journal as _};
use onex::{Container, Runtime, handler, orchestrator};
use onex_sqlite::{Durability, Durable as _, Health, Keep, Options, Sqlite};

use crate::support::{Folder, OnDisk, fill};

fn in_memory() -> Options {
    Options::default().durability(Durability::Memory)
}

struct InMemory;

impl Store for InMemory {
    type Journal = Sqlite;

    fn empty(&self) -> Sqlite {
        Sqlite::open_with("orders.db", in_memory()).unwrap()
    }

    fn reopened(&self, journal: Sqlite) -> Sqlite {
        journal
    }
}

#[tokio::test]
async fn without_a_file_it_does_what_every_journal_must() {
    conformance::cases(&InMemory).await;
    conformance::histories(&InMemory, 0..12).await;
    let on_disk = OnDisk::new();
    for seed in 2000..2003 {
        let expected = conformance::transcript(&on_disk, seed).await;
        assert_eq!(conformance::transcript(&InMemory, seed).await, expected, "history {seed}");
    }
}

#[derive(Container)]
struct App;

#[orchestrator(contract = "tests/contracts/shop.yaml")]
struct Shop;

#[handler(step = shop::reserve)]
async fn reserve() -> u64 {
    42
}

#[handler(step = shop::charge)]
async fn charge(reserve: &u64) -> String {
    format!("charged {reserve}")
}

#[handler(step = shop::receipt)]
fn receipt(charge: &String) -> String {
    charge.clone()
}

/// What the shop comes to, what it says that its journal promises, and how many runs its journal has.
async fn one_order(path: &Path, options: Options) -> (String, Durability, usize) {
    let runtime = Runtime::builder(App).mount::<Shop>().durable_with(path, options).await.unwrap();
    let report = runtime.run::<Shop>((), None).await.unwrap();
    let health = runtime.health().await;
    assert_eq!(serde_json::to_value(&health).unwrap()["durability"], health.durability.as_str());
    assert_eq!(runtime.journal().durability(), health.durability);
    let output = report.output::<String>("receipt").unwrap();
    let runs = runtime.journal().runs().await.unwrap().len();
    runtime.close(Duration::ZERO).await;
    (output.to_string(), health.durability, runs)
}

#[tokio::test]
async fn one_line_moves_a_program_between_the_disk_and_memory() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let files = || fs::read_dir(folder.path("")).unwrap().count();
    for runs in [1, 1] {
        let order = one_order(&path, in_memory()).await;
        assert_eq!(order, ("charged 42".to_owned(), Durability::Memory, runs), "each begins anew");
    }
    assert_eq!(files(), 0, "no file was made");
    for (durability, runs) in [(Durability::Strict, 1), (Durability::Relaxed, 2)] {
        let order = one_order(&path, Options::default().durability(durability)).await;
        assert_eq!(order, ("charged 42".to_owned(), durability, runs));
    }
    let (kept, beside) = (fs::read(&path).unwrap(), files());
    let order = one_order(&path, in_memory()).await;
    assert_eq!(order, ("charged 42".to_owned(), Durability::Memory, 1), "what is in the file is not seen");
    assert!(fs::read(&path).unwrap() == kept && files() == beside, "the file is not touched");
}

#[tokio::test]
async fn two_in_memory_of_one_path_are_two_journals() {
    let nowhere = Path::new("/no such folder/orders.db");
    let one = Sqlite::open_with(nowhere, in_memory()).unwrap();
    let other = Sqlite::open_with(nowhere, in_memory()).unwrap();
    fill(&one, 0..3).await;
    assert_eq!((one.runs().await.unwrap().len(), other.runs().await.unwrap().len()), (3, 0));
    let lease = other.acquire("other").await.unwrap();
    assert_eq!(lease.epoch, 1, "nobody owns it but for who has it");
    let refused = other.commit(&one.owner().await.unwrap().unwrap(), Default::default()).await.unwrap_err();
    assert!(matches!(refused, CommitError::Fenced { .. }), "{refused}");
    assert!(matches!(one.health(), Health::Writing) && one.path() == nowhere);
}

#[tokio::test]
async fn what_is_over_is_forgotten_in_memory_as_in_a_file() {
    let keep = Keep { runs: Some(Duration::ZERO), ..Keep::default() };
    let journal = Sqlite::open_with("orders.db", in_memory().keep(keep)).unwrap();
    fill(&journal, 0..12).await;
    let patience = Instant::now() + Duration::from_secs(20);
    while journal.runs().await.unwrap().len() > 6 && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = journal.runs().await.unwrap();
    assert_eq!(left.len(), 6);
    assert!(left.iter().all(|run| run.ended_unix_ms.is_none()), "what is alive is kept");
}
