//! The three modes agree about what is good, each keeps what is not out of the warehouse, and none does anything twice.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, process};

use data_pipeline::delivery::Delivery;
use data_pipeline::demo;
use data_pipeline::modes::{self, Mode, Outcome};
use data_pipeline::share::Share;
use data_pipeline::steps::Site;
use data_pipeline::transform::{Row, Rows, Total};
use data_pipeline::warehouse::{Load, StoreError, Warehouse};

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("data-pipeline-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn deliveries(&self, names: &[&str]) -> Vec<Delivery> {
        let all = demo::deliveries(&self.0).unwrap();
        all.into_iter().filter(|delivery| names.contains(&&*delivery.name)).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn site(refuses: u32) -> Site {
    let share = Arc::new(Share::flaky(Duration::from_millis(20), refuses));
    Site { share, warehouse: Arc::new(Warehouse::in_memory().unwrap()) }
}

async fn run(mode: Mode, site: &Site, deliveries: Vec<Delivery>) -> Outcome {
    modes::run(mode, site, deliveries).await.unwrap()
}

const GOOD: [&str; 3] = ["monday", "tuesday", "wednesday"];

fn assert_good(mode: Mode, outcome: &Outcome) {
    assert!(outcome.faults.is_empty(), "{mode:?}: {outcome:#?}");
    let Outcome { read, kept, loaded, fast, .. } = *outcome;
    assert_eq!((read, kept, loaded, fast), (26, 24, 24, 2), "{mode:?}");
    let total = |orders, cents| Total { orders, cents };
    let saved = [("DE", total(12, 22_225)), ("FR", total(7, 7_110)), ("SE", total(5, 11_825))];
    let saved: BTreeMap<String, Total> = saved.map(|(country, total)| (country.to_owned(), total)).into();
    assert_eq!(outcome.totals.0, saved, "{mode:?}");
}

#[tokio::test(start_paused = true)]
async fn the_three_modes_agree_and_differ_in_how_long_they_take() {
    let folder = Folder::new("agree");
    let mut took = Vec::new();
    for mode in Mode::ALL {
        let site = site(0);
        let outcome = run(mode, &site, folder.deliveries(&GOOD)).await;
        assert_good(mode, &outcome);
        assert_eq!((outcome.retries, outcome.opened, site.share.reads()), (0, 0, 9), "{mode:?}");
        // Nine reads and three verifications one by one; of three loads two are one call; one `save` for all.
        assert_eq!(outcome.operations, (mode == Mode::Batch).then_some(9 + 2 + 3 + 1));
        took.push(outcome.took);
    }
    let [sequential, parallel, batch] = took[..] else { unreachable!("there are three") };
    assert!(parallel < batch, "nine reads at once, and three: {parallel:?}, {batch:?}");
    assert!(2 * batch < sequential, "three reads at once, and one: {batch:?}, {sequential:?}");
}

#[tokio::test(start_paused = true)]
async fn a_share_that_does_not_answer_is_left_alone_and_asked_again() {
    let folder = Folder::new("flaky");
    for mode in Mode::ALL {
        let site = site(3);
        let outcome = run(mode, &site, folder.deliveries(&GOOD)).await;
        assert_good(mode, &outcome);
        assert_eq!((outcome.retries, site.share.reads()), (3, 9 + 3), "{mode:?}");
        assert_eq!(outcome.opened, 1, "{mode:?}");
        assert!(outcome.took > Duration::from_secs(1), "{mode:?} has not left it alone: {:?}", outcome.took);
    }
}

#[tokio::test(start_paused = true)]
async fn a_share_that_never_answers_is_given_up() {
    let folder = Folder::new("away");
    for mode in Mode::ALL {
        let outcome = run(mode, &site(u32::MAX), folder.deliveries(&["monday"])).await;
        assert_eq!((outcome.read, outcome.loaded), (0, 0), "{mode:?}");
        assert!(outcome.faults[0].contains(".csv`: the share does not answer"), "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_file_is_told_with_its_line_and_nothing_of_it_is_loaded() {
    let folder = Folder::new("bad");
    for (mode, loaded) in Mode::ALL.into_iter().zip([8 + 9, 8 + 9, 0]) {
        let site = site(0);
        let outcome = run(mode, &site, folder.deliveries(&["monday", "thursday", "wednesday"])).await;
        let [fault] = &outcome.faults[..] else { panic!("{mode:?}: {outcome:#?}") };
        assert!(fault.starts_with("thursday: `orders` failed"), "{mode:?}: {fault}");
        assert!(
            fault.ends_with("thursday/orders.csv`: line 3 has 2 fields, and the lines above it have 3"),
            "{fault}"
        );
        assert_eq!(outcome.loaded, loaded, "{mode:?}");
        assert_eq!(site.warehouse.rows_of("thursday").unwrap(), 0, "{mode:?}");
        assert_eq!(outcome.retries, 0, "{mode:?} has read it again");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_loaded_and_cannot_stay_is_undone_and_of_a_batch_all_of_it() {
    let folder = Folder::new("undone");
    for (mode, left) in
        Mode::ALL.into_iter().zip([vec!["monday", "wednesday"], vec!["monday", "wednesday"], vec![]])
    {
        let site = site(0);
        let outcome = run(mode, &site, folder.deliveries(&["monday", "friday", "wednesday"])).await;
        let fault = "friday: `verify` failed, what was loaded is undone: 4 of 9 orders are loaded; one in ten may be missing";
        assert_eq!(outcome.faults, [fault], "{mode:?}");
        let there: Vec<String> = site.warehouse.deliveries().unwrap().into_keys().collect();
        assert_eq!(there, left, "{mode:?}");
        let saved: u64 = outcome.totals.0.values().map(|total| total.orders).sum();
        assert_eq!(saved, outcome.loaded as u64, "{mode:?}: what is saved is of what is there");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_is_loaded_once_and_who_comes_later_undoes_nothing() {
    let folder = Folder::new("once");
    for (first, later) in [(Mode::Sequential, Mode::Batch), (Mode::Batch, Mode::Parallel)] {
        let site = site(0);
        run(first, &site, folder.deliveries(&["monday"])).await;
        let outcome = run(later, &site, folder.deliveries(&["monday"])).await;
        let [fault] = &outcome.faults[..] else { panic!("{later:?}: {outcome:#?}") };
        assert!(fault.ends_with("`monday` has been loaded before"), "{fault}");
        assert_eq!(site.warehouse.rows_of("monday").unwrap(), 8);
    }
    let site = site(0);
    let twice = [folder.deliveries(&["monday"]), folder.deliveries(&["monday"])].concat();
    let outcome = run(Mode::Batch, &site, twice).await;
    assert!(outcome.faults[0].ends_with("`monday` has been loaded before"), "{outcome:?}");
    assert_eq!(outcome.loaded, 0, "all of it or none");
}

fn rows(ids: &[&str]) -> Rows {
    let row = |id: &&str| Row {
        order_id: (*id).to_owned(),
        customer: "C1".to_owned(),
        country: "DE".to_owned(),
        cents: 100,
    };
    Rows(ids.iter().map(row).collect())
}

#[test]
fn loading_again_changes_nothing_and_a_group_is_loaded_whole_or_not() {
    let folder = Folder::new("whole");
    let file = folder.0.join("warehouse.db");
    let warehouse = Warehouse::open(&file).unwrap();
    let (a, b) = (rows(&["1", "2"]), rows(&["1", "poison"]));
    let group = [Load { by: "r/0", delivery: "a", rows: &a }, Load { by: "r/1", delivery: "b", rows: &b }];

    let other = rusqlite::Connection::open(&file).unwrap();
    let poison = "CREATE TRIGGER poison BEFORE INSERT ON orders WHEN NEW.order_id = 'poison'
                  BEGIN SELECT RAISE(ABORT, 'disk on fire'); END";
    other.execute_batch(poison).unwrap();
    assert!(matches!(warehouse.load(&group), Err(StoreError::Sqlite(why)) if why.contains("disk on fire")));
    assert!(warehouse.deliveries().unwrap().is_empty(), "`a` is not there without `b`");

    other.execute_batch("DROP TRIGGER poison").unwrap();
    for _ in 0..2 {
        assert_eq!(warehouse.load(&group).unwrap(), [Ok(2), Ok(2)]);
    }
    warehouse.unload("r/0", "b").unwrap();
    assert_eq!(warehouse.rows_of("b").unwrap(), 2, "that is somebody else's");
    warehouse.unload("r/1", "b").unwrap();
    assert_eq!((warehouse.rows_of("a").unwrap(), warehouse.rows_of("b").unwrap()), (2, 0));
}

fn program(arguments: &[&Path]) -> (bool, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_data-pipeline")).args(arguments).output().unwrap();
    let said = String::from_utf8(program.stdout).unwrap() + &String::from_utf8(program.stderr).unwrap();
    (program.status.success(), said)
}

#[test]
fn the_program_shows_its_own_deliveries() {
    let (well, said) = program(&[]);
    assert!(well, "{said}");
    for mode in ["sequential", "parallel", "batch"] {
        let lines =
            said.lines().filter(|line| line.starts_with(mode) && line.contains("    26    24      24     2"));
        assert_eq!(
            lines.count(),
            2,
            "{mode}: with a share that answers and one that does not at first\n{said}"
        );
    }
    assert_eq!(said.matches("friday: `verify` failed, what was loaded is undone").count(), 3, "{said}");
}

#[test]
fn the_program_loads_folders_into_a_database_once() {
    let folder = Folder::new("program");
    let deliveries = folder.deliveries(&["monday", "tuesday", "friday"]);
    let [monday, tuesday, friday] = &deliveries[..] else { unreachable!("there are three") };
    let database = &*folder.0.join("warehouse.db");

    let (well, said) = program(&[database, &monday.folder, &friday.folder]);
    assert!(!well && said.contains("nothing of this is loaded"), "{said}");
    let (well, said) = program(&[database, &monday.folder, &tuesday.folder]);
    assert!(well && said.contains("DE: 8 orders, 202.25"), "{said}");
    let (well, said) = program(&[database, &tuesday.folder.join("../tuesday")]);
    assert!(!well && said.contains("tuesday` has been loaded before"), "{said}");
    assert!(program(&[database]).1.contains("usage: data-pipeline"));
    assert!(program(&[database, Path::new("no-such-folder")]).1.contains("`no-such-folder`"));
}
