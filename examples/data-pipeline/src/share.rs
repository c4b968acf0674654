//! The share on which deliveries lie. It is slow, and at times it is not there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{fs, io};

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::delivery::NoTable;

/// The way to the share.
#[derive(Debug, Default)]
pub struct Share {
    delay: Duration,
    refuses: AtomicU32,
    reads: AtomicU32,
}

/// Why a source cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceError {
    /// The share does not answer; perhaps later.
    Away {
        /// Which file was to be read.
        file: PathBuf,
    },
    /// The file cannot be read.
    Unreadable {
        /// Which.
        file: PathBuf,
        /// What the system says.
        why: String,
        /// It is not there, or not text: it is no use to read it again.
        for_good: bool,
    },
    /// What it contains is not what it should.
    NoTable {
        /// Which file.
        file: PathBuf,
        /// Where, and what is wrong there.
        why: String,
    },
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceError::Away { file } => write!(f, "`{}`: the share does not answer", file.display()),
            SourceError::Unreadable { file, why, .. } => {
                write!(f, "`{}` cannot be read: {why}", file.display())
            }
            SourceError::NoTable { file, why } => write!(f, "`{}`: {why}", file.display()),
        }
    }
}

impl Classify for SourceError {
    fn class(&self) -> FaultClass {
        match self {
            SourceError::Away { .. } | SourceError::Unreadable { for_good: false, .. } => {
                FaultClass::Retryable
            }
            SourceError::Unreadable { for_good: true, .. } | SourceError::NoTable { .. } => {
                FaultClass::Refused
            }
        }
    }
}

impl Share {
    /// One that takes `delay` for each file, and refuses the first reads, so many of them.
    #[must_use]
    pub fn flaky(delay: Duration, refuses: u32) -> Self {
        Share { delay, refuses: AtomicU32::new(refuses), reads: AtomicU32::new(0) }
    }

    /// How often somebody has tried to read from it.
    pub fn reads(&self) -> u32 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Reads a file of a delivery as what `parse` takes it for.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub async fn read<T>(
        &self,
        folder: &Path,
        name: &str,
        parse: fn(&str) -> Result<T, NoTable>,
    ) -> Result<T, SourceError> {
        let file = folder.join(name);
        self.reads.fetch_add(1, Ordering::Relaxed);
        sleep(self.delay).await;
        let refused =
            self.refuses.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if refused.is_ok() {
            return Err(SourceError::Away { file });
        }
        match fs::read_to_string(&file) {
            Ok(text) => parse(&text).map_err(|NoTable(why)| SourceError::NoTable { file, why }),
            Err(error) => {
                let for_good = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData);
                Err(SourceError::Unreadable { file, why: error.to_string(), for_good })
            }
        }
    }
}
