//! Whether a journal holds what was written to it: SQLite's own check of the file, the schema, and our checksum of every row.
//! Reads only. What takes more than one statement takes a [`Transaction`]: the owner may write between two, and what is of two moments
//! does not agree.

use rusqlite::{Connection, OptionalExtension as _, Result, Transaction};

use crate::ids::unsigned;
use crate::known::{ORIGIN, unfinished};
use crate::open::{ADDED, TABLES, VIEWS};
use crate::sum::{EntryNumbers, Sum, texts};

/// What is told of each table whose rows have a checksum: those of runs and facts are in the chains.
const ROWS: [(&str, &str); 10] = [
    (
        "request",
        "SELECT CAST(position AS TEXT) FROM request \
         WHERE sum IS NOT onex_sum(request, asked_unix_ms, asked_by, outcome, answered_unix_ms)",
    ),
    (
        "the journal's own row",
        "SELECT id FROM journal WHERE sum IS NOT onex_sum(id, transactions, unfinished)",
    ),
    (
        "the owner",
        "SELECT owner FROM owner WHERE sum IS NOT onex_sum(epoch, lease_id, owner, acquired_unix_ms)",
    ),
    ("plan", "SELECT fingerprint FROM plan WHERE sum IS NOT onex_sum(fingerprint, steps)"),
    ("run", "SELECT run FROM run WHERE sum IS NOT onex_sum(moved, ended_unix_ms, ended_as, chain)"),
    (
        "handled envelope",
        "SELECT envelope_id FROM inbox WHERE sum IS NOT onex_sum(envelope_id, subscriber, at_unix_ms)",
    ),
    (
        "state of a reducer",
        "SELECT node || ' ' || key FROM entity WHERE sum IS NOT onex_sum(node, key, version, state)",
    ),
    ("envelope", "SELECT envelope_id FROM outbox WHERE sum IS NOT onex_sum(envelope_id, envelope)"),
    (
        "timer of run",
        "SELECT run FROM timer WHERE sum IS NOT onex_sum(run, step, compensation, attempt, due_unix_ms)",
    ),
    ("dead letter", "SELECT CAST(position AS TEXT) FROM dead_letter WHERE sum IS NOT onex_sum(letter)"),
];

/// As [`ROWS`], of the tables that a file may be without, each by its name.
const ADDED_ROWS: [(&str, &str, &str); 1] = [(
    "begun",
    "the count of calls for envelope",
    "SELECT envelope_id FROM begun WHERE sum IS NOT onex_sum(envelope_id, subscriber, calls)",
)];

/// What is damaged, as far as it can be told: no more than `at_most`, and nothing that follows from what is told.
pub(crate) fn damage(connection: &Transaction<'_>, at_most: usize) -> Result<Vec<String>> {
    let mut found = column(connection, &format!("PRAGMA integrity_check({at_most})"), at_most)?;
    found.retain(|text| text != "ok");
    if !found.is_empty() {
        return Ok(found.iter().map(|text| format!("SQLite finds: {}", text.trim())).collect());
    }
    let (tables, _) = schema(connection)?;
    let is_there = |name: &str| tables.iter().any(|(there, _)| there == name);
    let may_miss = |name: &str| ADDED_ROWS.iter().any(|(added, ..)| *added == name) && !is_there(name);
    let is_as_made = |table| tables.contains(table);
    if let Some((name, _)) = expected()?.0.iter().find(|table| !is_as_made(table) && !may_miss(&table.0)) {
        return Ok(vec![format!("`{name}` is not as it was made")]);
    }
    let added = ADDED_ROWS.iter().filter(|(name, ..)| is_there(name)).map(|(_, what, sql)| (*what, *sql));
    for (what, sql) in ROWS.into_iter().chain(added) {
        let left = at_most - found.len();
        found.extend(
            column(connection, sql, left)?
                .iter()
                .map(|row| format!("{what} `{row}` is not what was written")),
        );
    }
    if found.is_empty() {
        found = chains(connection, at_most)?;
    }
    Ok(found)
}

