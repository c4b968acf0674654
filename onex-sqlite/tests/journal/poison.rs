//! Messages that end their process, by what handles them and by what reads them: processes of this program that abort, on a file.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::{BegunCalls, Commit, DeadLetterCause, InboxMark, Journal as _};
use onex::message::Topic;
use onex::{Emit, Envelope, Event, Intent, Payload, Runtime, handler, orchestrator, reducer};
use onex_sqlite::{Check, Durable as _, Inspect, OpenError, Options, Sqlite, restore};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::support::{Folder, client, fill};

/// Where the journal of a process is that may abort.
const CHILD: &str = "ONEX_POISON_CHILD";
/// What such a process publishes.
const PUBLISHES: &str = "ONEX_POISON_PUBLISHES";

/// In a process that may abort.
static JOURNAL: OnceLock<PathBuf> = OnceLock::new();

/// A word that may end the process that handles it, or the one that reads it.
#[derive(Debug, Clone, Serialize)]
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Word(String::deserialize(deserializer)?);
        word.ends_if("read");
        Ok(word)
    }
}

impl Word {
    fn ends_if(&self, by: &str) {
        if let Some(journal) = JOURNAL.get()
            && self.0 == by
        {
            note(journal, &format!("ends {by}"));
            std::process::abort();
        }
    }

    fn is_handled(&self) {
        self.ends_if("handled");
        if let Some(journal) = JOURNAL.get() {
            note(journal, &format!("done {}", self.0));
        }
    }
}

