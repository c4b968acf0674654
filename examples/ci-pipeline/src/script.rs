//! Running a project's own scripts. Knows nothing of pipelines.

use std::path::Path;
use std::process::Stdio;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

/// Why a script did not do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScriptError {
    /// It ended with another code than 0.
    Failed {
        /// Its name.
        script: String,
        /// The last line that it wrote about it.
        said: String,
    },
    /// It could not be begun.
    NotStarted {
        /// Its name.
        script: String,
        /// What the system says.
        why: String,
    },
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ScriptError::Failed { script, said } if said.is_empty() => write!(f, "{script} failed"),
            ScriptError::Failed { script, said } => write!(f, "{script}: {said}"),
            ScriptError::NotStarted { script, why } => write!(f, "{script} cannot be started: {why}"),
        }
    }
}

impl Classify for ScriptError {
    fn class(&self) -> FaultClass {
        match self {
            // The same sources fail in the same way.
            ScriptError::Failed { .. } => FaultClass::Permanent,
            ScriptError::NotStarted { .. } => FaultClass::Retryable,
        }
    }
}

/// Runs `script` in `folder`. Whoever stops waiting, for a timeout or because the run is cancelled, stops the script with it.
///
/// # Errors
/// It cannot be started, or it fails.
pub async fn run(folder: &Path, script: &str, argument: Option<&Path>) -> Result<(), ScriptError> {
    let output = Command::new("sh")
        .arg(script)
        .args(argument)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| ScriptError::NotStarted { script: script.to_owned(), why: error.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or_default().to_owned();
    Err(ScriptError::Failed { script: script.to_owned(), said })
}
