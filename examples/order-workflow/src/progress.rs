//! A progress bar on standard error, where a person is looking.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::counts::Counts;

/// How far the work is.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar if standard error is a terminal, else nothing.
    #[must_use]
    pub fn on_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Progress { bar: ProgressBar::no_length() }
        } else {
            Self::hidden()
        }
    }

    /// Nothing.
    #[must_use]
    pub fn hidden() -> Self {
        Progress { bar: ProgressBar::hidden() }
    }

    /// The work begins: so many bytes are to be read.
    pub fn begin(&self, bytes: u64) {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_length(bytes);
    }

    /// The input is read up to here.
    pub fn at(&self, bytes: u64, counts: &Counts) {
        // A person cannot read faster than this, and text costs time.
        if !self.bar.is_hidden() && counts.lines.is_multiple_of(64) {
            self.bar.set_position(bytes);
            self.settling(counts);
        }
    }

    /// So many lines have ended, and the others are at work.
    pub fn settling(&self, counts: &Counts) {
        if !self.bar.is_hidden() {
            let open = counts.lines.saturating_sub(counts.ended());
            self.bar.set_message(format!("{} lines read, {open} at work", counts.lines));
        }
    }

    /// The work is done: nothing stays on the screen.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}
