//! When requests of others are looked for.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::mpsc;

/// Notices that somebody else has written: whoever asks something of the owner.
pub(super) struct Ring {
    /// Rung at first, for what was asked while nobody was there.
    bell: mpsc::Sender<()>,
    /// What SQLite says of the file; it changes when another connection has committed.
    version: Option<i64>,
    looked: Instant,
}

impl Ring {
    const EVERY: Duration = Duration::from_millis(100);

    pub(super) fn new(bell: mpsc::Sender<()>) -> Self {
        Ring { bell, version: None, looked: Instant::now() }
    }

    pub(super) fn due_in(&self) -> Duration {
        Self::EVERY.saturating_sub(self.looked.elapsed())
    }

    pub(super) fn look(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.version.is_some() && !self.due_in().is_zero() {
            return Ok(());
        }
        self.looked = Instant::now();
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version.replace(version) != Some(version) {
            // One that is rung already is heard.
            let _ = self.bell.try_send(());
        }
        Ok(())
    }
}
