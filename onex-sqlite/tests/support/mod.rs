//! A folder that is gone with its test.
#![allow(dead_code, unreachable_pub)] // each test program uses its part of it

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use onex::journal::conformance::Store;
use onex_sqlite::Sqlite;
use rusqlite::Connection;

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("onex-sqlite-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Journals in files of one folder.
pub struct OnDisk {
    folder: Folder,
    made: AtomicU64,
}

impl OnDisk {
    pub fn new() -> Self {
        OnDisk { folder: Folder::new(), made: AtomicU64::new(0) }
    }
}

impl Store for OnDisk {
    type Journal = Sqlite;

    fn empty(&self) -> Sqlite {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Sqlite::open(self.folder.path(&format!("{number}.db"))).unwrap()
    }

    fn reopened(&self, journal: Sqlite) -> Sqlite {
        let path = journal.path().to_owned();
        drop(journal);
        Sqlite::open(path).unwrap()
    }
}

/// Another client, as a person's.
pub fn client(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}
