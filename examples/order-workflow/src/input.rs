//! Where the lines are: a file of the user's, or one that is generated and removed again.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::counts::Counts;
use crate::generate::{self, Plan};

/// A file with lines.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    name: String,
    expected: Option<Counts>,
    temporary: Option<Temporary>,
}

/// A file that is removed with this value.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Input {
    /// A file of the user's.
    ///
    /// # Errors
    /// There is no such file, or what has this name is no file.
    pub fn existing(path: &Path) -> anyhow::Result<Self> {
        let name = || format!("the input `{}` cannot be read", path.display());
        let found = fs::metadata(path).with_context(name)?;
        if !found.is_file() {
            anyhow::bail!(
                "the input `{}` is not a regular file; its lines could not be read again for the dead letters",
                path.display()
            );
        }
        File::open(path).with_context(name)?;
        Ok(Input { path: path.to_owned(), name: path.display().to_string(), expected: None, temporary: None })
    }

    /// A generated file: at `keep`, or in the system's temporary folder and removed with this value.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn generated(plan: Plan, keep: Option<&Path>) -> anyhow::Result<Self> {
        let (path, file, temporary) = match keep {
            Some(path) => {
                let file = File::create(path)
                    .with_context(|| format!("the input cannot be kept at `{}`", path.display()))?;
                (path.to_owned(), file, None)
            }
            None => {
                let (path, file) = temporary()?;
                (path.clone(), file, Some(Temporary(path)))
            }
        };
        let mut out = BufWriter::new(file);
        let expected = generate::write(plan, &mut out)
            .and_then(|expected| out.flush().map(|()| expected))
            .with_context(|| format!("the generated input cannot be written to `{}`", path.display()))?;
        Ok(Input { path, name: plan.to_string(), expected: Some(expected), temporary })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its lines are known by: the file's path, or what they were generated from, wherever they are kept.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is to come of it, if somebody knows.
    #[must_use]
    pub fn expected(&self) -> Option<Counts> {
        self.expected
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.temporary {
            None => write!(f, "orders from {}", self.path.display()),
            Some(_) => write!(f, "generated orders ({})", self.name),
        }
    }
}

/// A new file of which nobody else knows the name yet.
fn temporary() -> anyhow::Result<(PathBuf, File)> {
    let folder = std::env::temp_dir();
    let mut number: u32 = 0;
    loop {
        let path = folder.join(format!("order-workflow-{}-{number}.jsonl", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("no temporary file can be made in `{}`", folder.display()));
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which cleans this folder.
        let _ = fs::remove_file(&self.0);
    }
}