/// Whether the views are those of this release.
pub(crate) fn has_its_views(connection: &Connection) -> Result<bool> {
    let (_, views) = schema(connection)?;
    Ok(expected()?.1.iter().all(|view| views.contains(view)))
}

/// Names and definitions.
type Definitions = Vec<(String, String)>;

/// Tables with their indices, and views.
fn schema(connection: &Connection) -> Result<(Definitions, Definitions)> {
    let sql = "SELECT name, sql, type = 'view' FROM sqlite_schema WHERE sql IS NOT NULL";
    let (mut tables, mut views) = (Vec::new(), Vec::new());
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let into = if row.get(2)? { &mut views } else { &mut tables };
        into.push((row.get(0)?, row.get(1)?));
    }
    Ok((tables, views))
}

fn expected() -> Result<(Definitions, Definitions)> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(TABLES)?;
    connection.execute_batch(ADDED)?;
    connection.execute_batch(VIEWS)?;
    schema(&connection)
}

fn column(connection: &Connection, sql: &str, at_most: usize) -> Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.take(at_most).collect()
}

/// Runs whose entries are not what was written, too few or too many.
fn chains(connection: &Transaction<'_>, at_most: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT id, run, chain, {ORIGIN} AS origin, plan IN (SELECT fingerprint FROM plan) AS has_plan \
         FROM run ORDER BY id"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut runs = statement.query([])?;
    let sql = "SELECT run, seq, at_unix_ms, active_ms, facts, details, chain, \
               iif(json_valid(facts), json_array_length(facts), 0) AS length FROM entry ORDER BY run, position";
    let mut statement = connection.prepare(sql)?;
    let mut entries = statement.query([])?;
    let mut entry = entries.next()?;
    while found.len() < at_most
        && let Some(run) = runs.next()?
    {
        let (id, name): (i64, String) = (run.get("id")?, run.get("run")?);
        let (mut chain, mut seq) = (Sum::of_column(run.get("origin")?), 0);
        let mut is_whole = true;
        while let Some(row) = entry
            && row.get::<_, i64>("run")? == id
        {
            let numbers = EntryNumbers::read(row)?;
            let details = row.get_ref("details")?.as_str_or_null()?;
            chain = numbers.after(chain, texts(row.get_ref("facts")?.as_str()?, details));
            is_whole &= numbers.seq == seq && chain.column() == row.get::<_, i64>("chain")?;
            seq = numbers.seq + row.get::<_, i64>("length")?;
            entry = entries.next()?;
        }
        let ended: Option<i64> = run.get("chain")?;
        if !is_whole || ended.is_some_and(|ended| ended != chain.column()) {
            found.push(format!("run `{name}` is not what was written"));
        } else if !run.get::<_, bool>("has_plan")? {
            found.push(format!("run `{name}` has lost its plan"));
        }
    }
    if found.is_empty() && entry.is_some() {
        found.push("there are facts of a run that is not there".to_owned());
    }
    if found.is_empty() && !is_unfinished_whole(connection)? {
        found.push(UNFINISHED.to_owned());
    }
    Ok(found)
}

/// What is told if [`is_unfinished_whole`] is not so.
pub(crate) const UNFINISHED: &str =
    "what happened last to a run that has not ended is missing, or such a run is";

/// Whether the runs that have not ended have come as far as was written: nothing of theirs is missing at the end.
pub(crate) fn is_unfinished_whole(connection: &Transaction<'_>) -> Result<bool> {
    let written: i64 = connection.query_row("SELECT unfinished FROM journal", [], |row| row.get(0))?;
    Ok(unfinished(connection)?.0 == written)
}

/// The journal's id and how many transactions it has; `None` if it does not say.
pub(crate) fn progress(connection: &Connection) -> Result<Option<(uuid::Uuid, u64)>> {
    let sql = "SELECT id, transactions FROM journal WHERE sum = onex_sum(id, transactions, unfinished)";
    let row = |row: &rusqlite::Row<'_>| {
        let crate::ids::Id(id) = row.get(0)?;
        Ok((id, unsigned(row.get(1)?)))
    };
    connection.query_row(sql, [], row).optional()
}
