//! Opening the file: what it must be, and what SQLite must promise before anything is written.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use onex::journal::Durability;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use uuid::Uuid;

use crate::error::OpenError;
use crate::lock::{self, OwnerLock};
use crate::mark::Mark;
use crate::options::{Check, Options};
use crate::{log, sum, verify};

pub(crate) const TABLES: &str = include_str!("schema.sql");
/// What the format has got since: a file that an earlier release has made is given it by its next owner, and is whole without.
pub(crate) const ADDED: &str = include_str!("added.sql");
pub(crate) const VIEWS: &str = include_str!("views.sql");

/// To find the letters of parked messages. No part of the tables: a file of a release that parked nothing has none until it is
/// opened by its next owner, and is read without.
const PARKED: &str = "CREATE INDEX IF NOT EXISTS dead_letter_parked \
    ON dead_letter (letter ->> '$.envelope.envelope_id') WHERE letter ->> '$.parked.key' IS NOT NULL";

/// `onex` in ASCII, in the header of the file.
const APPLICATION_ID: i64 = 0x6f6e_6578;
const FORMAT: i64 = 4;
/// Older ones can corrupt a file in WAL mode: a checkpoint and a reset of the log that race.
const OLDEST_SQLITE: (i32, &str) = (3_051_003, "3.51.3");
/// How long another client may keep a transaction of its own open before that is an error.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is left of the log after a checkpoint is cut to this: 64 MiB.
const LOG_KEPT: i64 = 64 << 20;
const STATEMENTS_KEPT: usize = 64;

/// The connection that writes, and how far the journal has come. Nothing is written before all is checked.
pub(crate) fn writer(
    path: &Path,
    lock: &mut OwnerLock,
    options: Options,
) -> Result<(Connection, Mark), OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE.0 {
        return Err(OpenError::OldSqlite { found: rusqlite::version(), needed: OLDEST_SQLITE.1 });
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |source| failed(path, source);
    if !path.exists() {
        // What was noted was of a journal that somebody has taken away.
        lock.note(None).map_err(|source| OpenError::Lock { path: lock.path().to_owned(), source })?;
    }
    let mut connection = connect(path, flags, options.vfs).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    sum::teach(&connection).map_err(failed)?;
    // A log that is found wanting stays as it is, for whoever wants to look into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    let is_new = is_new(path, &connection)?;
    check(path, &connection, is_new, (lock.found(), lock.path()), options.check)?;
    promise(path, &connection, "journal_mode", "WAL", "wal")?;
    promise(path, &connection, "synchronous", "FULL", "2")?;
    // Where a sync does not reach the disk's own cache unless it is asked to (macOS).
    promise(path, &connection, "fullfsync", "ON", "1")?;
    promise(path, &connection, "checkpoint_fullfsync", "ON", "1")?;
    // The writer checkpoints itself, after it has acknowledged, and looks at the outcome.
    promise(path, &connection, "wal_autocheckpoint", "0", "0")?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT).map_err(failed)?;
    if is_new {
        create(&mut connection).map_err(failed)?;
    } else {
        write_log_anew(path, &mut connection, options)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed)?;
    sign(&mut connection, options).map_err(failed)?;
    if options.durability == Durability::Relaxed {
        // Only now: that there is a journal is on the disk.
        promise(path, &connection, "synchronous", "NORMAL", "1")?;
    }
    ready(path, connection)
}

/// The one connection of a journal in memory, and that nothing has happened in it. Nobody else can have it, and nothing of it comes
/// to a disk: there is nothing to lock, to check or to sync.
pub(crate) fn memory(path: &Path, options: Options) -> Result<(Connection, Mark), OpenError> {
    let failed = |source| failed(path, source);
    let mut connection = Connection::open_in_memory().map_err(failed)?;
    sum::teach(&connection).map_err(failed)?;
    // What is sorted is not, either.
    promise(path, &connection, "temp_store", "MEMORY", "2")?;
    create(&mut connection).map_err(failed)?;
    sign(&mut connection, options).map_err(failed)?;
    ready(path, connection)
}

fn ready(path: &Path, connection: Connection) -> Result<(Connection, Mark), OpenError> {
    let failed = |source| failed(path, source);
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // Otherwise statements are compiled again for other values, to find that the plan is the same.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    let progress = verify::progress(&connection).map_err(failed)?;
    let (journal, transactions) = progress.ok_or_else(|| does_not_say(path))?;
    Ok((connection, Mark { journal, transactions }))
}

/// Whether the journal ends where it was synced, and holds what was written.
fn check(
    path: &Path,
    connection: &Connection,
    is_new: bool,
    (mark, noted): (Option<Mark>, &Path),
    check: Check,
) -> Result<(), OpenError> {
    let failed = |source| failed(path, source);
    let shortened =
        |found, synced| OpenError::Shortened { path: path.to_owned(), mark: noted.to_owned(), found, synced };
    if is_new {
        return mark.map_or(Ok(()), |mark| Err(shortened(0, mark.transactions)));
    }
    // All of one moment: who asks something of an owner opens the journal while that writes.
    let connection = &connection.unchecked_transaction().map_err(failed)?;
    if check == Check::Everything
        && let Some(what) = verify::damage(connection, 1).map_err(failed)?.pop()
    {
        return Err(OpenError::Damaged { path: path.to_owned(), what });
    }
    let progress = verify::progress(connection).map_err(failed)?;
    let (journal, transactions) = progress.ok_or_else(|| does_not_say(path))?;
    if check == Check::Unfinished && !verify::is_unfinished_whole(connection).map_err(failed)? {
        return Err(OpenError::Damaged { path: path.to_owned(), what: verify::UNFINISHED.to_owned() });
    }
    match mark {
        Some(mark) if mark.journal == journal && mark.transactions > transactions => {
            Err(shortened(transactions, mark.transactions))
        }
        _ => Ok(()),
    }
}

