//! The database that deliveries are loaded into. Knows nothing of workflows: who loads what is a text.
//!
//! Every change may be made twice: a step that was cut off is run again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use onex::{Classify, FaultClass};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::transform::{Rows, Total, Totals};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS orders (
        delivery TEXT NOT NULL, order_id TEXT NOT NULL, customer TEXT NOT NULL, country TEXT NOT NULL, cents INTEGER NOT NULL,
        loaded_by TEXT NOT NULL, PRIMARY KEY (delivery, order_id)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS totals (
        run TEXT NOT NULL, country TEXT NOT NULL, orders INTEGER NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY (run, country)
    ) STRICT;";

/// The connection to it.
#[derive(Debug)]
pub struct Warehouse(Mutex<Connection>);

/// What is to be loaded.
#[derive(Debug, Clone, Copy)]
pub struct Load<'a> {
    /// Who does; the same whenever it is tried again.
    pub by: &'a str,
    /// Which delivery.
    pub delivery: &'a str,
    /// What is in it.
    pub rows: &'a Rows,
}

/// Why the warehouse does not do what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreError {
    /// Somebody else has loaded this delivery.
    LoadedBefore {
        /// Which.
        delivery: String,
    },
    /// The database does not.
    Sqlite(String),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreError::LoadedBefore { delivery } => write!(f, "`{delivery}` has been loaded before"),
            StoreError::Sqlite(why) => write!(f, "the database says: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl Classify for StoreError {
    fn class(&self) -> FaultClass {
        match self {
            StoreError::LoadedBefore { .. } => FaultClass::Refused,
            StoreError::Sqlite(_) => FaultClass::Retryable,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Sqlite(error.to_string())
    }
}

impl Warehouse {
    /// The one in `file`, which is made if it is not there.
    ///
    /// # Errors
    /// It is no database, or cannot be made.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        Self::on(Connection::open(file)?)
    }

    /// One that is gone with the process.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::on(Connection::open_in_memory()?)
    }

    fn on(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(TABLES)?;
        Ok(Warehouse(Mutex::new(connection)))
    }

    /// Loads deliveries, all in one transaction, and says of each how many rows it has.
    ///
    /// # Errors
    /// Of each: somebody else has loaded it. Of all: the database fails, and nothing is loaded.
    pub fn load(&self, all: &[Load<'_>]) -> Result<Vec<Result<u32, StoreError>>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let loaded = all.iter().map(|load| load_one(&transaction, *load)).collect::<rusqlite::Result<_>>()?;
        transaction.commit()?;
        Ok(loaded)
    }

    /// Takes out what somebody has loaded of a delivery, and nothing that others have.
    ///
    /// # Errors
    /// The database fails; all of it is still there.
    pub fn unload(&self, by: &str, delivery: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM orders WHERE loaded_by = ?1 AND delivery = ?2";
        self.connection().execute(sql, [by, delivery])?;
        Ok(())
    }

    /// How many rows of a delivery are there.
    ///
    /// # Errors
    /// The database fails.
    pub fn rows_of(&self, delivery: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM orders WHERE delivery = ?1";
        Ok(self.connection().query_row(sql, [delivery], |row| row.get(0))?)
    }

    /// Saves what the rows of a run come to, in place of what was saved for it before.
    ///
    /// # Errors
    /// The database fails; nothing has changed.
    pub fn save(&self, run: &str, totals: &Totals) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM totals WHERE run = ?1", [run])?;
        for (country, total) in &totals.0 {
            let orders = i64::try_from(total.orders).unwrap_or(i64::MAX);
            let sql = "INSERT INTO totals (run, country, orders, cents) VALUES (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![run, country, orders, total.cents])?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes out what was saved for a run.
    ///
    /// # Errors
    /// The database fails; it is still there.
    pub fn forget(&self, run: &str) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM totals WHERE run = ?1", [run])?;
        Ok(())
    }

    /// How many rows were loaded of each delivery.
    ///
    /// # Errors
    /// The database fails.
    pub fn deliveries(&self) -> Result<BTreeMap<String, u32>, StoreError> {
        let connection = self.connection();
        let mut rows = connection.prepare("SELECT delivery, count(*) FROM orders GROUP BY delivery")?;
        Ok(rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// What was saved, over all runs.
    ///
    /// # Errors
    /// The database fails.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        let connection = self.connection();
        let mut rows =
            connection.prepare("SELECT country, sum(orders), sum(cents) FROM totals GROUP BY country")?;
        let total = |row: &rusqlite::Row<'_>| {
            let orders = u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
            Ok((row.get(0)?, Total { orders, cents: row.get(2)? }))
        };
        Ok(Totals(rows.query_map([], total)?.collect::<rusqlite::Result<_>>()?))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // Whoever panicked has rolled back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load_one(transaction: &Transaction<'_>, load: Load<'_>) -> rusqlite::Result<Result<u32, StoreError>> {
    let Load { by, delivery, rows } = load;
    let sql = "SELECT EXISTS (SELECT 1 FROM orders WHERE delivery = ?1 AND loaded_by <> ?2)";
    if transaction.query_row(sql, [delivery, by], |row| row.get(0))? {
        return Ok(Err(StoreError::LoadedBefore { delivery: delivery.to_owned() }));
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO orders (delivery, order_id, customer, country, cents, loaded_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
    )?;
    for row in &rows.0 {
        insert.execute(params![delivery, row.order_id, row.customer, row.country, row.cents, by])?;
    }
    let sql = "SELECT count(*) FROM orders WHERE delivery = ?1";
    transaction.query_row(sql, [delivery], |row| row.get(0)).map(Ok)
}
