//! Runs the command and compares what it says.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What came of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command in a folder, told nothing about colours or the size of a terminal.
pub(crate) fn onex(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onex"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "ONEX_JOURNAL"] {
        command.env_remove(variable);
    }
    command.current_dir(folder).stdin(Stdio::null()).env("TERM", "xterm");
    command
}

pub(crate) fn run(folder: &Path, args: &[&str]) -> Run {
    finished(onex(folder).args(args).output())
}

pub(crate) fn run_with_input(folder: &Path, args: &[&str], input: &[u8]) -> Run {
    let mut command = onex(folder);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command was built");
    child.stdin.take().expect("it is piped").write_all(input).expect("the command reads it");
    finished(child.wait_with_output())
}

pub(crate) fn finished(output: std::io::Result<Output>) -> Run {
    let output = output.expect("the command was built");
    let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
    Run {
        code: output.status.code().expect("it was not killed"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A new, empty folder for one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    // What a run before has left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    folder
}

pub(crate) fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder is writable");
    fs::write(path, text).expect("the folder is writable");
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether what is printed now is what is to be printed from now on.
pub(crate) fn bless() -> bool {
    std::env::var_os("ONEX_BLESS").is_some()
}

/// Compares a text with a file of `snapshots/`.
pub(crate) fn assert_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/snapshots").join(name);
    if bless() {
        fs::write(&path, text).expect("the folder of the snapshots is writable");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} is otherwise:\n{text}");
}

/// A contract without a fault.
pub(crate) const GOOD: &str = "\
name: node_audit_effect
node_type: effect
contract_version: 1.0.0
handler_routing:
  handlers:
    - { intent_model: { name: Record }, intent_type: audit.record, handler: { name: record } }
";

/// A contract with one fault, on line 2.
pub(crate) const BAD: &str = "\
name: node_audit_effect
node_type: efect
contract_version: 1.0.0
";
