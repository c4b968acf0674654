//! Files that are cut, flipped, taken away or put back: refused with a message that says what is wrong, or whole. Never
//! silently less than was acknowledged.

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use onex::journal::{EntityId, Journal as _};
use onex::message::RunId;
use onex_sqlite::{Check, OpenError, Options, Sqlite};
use uuid::Uuid;

use crate::support::{Folder, client, fill};

const JOURNAL: &str = "orders.db";
const FILES: [&str; 3] = ["orders.db", "orders.db-wal", "orders.db-owner"];

/// A journal whose process was killed: half of it in the file, half in the log.
async fn killed(folder: &Folder) -> PathBuf {
    let (live, copy) = (folder.path("live"), folder.path("killed"));
    fs::create_dir_all(&live).unwrap();
    fs::create_dir_all(&copy).unwrap();
    fill(&Sqlite::open(live.join(JOURNAL)).unwrap(), 0..40).await;
    let journal = Sqlite::open(live.join(JOURNAL)).unwrap();
    fill(&journal, 40..80).await;
    for file in FILES {
        fs::copy(live.join(file), copy.join(file)).unwrap();
    }
    copy
}

/// A journal that was closed.
async fn closed(folder: &Folder) -> PathBuf {
    let copy = folder.path("closed");
    fs::create_dir_all(&copy).unwrap();
    fill(&Sqlite::open(copy.join(JOURNAL)).unwrap(), 0..80).await;
    copy
}

/// Every row of every table.
fn content(path: &Path) -> Vec<String> {
    let connection = client(path);
    let mut rows = Vec::new();
    for table in
        ["journal", "run", "entry", "plan", "inbox", "entity", "outbox", "begun", "timer", "dead_letter"]
    {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let found = statement.query_map([], |row| {
            let cells: rusqlite::Result<Vec<_>> =
                (0..columns).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect();
            Ok(format!("{table}: {}", cells?.join(" | ")))
        });
        rows.extend(found.unwrap().map(Result::unwrap));
    }
    rows
}

fn copy_of(original: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    for file in FILES {
        if original.join(file).exists() {
            fs::copy(original.join(file), into.join(file)).unwrap();
        }
    }
}

/// The file and its log, which SQLite makes where there is none.
fn bytes(folder: &Path) -> Vec<Vec<u8>> {
    FILES[..2].iter().map(|file| fs::read(folder.join(file)).unwrap_or_default()).collect()
}

/// What is done to one file of a journal.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip {
        byte: usize,
        bit: u8,
    },
    Cut {
        at: usize,
    },
    /// A sector that was never written.
    Zero {
        sector: usize,
    },
}

impl Damage {
    fn random(random: &mut Rng, length: usize) -> Self {
        match random.u8(..5) {
            0 => Damage::Cut { at: random.usize(..length) },
            1 => Damage::Zero { sector: random.usize(..length.div_ceil(512)) },
            // What is at the start of a page says what the page is.
            2 => {
                let page = random.usize(..length.div_ceil(4096)) * 4096;
                Damage::Flip { byte: (page + random.usize(..110)).min(length - 1), bit: random.u8(..8) }
            }
            _ => Damage::Flip { byte: random.usize(..length), bit: random.u8(..8) },
        }
    }

    fn apply(self, path: &Path) {
        let mut bytes = fs::read(path).unwrap();
        match self {
            Damage::Flip { byte, bit } => bytes[byte] ^= 1 << bit,
            Damage::Cut { at } => bytes.truncate(at),
            Damage::Zero { sector } => {
                bytes.iter_mut().skip(sector * 512).take(512).for_each(|byte| *byte = 0);
            }
        }
        fs::write(path, bytes).unwrap();
    }
}

