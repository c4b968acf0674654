//! What the command says: documents on standard output, all else on standard error, and an exit code.
//!
//! A reader that has seen enough and closes the pipe is no error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::builder::styling::{AnsiColor, Style};

/// How the command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine,
    /// A contract has errors, or warnings that are denied; a journal is damaged, or its owner refuses.
    Faults,
    /// The command could not do what it was asked for.
    Failed,
    /// It is asked for, and not carried out yet.
    #[cfg(feature = "store")]
    Waiting,
}

/// Standard output cannot be written, for another reason than that nobody reads it.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {0}")]
pub(crate) struct PrintError(io::Error);

/// Decides about colours for all that is printed from now on.
pub(crate) fn set_color(choice: clap::ColorChoice) {
    let choice = match choice {
        clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether standard output shows colours.
pub(crate) fn styled() -> bool {
    AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Prints a document as it is.
pub(crate) fn print(document: &str) -> Result<(), PrintError> {
    print_to_reader(document).map(drop)
}

/// The same for one that goes on: false if nobody reads it any more.
pub(crate) fn print_to_reader(document: &str) -> Result<bool, PrintError> {
    let mut out = io::stdout().lock();
    match out.write_all(document.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(PrintError(error)),
    }
}

/// Says what went wrong.
pub(crate) fn complain(what: &impl Display) {
    let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    remark(&format_args!("{red}error{red:#}: {what}"));
}

/// Says something beside the document, without colours where none are shown. Where nobody hears it, there is nobody to
/// tell.
pub(crate) fn remark(what: &impl Display) {
    let _ = writeln!(AutoStream::auto(io::stderr()), "{what}");
}

/// `1 file`, `2 files`
pub(crate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Faults => 1,
            Exit::Failed => 2,
            #[cfg(feature = "store")]
            Exit::Waiting => 3,
        })
    }
}
