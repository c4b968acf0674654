//! Whether a journal holds what was written to it: SQLite's own check of the file, the schema, and our checksum of every row.
//! Reads only.

use rusqlite::{Connection, OptionalExtension as _, Result};

use crate::ids::unsigned;
use crate::open::{TABLES, VIEWS};
use crate::sum::{FactColumns, Sum};

/// What is told of each table whose rows have a checksum: those of runs and facts are in the chains.
const ROWS: [(&str, &str); 10] = [
    (
        "request",
        "SELECT CAST(position AS TEXT) FROM request \
         WHERE sum IS NOT onex_sum(request, asked_unix_ms, asked_by, outcome, answered_unix_ms)",
    ),
    ("the journal's own row", "SELECT id FROM journal WHERE sum IS NOT onex_sum(id, transactions)"),
    (
        "the owner",
        "SELECT owner FROM owner WHERE sum IS NOT onex_sum(epoch, lease_id, owner, acquired_unix_ms)",
    ),
    ("plan", "SELECT fingerprint FROM plan WHERE sum IS NOT onex_sum(fingerprint, steps)"),
    ("run", "SELECT run FROM run WHERE sum IS NOT onex_sum(chain, seq, active_ms, ended_unix_ms)"),
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

/// What is damaged, as far as it can be told: no more than `at_most`, and nothing that follows from what is told.
pub(crate) fn damage(connection: &Connection, at_most: usize) -> Result<Vec<String>> {
    let mut found = texts(connection, &format!("PRAGMA integrity_check({at_most})"), at_most)?;
    found.retain(|text| text != "ok");
    if !found.is_empty() {
        return Ok(found.iter().map(|text| format!("SQLite finds: {}", text.trim())).collect());
    }
    let (tables, _) = schema(connection)?;
    if let Some((name, _)) = expected()?.0.iter().find(|table| !tables.contains(table)) {
        return Ok(vec![format!("`{name}` is not as it was made")]);
    }
    for (what, sql) in ROWS {
        let left = at_most - found.len();
        found.extend(
            texts(connection, sql, left)?.iter().map(|row| format!("{what} `{row}` is not what was written")),
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
    connection.execute_batch(VIEWS)?;
    schema(&connection)
}

fn texts(connection: &Connection, sql: &str, at_most: usize) -> Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.take(at_most).collect()
}

/// Runs whose facts are not what was written, too few or too many.
fn chains(connection: &Connection, at_most: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let sql = "SELECT id, run, seq, chain, onex_sum(run, node, workflow, key, key_is_declared, version, plan, input, \
               envelope_id, correlation_id, envelope, on_duplicate, started_unix_ms) AS origin, \
               plan IN (SELECT fingerprint FROM plan) AS has_plan FROM run ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let mut runs = statement.query([])?;
    let sql = "SELECT run, seq, at_unix_ms, fact, output, error, reason FROM fact ORDER BY run, seq";
    let mut statement = connection.prepare(sql)?;
    let mut facts = statement.query([])?;
    let mut fact = facts.next()?;
    while found.len() < at_most
        && let Some(run) = runs.next()?
    {
        let (id, name): (i64, String) = (run.get("id")?, run.get("run")?);
        let (mut chain, mut seq) = (Sum::of_column(run.get("origin")?), 0);
        while let Some(row) = fact
            && row.get::<_, i64>("run")? == id
        {
            chain = FactColumns::read(row)?.after(chain);
            seq += 1;
            fact = facts.next()?;
        }
        let expected = unsigned(run.get("seq")?);
        if seq != expected {
            found.push(format!("run `{name}` has {seq} facts, and {expected} were written"));
        } else if chain != Sum::of_column(run.get("chain")?) {
            found.push(format!("run `{name}` is not what was written"));
        } else if !run.get::<_, bool>("has_plan")? {
            found.push(format!("run `{name}` has lost its plan"));
        }
    }
    if found.is_empty() && fact.is_some() {
        found.push("there are facts of a run that is not there".to_owned());
    }
    Ok(found)
}

/// The journal's id and how many transactions it has; `None` if it does not say.
pub(crate) fn progress(connection: &Connection) -> Result<Option<(uuid::Uuid, u64)>> {
    let sql = "SELECT id, transactions FROM journal WHERE sum = onex_sum(id, transactions)";
    let row = |row: &rusqlite::Row<'_>| {
        let crate::ids::Id(id) = row.get(0)?;
        Ok((id, unsigned(row.get(1)?)))
    };
    connection.query_row(sql, [], row).optional()
}
