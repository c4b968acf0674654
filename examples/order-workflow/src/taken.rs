//! Which lines the runtime has acknowledged, kept beside its journal: such a line is never delivered again, so an order
//! that the runtime loses after that is lost for all to see.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// The offsets of acknowledged lines.
#[derive(Debug)]
pub struct Taken {
    offsets: HashSet<u64>,
    file: File,
}

impl Taken {
    /// What a file says, to be continued.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        let text = fs::read_to_string(path)?;
        // A number without its sign may be half a number.
        let offsets = text.lines().filter_map(|line| line.strip_suffix(';')?.parse().ok()).collect();
        Ok(Taken { offsets, file })
    }

    /// Whether the line at this offset was acknowledged.
    #[must_use]
    pub fn contains(&self, offset: u64) -> bool {
        self.offsets.contains(&offset)
    }

    /// The line at this offset is acknowledged.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&mut self, offset: u64) -> io::Result<()> {
        self.offsets.insert(offset);
        self.file.write_all(format!("\n{offset};\n").as_bytes())
    }
}