fn does_not_say(path: &Path) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), what: "it does not say how far it has come".to_owned() }
}

/// A connection that asks something of the owner, beside it or before there is one. It is checked that the journal ends where
/// it was synced, since whoever closes it last puts the log into the file.
pub(crate) fn asker(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source| failed(path, source);
    let noted = lock::beside(path);
    // Read before the journal is: the owner may go on meanwhile.
    let mark = std::fs::read(&noted).ok().and_then(|bytes| Mark::read(&bytes));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    sum::teach(&connection).map_err(failed)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    if is_new(path, &connection)? {
        return Err(OpenError::NotAJournal { path: path.to_owned() });
    }
    check(path, &connection, false, (mark, &noted), Check::Unfinished)?;
    promise(path, &connection, "synchronous", "FULL", "2")?;
    promise(path, &connection, "fullfsync", "ON", "1")?;
    promise(path, &connection, "wal_autocheckpoint", "0", "0")?;
    Ok(connection)
}

/// A connection that reads. Expects the file to be a journal.
pub(crate) fn reader(path: &Path, vfs: Option<&str>) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |source| failed(path, source);
    let connection = connect(path, flags, vfs).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    sum::teach(&connection).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> rusqlite::Result<Connection> {
    match vfs {
        Some(name) => Connection::open_with_flags_and_vfs(path, flags, name),
        None => Connection::open_with_flags(path, flags),
    }
}

/// SQLite's write-ahead log of the file at `path`.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("-wal");
    name.into()
}

/// Whether the file is empty. Changes nothing.
pub(crate) fn is_new(path: &Path, connection: &Connection) -> Result<bool, OpenError> {
    let failed = |source| failed(path, source);
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id").map_err(failed)?;
    let found = number("PRAGMA user_version").map_err(failed)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(failed)?;
    match (application, found, tables) {
        (0, 0, 0) => Ok(true),
        (APPLICATION_ID, FORMAT, _) => Ok(false),
        (APPLICATION_ID, found, _) => {
            Err(OpenError::OtherFormat { path: path.to_owned(), found, known: FORMAT })
        }
        _ => Err(OpenError::NotAJournal { path: path.to_owned() }),
    }
}

/// Sets a pragma and asks whether it holds.
fn promise(
    path: &Path,
    connection: &Connection,
    pragma: &'static str,
    value: &str,
    answer: &str,
) -> Result<(), OpenError> {
    let failed = |source| failed(path, source);
    // To its end, whether it answers or not: the file is changed after the answer, and that may fail.
    connection.pragma(None, pragma, value, |_| Ok(())).map_err(failed)?;
    let found = connection.pragma_query_value(None, pragma, |row| {
        Ok(match row.get_ref(0)? {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str()?.to_owned(),
        })
    });
    let found = found.map_err(failed)?;
    if found == answer { Ok(()) } else { Err(OpenError::Refused { path: path.to_owned(), pragma, found }) }
}

/// Nobody else adds to the log meanwhile.
fn write_log_anew(path: &Path, connection: &mut Connection, options: Options) -> Result<(), OpenError> {
    let failed = |source| failed(path, source);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let log = log_of(path);
    let write_anew = options.write_anew.unwrap_or(log::write_anew);
    write_anew(&log).map_err(|source| OpenError::Log { path: log, source })?;
    transaction.rollback().map_err(failed)
}

/// One transaction: a crash leaves a file that is empty, or one that is a journal.
fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(VIEWS)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    let created_by =
        "INSERT INTO meta (name, value) VALUES ('created by onex', ?1), ('created with sqlite', ?2)";
    transaction.execute(created_by, (env!("CARGO_PKG_VERSION"), rusqlite::version()))?;
    let id = Uuid::from_u128(fastrand::u128(..)).hyphenated().to_string();
    let begin = "INSERT INTO journal (one, id, transactions, unfinished, sum) VALUES (0, ?1, 0, 0, onex_sum(?1, 0, 0))";
    transaction.execute(begin, [id])?;
    transaction.commit()
}

/// Says which release writes it now, and gives it that one's views.
fn sign(connection: &mut Connection, options: Options) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if !verify::has_its_views(&transaction)? {
        for view in ["fact", "runs", "steps", "attempts", "dead_letters", "timers", "plans"] {
            transaction.execute_batch(&format!("DROP VIEW IF EXISTS {view}"))?;
        }
        transaction.execute_batch(VIEWS)?;
    }
    transaction.execute_batch(ADDED)?;
    transaction.execute_batch(PARKED)?;
    let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES ('opened by onex', ?1), \
               ('opened with sqlite', ?2), ('durability', ?3)";
    let durability = options.durability.to_string();
    transaction.execute(sql, (env!("CARGO_PKG_VERSION"), rusqlite::version(), durability))?;
    transaction.commit()
}

fn failed(path: &Path, source: rusqlite::Error) -> OpenError {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotAJournal { path: path.to_owned() },
        Some(ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: path.to_owned(), what: format!("SQLite finds: {source}") }
        }
        _ => OpenError::Sqlite { path: path.to_owned(), source },
    }
}
