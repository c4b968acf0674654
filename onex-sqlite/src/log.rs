//! SQLite's write-ahead log, written anew by whoever opens a journal.
//!
//! What is read of the log is what the system remembers of it. Where a sync of it failed, some of that may never have come to the disk,
//! and no later sync would say so: what is acknowledged behind such a hole would be lost with it at a power failure, and a checkpoint that
//! is cut off in the middle could not be made good. Bytes that are written again, though they are the same, are synced again.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// So much at once.
const PIECE: usize = 256 * 1024;

/// Writes each byte of the log where it is, and syncs. Nothing, if there is no log.
pub(crate) fn write_anew(log: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().read(true).write(true).open(log) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let length = file.read(&mut piece)?;
        if length == 0 {
            return file.sync_all();
        }
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&piece[..length])?;
        at += length as u64;
    }
}
