//! The dead-letter file: one line of JSON for each line of the input that did not become an order, with its bytes.
//!
//! The bytes are read again from the input by their offset, so that nothing is held in memory for them.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::counts::End;
use crate::lines::LineAt;
use crate::lossless::{self, Encoding};

/// A line that is set aside, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Which line.
    pub at: LineAt,
    /// How it ended.
    pub end: End,
    /// Why, in words.
    pub cause: String,
}

/// A line of the file, as it can be read back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The line in the input, from 1.
    pub line: u64,
    /// Its first byte in the input.
    pub offset: u64,
    /// [`End::name`].
    pub end: String,
    /// Why, in words.
    pub cause: String,
    /// How [`bytes`](Entry::bytes) are written.
    pub encoding: Encoding,
    /// The line as it was, without its line feed.
    pub bytes: String,
}

/// What of an [`Entry`] is known without reading the input again.
#[derive(Serialize)]
struct Head<'a> {
    line: u64,
    offset: u64,
    end: End,
    cause: &'a str,
}

impl Entry {
    /// The line as it was; `None` if somebody has changed the file.
    #[must_use]
    pub fn original(&self) -> Option<Vec<u8>> {
        lossless::decode(self.encoding, &self.bytes)
    }
}

/// Where the file goes if nobody says so: into cargo's target folder when run from there, else here.
#[must_use]
pub fn default_path() -> PathBuf {
    let name = "dead-letters.jsonl";
    let executable = std::env::current_exe().unwrap_or_default();
    // Cargo marks its target folder with this tag.
    let target = executable.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.map_or_else(|| name.into(), |target| target.join("order-workflow").join(name))
}

/// A dead-letter file that is still empty.
#[derive(Debug)]
pub struct DeadLetterFile {
    path: PathBuf,
    file: File,
}

impl DeadLetterFile {
    /// Makes it, or empties it: before the work begins, so that one that cannot be written is known then.
    ///
    /// # Errors
    /// It cannot be written, or it is the input.
    pub fn create(path: &Path, input: &Path) -> anyhow::Result<Self> {
        let name = || format!("the dead-letter file `{}` cannot be written", path.display());
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(name)?;
        }
        let same = |path: &Path| fs::canonicalize(path).ok();
        if let Some(existing) = same(path)
            && Some(existing) == same(input)
        {
            anyhow::bail!("`{}` is the input; the dead letters would overwrite it", path.display());
        }
        let file = File::create(path).with_context(name)?;
        Ok(DeadLetterFile { path: path.to_owned(), file })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes these, whose bytes are in `input`.
    ///
    /// # Errors
    /// The input cannot be read again, or the file cannot be written.
    pub fn write(self, lines: &[SetAside], input: &Path) -> anyhow::Result<()> {
        let source = File::open(input)
            .with_context(|| format!("the input `{}` cannot be read again", input.display()))?;
        let mut out = BufWriter::new(self.file);
        write_all(lines, &mut BufReader::new(source), &mut out).and_then(|()| out.flush()).with_context(
            || {
                let (from, to) = (input.display(), self.path.display());
                format!("the lines set aside cannot be copied from `{from}` to the dead-letter file `{to}`")
            },
        )
    }
}

fn write_all(lines: &[SetAside], source: &mut (impl Read + Seek), out: &mut impl Write) -> io::Result<()> {
    for SetAside { at, end, cause } in lines {
        let head = Head { line: at.number, offset: at.offset, end: *end, cause };
        let head = serde_json::to_string(&head)?;
        let open = head.strip_suffix('}').unwrap_or(&head);
        write!(out, "{open},")?;
        lossless::write_fields(source, at.offset, at.len, out)?;
        out.write_all(b"}\n")?;
    }
    Ok(())
}

/// Reads a dead-letter file back.
///
/// # Errors
/// It cannot be read, or a line of it is none of ours.
pub fn read(path: &Path) -> anyhow::Result<Vec<Entry>> {
    let text = fs::read_to_string(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let entry = |(index, line)| {
        serde_json::from_str(line)
            .with_context(|| format!("line {} of `{}` is no dead letter", index + 1, path.display()))
    };
    text.lines().enumerate().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn an_entry_says_what_why_and_where_and_has_the_bytes() {
        let input = b"good\n{\"a\":\"\xFF\"}\r\nlast".to_vec();
        let at = LineAt { number: 2, offset: 5, len: 10 };
        let cause = "it says \"no\"\n".to_owned();
        let aside = SetAside { at, end: End::DeadLettered, cause: cause.clone() };
        let mut out = Vec::new();
        write_all(&[aside], &mut Cursor::new(&input), &mut out).unwrap();

        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1, "one entry is one line");
        let entry: Entry = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            (entry.line, entry.offset, &*entry.end, &entry.cause),
            (2, 5, End::DeadLettered.name(), &cause)
        );
        assert_eq!(entry.original().unwrap(), &input[5..15]);
    }

    #[test]
    fn the_names_of_ends_are_the_same_in_the_file_and_in_the_table() {
        for end in End::ALL {
            assert_eq!(serde_json::to_string(&end).unwrap(), format!("\"{}\"", end.name()));
        }
    }
}