/// Damages copies of a journal one after the other; gives back how many were refused.
fn damages(folder: &Folder, original: &Path, file: &str, how_many: usize, seed: u64) -> usize {
    let whole = folder.path("whole");
    copy_of(original, &whole);
    drop(Sqlite::open(whole.join(JOURNAL)).unwrap());
    let expected = content(&whole.join(JOURNAL));
    let length = fs::metadata(original.join(file)).unwrap().len() as usize;
    let mut random = Rng::with_seed(seed);
    let mut refused = 0;
    for _ in 0..how_many {
        let damage = Damage::random(&mut random, length);
        let copy = folder.path("damaged");
        copy_of(original, &copy);
        damage.apply(&copy.join(file));
        let before = bytes(&copy);
        match Sqlite::open(copy.join(JOURNAL)) {
            Ok(journal) => {
                drop(journal);
                assert!(content(&copy.join(JOURNAL)) == expected, "{damage:?} of {file} was not noticed");
            }
            Err(error) => {
                refused += 1;
                assert!(
                    !matches!(error, OpenError::Held { .. } | OpenError::Lock { .. } | OpenError::Thread(_)),
                    "{damage:?} of {file}: {error}"
                );
                assert!(error.to_string().contains(JOURNAL), "{error}");
                assert!(before == bytes(&copy), "{damage:?} of {file}: it was changed by whoever refused it");
            }
        }
        fs::remove_dir_all(copy).unwrap();
    }
    fs::remove_dir_all(whole).unwrap();
    refused
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

#[tokio::test]
async fn damage_of_the_file_is_refused_or_hurts_nothing() {
    let (folder, seed) = (Folder::new(), variable("ONEX_DAMAGE_SEED", fastrand::u64(..)));
    println!("ONEX_DAMAGE_SEED={seed}");
    let how_many = variable("ONEX_DAMAGES", 150) as usize;
    let closed = closed(&folder).await;
    let refused = damages(&folder, &closed, "orders.db", how_many, seed);
    assert!(refused * 2 > how_many, "{refused} of {how_many}");
    let killed = killed(&folder).await;
    let refused = damages(&folder, &killed, "orders.db", how_many, seed);
    println!("{refused} of {how_many} refused");
}

#[tokio::test]
async fn damage_of_the_log_is_refused_or_hurts_nothing() {
    let (folder, seed) = (Folder::new(), variable("ONEX_DAMAGE_SEED", fastrand::u64(..)));
    println!("ONEX_DAMAGE_SEED={seed}");
    let how_many = variable("ONEX_DAMAGES", 150) as usize;
    let killed = killed(&folder).await;
    let refused = damages(&folder, &killed, "orders.db-wal", how_many, seed);
    // Each frame of the log has a checksum of SQLite's: what is damaged ends the log, and that is what is noticed.
    assert!(refused * 4 > how_many * 3, "{refused} of {how_many}");
}

#[tokio::test]
async fn damage_of_the_mark_hurts_nothing() {
    let (folder, seed) = (Folder::new(), variable("ONEX_DAMAGE_SEED", fastrand::u64(..)));
    println!("ONEX_DAMAGE_SEED={seed}");
    let killed = killed(&folder).await;
    assert_eq!(damages(&folder, &killed, "orders.db-owner", 60, seed), 0);
}

#[tokio::test]
async fn a_log_that_is_taken_away_is_missed() {
    let folder = Folder::new();
    let killed = killed(&folder).await;
    fs::remove_file(killed.join("orders.db-wal")).unwrap();
    let refused = Sqlite::open(killed.join(JOURNAL)).unwrap_err();
    let OpenError::Shortened { found, synced, .. } = refused else { panic!("{refused}") };
    assert_eq!(synced - found, 81, "an acquisition, and two commits of each run");
    let text = refused.to_string();
    assert!(text.contains("orders.db-owner") && text.contains(&synced.to_string()), "{text}");

    // Still so for the next who asks, until somebody decides to go on without.
    assert!(matches!(Sqlite::open(killed.join(JOURNAL)).unwrap_err(), OpenError::Shortened { .. }));
    fs::remove_file(killed.join("orders.db-owner")).unwrap();
    assert_eq!(Sqlite::open(killed.join(JOURNAL)).unwrap().runs().await.unwrap().len(), 40);
}

#[tokio::test]
async fn an_older_copy_or_an_empty_file_in_its_place_is_noticed_and_another_journal_is_not_minded() {
    let folder = Folder::new();
    let path = folder.path(JOURNAL);
    fill(&Sqlite::open(&path).unwrap(), 0..3).await;
    fs::copy(&path, folder.path("older.db")).unwrap();
    fill(&Sqlite::open(&path).unwrap(), 3..5).await;

    fs::copy(folder.path("older.db"), &path).unwrap();
    assert!(matches!(Sqlite::open(&path).unwrap_err(), OpenError::Shortened { .. }));
    fs::write(&path, "").unwrap();
    let refused = Sqlite::open(&path).unwrap_err();
    assert!(matches!(refused, OpenError::Shortened { found: 0, .. }), "{refused}");

    fill(&Sqlite::open(folder.path("another.db")).unwrap(), 0..1).await;
    fs::copy(folder.path("another.db"), &path).unwrap();
    assert_eq!(Sqlite::open(&path).unwrap().runs().await.unwrap().len(), 1);
    fs::remove_file(&path).unwrap();
    assert_eq!(
        Sqlite::open(&path).unwrap().runs().await.unwrap().len(),
        0,
        "who takes it away wants a new one"
    );
}

/// Rows that somebody changed, on a journal that does not look at what is over when it is opened.
#[tokio::test]
async fn what_is_over_is_checked_when_it_is_read() {
    let folder = Folder::new();
    let path = folder.path(JOURNAL);
    fill(&Sqlite::open(&path).unwrap(), 0..3).await;
    let changes = [
        ("UPDATE entry SET details = '{\"0\":{\"output\":[1]}}' WHERE details IS NOT NULL", "run `"),
        ("UPDATE entry SET facts = replace(facts, '_started\"},', '_started\"') WHERE run = 1", "run `"),
        ("UPDATE entry SET at_unix_ms = at_unix_ms + 1 WHERE run = 1 AND seq = 0", "run `"),
        ("UPDATE entry SET active_ms = 0", "run `"),
        ("UPDATE entry SET chain = chain + 1 WHERE run = 3 AND seq = 2", "run `"),
        ("UPDATE run SET input = '\"another\"' WHERE id = 1", "run `"),
        ("UPDATE run SET ended_as = 'failed' WHERE ended_as IS NOT NULL", "run `"),
        ("UPDATE run SET moved = 0", "run `"),
        ("UPDATE plan SET steps = '[\"charge\",\"reserve\"]'", "plan `"),
        ("UPDATE entity SET version = version + 1", "state of a reducer `"),
        ("UPDATE outbox SET envelope = replace(envelope, '1', '2')", "envelope `"),
        ("UPDATE timer SET due_unix_ms = 0", "timer of run `"),
        ("UPDATE dead_letter SET letter = replace(letter, '5', '6')", "dead letter `"),
        ("UPDATE inbox SET subscriber = 'node_shop/place'", "handled envelope `"),
        ("DELETE FROM entry WHERE run = 3 AND seq = 0", "run `"),
        ("DELETE FROM entry WHERE run = 3 AND seq = 2", "run `"),
        ("DELETE FROM run WHERE id = 3", "there are facts"),
        ("DROP INDEX run_unfinished", "`run_unfinished` is not"),
    ];
    for (change, what) in changes {
        let copy = folder.path("copy.db");
        fs::copy(&path, &copy).unwrap();
        client(&copy).execute_batch(change).unwrap();
        let refused = Sqlite::open(&copy).unwrap_err();
        let OpenError::Damaged { what: found, .. } = &refused else { panic!("{change}: {refused}") };
        assert!(found.contains(what), "{change}: {refused}");

        let unchecked = Options::default().check(Check::Unfinished);
        let journal = Sqlite::open_with(&copy, unchecked).unwrap();
        let mut errors = Vec::new();
        for id in 0..3 {
            errors.extend(journal.run(RunId(Uuid::from_u128(id))).await.err());
            let entity = EntityId { node: "node_ledger".into(), key: id.to_string().into() };
            errors.extend(journal.entity(&entity).await.err());
        }
        errors.extend(journal.outbox().await.err());
        errors.extend(journal.timers().await.err());
        errors.extend(journal.dead_letters().await.err());
        let is_found_by_search =
            !["inbox", "DELETE FROM run", "DROP"].iter().any(|word| change.contains(word));
        assert_eq!(!errors.is_empty(), is_found_by_search, "{change}: {errors:?}");
        drop(journal);
        for file in ["copy.db", "copy.db-owner"] {
            fs::remove_file(folder.path(file)).unwrap();
        }
    }
}

/// Nothing but the sum over all runs that have not ended says how far such a run has come.
#[tokio::test]
async fn what_a_run_that_goes_on_did_last_is_missed() {
    let folder = Folder::new();
    let path = folder.path(JOURNAL);
    fill(&Sqlite::open(&path).unwrap(), 0..5).await;
    for (change, what) in [
        ("DELETE FROM entry WHERE run = 2 AND seq = 2", "has not ended"),
        ("DELETE FROM entry WHERE run = 2; DELETE FROM run WHERE id = 2", "has not ended"),
        ("UPDATE journal SET unfinished = unfinished + 1", "journal"),
    ] {
        let copy = folder.path("copy.db");
        fs::copy(&path, &copy).unwrap();
        client(&copy).execute_batch(change).unwrap();
        for check in [Check::Everything, Check::Unfinished] {
            let refused = Sqlite::open_with(&copy, Options::default().check(check)).unwrap_err();
            let OpenError::Damaged { what: found, .. } = &refused else { panic!("{change}: {refused}") };
            assert!(found.contains(what) || found.contains("how far"), "{change}: {refused}");
        }
        fs::remove_file(copy).unwrap();
        fs::remove_file(folder.path("copy.db-owner")).unwrap();
    }
}