/// Beside the journal; what is written outlives an abort.
fn note(journal: &Path, line: &str) {
    let mut file =
        OpenOptions::new().create(true).append(true).open(journal.with_extension("notes")).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

macro_rules! messages {
    ($derive:ident: $($message:ident)*) => {$(
        #[derive(Debug, Clone, $derive, Serialize, Deserialize)]
        struct $message {
            shelf: String,
            word: Word,
        }
    )*};
}

messages!(Event: Printed Counted Weighed Lent Returned);

#[derive(Debug, Clone, Intent, Serialize, Deserialize)]
#[intent("book.bind")]
struct BindBook {
    shelf: String,
    word: Word,
}

#[onex::effect(contract = "tests/contracts/poison/press.yaml")]
struct Press;

#[handler(event = press::Printed)]
async fn printed(event: &Printed) -> Emit<press::Printed> {
    event.word.is_handled();
    Emit::nothing()
}

#[handler(intent = press::BindBook)]
async fn bind_book(book: &BindBook) {
    book.word.is_handled();
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Stock {
    words: usize,
}

#[reducer(contract = "tests/contracts/poison/stock.yaml")]
struct Shelves;

#[handler(transition = shelves::Counted)]
fn counted(stock: &mut Stock, event: &Counted) {
    event.word.is_handled();
    stock.words += 1;
}

#[handler(transition = shelves::Weighed)]
fn weighed(stock: &mut Stock, event: &Weighed) {
    event.word.is_handled();
    stock.words += 1;
}

#[orchestrator(contract = "tests/contracts/poison/loans.yaml")]
struct Loans;

#[handler(step = loans::filed)]
fn filed(returned: &Returned) -> usize {
    returned.word.is_handled();
    returned.shelf.len()
}

/// A process: it handles what it finds, and ends well if nothing aborts it.
async fn process(path: &Path) {
    JOURNAL.set(path.to_owned()).unwrap();
    // What comes for a run that nobody has begun is refused at once.
    let nothing = Duration::ZERO;
    let settings = Settings { keep_early_events: nothing, dormant_after: nothing, ..Settings::default() };
    let builder = Runtime::builder(()).settings(settings);
    let builder = builder.mount::<Press>().mount::<Shelves>().mount::<Loans>();
    let runtime = builder.durable(path).await.unwrap();
    if let Ok(word) = std::env::var(PUBLISHES) {
        runtime.publish(Printed { shelf: "a".into(), word: Word(word) }).await.unwrap();
    }
    // Runs that wait for their event are left as they are.
    while runtime.load().in_flight > runtime.load().asleep {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    runtime.close(Duration::from_secs(20)).await;
}

/// Starts the test of this name again as a process of its own. True: it has ended well.
fn spawned(test: &str, path: &Path, publishes: Option<&str>) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(CHILD, path);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(word) = publishes {
        command.env(PUBLISHES, word);
    }
    command.status().unwrap().success()
}

/// Leaves messages in the outbox, as an owner that has ended: for each kind of word one, on this topic, the innocent beside it.
async fn leave(path: &Path, topic: &str, words: &[&str]) {
    let journal = Sqlite::open(path).unwrap();
    let lease = journal.acquire("the owner before").await.unwrap();
    for (number, word) in words.iter().enumerate() {
        let text = format!(r#"{{"shelf":"{}","word":"{word}"}}"#, number % 3);
        let payload = Payload::json(RawValue::from_string(text).unwrap());
        let id = Uuid::from_u128(number as u128 + 1);
        let sent = [Arc::new(Envelope::external(id, Topic::new(topic.to_owned()), payload))];
        journal.commit(&lease, Commit { outbox: &sent, ..Commit::default() }).await.unwrap();
    }
}

fn notes(path: &Path) -> Vec<String> {
    let notes = fs::read_to_string(path.with_extension("notes")).unwrap_or_default();
    notes.lines().map(str::to_owned).collect()
}

fn is_counted(path: &Path) -> bool {
    client(path).query_row("SELECT count(*) FROM begun", [], |row| row.get::<_, i64>(0)).unwrap() > 0
}

#[tokio::test]
async fn r14_a_message_ends_no_more_processes_than_it_may() {
    const TEST: &str = "poison::r14_a_message_ends_no_more_processes_than_it_may";
    if let Some(path) = std::env::var_os(CHILD) {
        return process(Path::new(&path)).await;
    }
    let folder = Folder::new();
    let of_words = ["one", "two", "three", "POISON", "four", "five", "six"];
    let cases = [
        ("onex.evt.press.printed.v1", &["handled", "read"][..]),
        ("onex.intent.book.bind.v1", &["handled", "read"]),
        ("onex.evt.stock.counted.v1", &["handled", "read"]),
        ("onex.evt.stock.weighed.v1", &["handled", "read"]),
        ("onex.evt.loans.lent.v1", &["read"]),
        ("onex.evt.loans.returned.v1", &["read"]),
    ];
    for (topic, by) in cases {
        for by in by {
            let name = format!("{} {by}", topic.replace('.', "-"));
            let path = folder.path(&format!("{name}.db"));
            let words = of_words.map(|word| if word == "POISON" { by } else { word });
            leave(&path, topic, &words).await;
            let processes = (0..9).take_while(|_| !spawned(TEST, &path, None)).count();
            assert_eq!(processes, 3, "{name}: {:?}", notes(&path));
            let ends = notes(&path).iter().filter(|line| **line == format!("ends {by}")).count();
            assert_eq!(ends, 3, "{name}");

            let look = Inspect::open(&path).unwrap();
            let letters = look.dead_letters(0, 99).unwrap();
            let gives_up = |cause: &DeadLetterCause| matches!(cause, DeadLetterCause::EndedProcess { .. });
            let given_up: Vec<_> = letters.iter().filter(|stored| gives_up(&stored.letter.cause)).collect();
            let [stored] = &given_up[..] else { panic!("{name}: {letters:?}") };
            assert!(stored.letter.envelope.payload.as_ref().unwrap().get().contains(by), "{stored:?}");
            // Without its key, which nobody can read, nothing can wait behind it.
            let parks = topic.contains("weighed") && *by == "handled";
            assert_eq!(stored.is_parked, parks, "{name}");
            assert!(!is_counted(&path), "{name}");
            assert_eq!(look.damage(9).unwrap(), Vec::<String>::new());

            let behind = if parks { 1 } else { 0 };
            let done = |word: &str| notes(&path).iter().any(|line| *line == format!("done {word}"));
            let innocent = words.iter().filter(|word| *word != by);
            let is_handled_here = !topic.contains("loans");
            let lost: Vec<_> = innocent.filter(|word| is_handled_here && !done(word)).collect();
            assert_eq!(lost.len(), behind, "{name}: {lost:?} of {:?}", notes(&path));
            if topic.contains("lent") {
                // Two of each key, and the second of a key is refused.
                let count = "SELECT count(*) FROM run";
                let runs: i64 = client(&path).query_row(count, [], |row| row.get(0)).unwrap();
                assert_eq!(runs, 3, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn r14_a_message_may_end_the_process_that_has_published_it_and_three_more() {
    const TEST: &str = "poison::r14_a_message_may_end_the_process_that_has_published_it_and_three_more";
    if let Some(path) = std::env::var_os(CHILD) {
        return process(Path::new(&path)).await;
    }
    let folder = Folder::new();
    let path = folder.path("press.db");
    assert!(!spawned(TEST, &path, Some("handled")), "it aborts");
    assert!(!is_counted(&path), "the first call costs nothing");
    let processes = (0..9).take_while(|_| !spawned(TEST, &path, Some("an innocent one"))).count();
    assert_eq!(processes, 3);
    assert_eq!(notes(&path).iter().filter(|line| *line == "ends handled").count(), 4);
    let letters = Inspect::open(&path).unwrap().dead_letters(0, 9).unwrap();
    let [stored] = &letters[..] else { panic!("{letters:?}") };
    assert!(matches!(stored.letter.cause, DeadLetterCause::EndedProcess { calls: 3, .. }), "{stored:?}");
}

/// One row of the table, and the id of its envelope.
async fn counts_one(path: &Path) -> Uuid {
    fill(&Sqlite::open(path).unwrap(), 0..1).await;
    let journal = Sqlite::open(path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let envelope_id = Uuid::from_u128(77);
    let calls = [BegunCalls {
        mark: InboxMark { subscriber: "node_press_effect/printed".into(), envelope_id },
        calls: 2,
    }];
    journal.commit(&lease, Commit { calls: &calls, ..Commit::default() }).await.unwrap();
    envelope_id
}

#[tokio::test]
async fn r14_a_count_that_was_changed_is_told() {
    let folder = Folder::new();
    let path = folder.path("press.db");
    let envelope_id = counts_one(&path).await;
    client(&path).execute("UPDATE begun SET calls = 1 WHERE calls = 2", []).unwrap();
    let told = format!("the count of calls for envelope `{envelope_id}` is not what was written");
    assert!(Inspect::open(&path).unwrap().damage(9).unwrap().contains(&told));
    let Err(OpenError::Damaged { .. }) = Sqlite::open(&path) else { panic!("it was changed") };
    let unfinished = Options::default().check(Check::Unfinished);
    let journal = Sqlite::open_with(&path, unfinished).unwrap();
    let refused = journal.begun().await.unwrap_err().to_string();
    assert!(refused.contains("how often a handler was called"), "looked at when it is read: {refused}");
}

#[tokio::test]
async fn r14_a_backup_has_what_is_counted() {
    let folder = Folder::new();
    let (path, copy, back) = (folder.path("press.db"), folder.path("copy.db"), folder.path("back.db"));
    counts_one(&path).await;
    let before = Sqlite::open(&path).unwrap().begun().await.unwrap();
    assert_eq!(before.len(), 2);
    Inspect::open(&path).unwrap().backup(&copy).unwrap();
    restore(&copy, &back, false).unwrap();
    assert_eq!(Sqlite::open(&back).unwrap().begun().await.unwrap(), before);
}

/// A file that a release wrote which counted nothing.
#[tokio::test]
async fn r14_a_file_without_counts_is_whole_and_is_given_them_by_its_next_owner() {
    let folder = Folder::new();
    let path = folder.path("press.db");
    fill(&Sqlite::open(&path).unwrap(), 0..3).await;
    client(&path).execute_batch("DROP TABLE begun").unwrap();
    let look = Inspect::open(&path).unwrap();
    assert_eq!(look.damage(9).unwrap(), Vec::<String>::new());
    look.backup(folder.path("copy.db")).unwrap();
    drop(look);
    let journal = Sqlite::open(&path).unwrap();
    assert_eq!(journal.begun().await.unwrap(), []);
    drop(journal);
    assert!(!is_counted(&path), "it is there");
    // One that is there and is another is no older file.
    client(&path).execute_batch("DROP TABLE begun; CREATE TABLE begun (calls INTEGER)").unwrap();
    let Err(OpenError::Damaged { what, .. }) = Sqlite::open(&path) else { panic!("it is another") };
    assert_eq!(what, "`begun` is not as it was made");
}
