//! What the files of one contract share while they are composed: where faults go, the limits, and each other.

use std::collections::HashMap;
use std::sync::Arc;

use super::anchors::Size;
use super::fault;
use crate::diagnostic::{Reported, Sink};
use crate::include::ReadFile;
use crate::limits::Limits;
use crate::source::{AskedFor, Source, SourceFile, Span};

pub(super) struct Reading<'a> {
    pub(super) source: &'a mut Source,
    pub(super) limits: &'a Limits,
    pub(super) sink: &'a mut Sink,
    pub(super) read: &'a mut ReadFile<'a>,
    /// What became of each path that was included.
    pub(super) known: HashMap<String, Known>,
    /// The files that are being composed, each included by the one before it; not the contract's own.
    pub(super) open: Vec<OpenFile>,
    /// How many values were files.
    pub(super) includes: usize,
    /// The size of all files, each counted as often as it is included.
    pub(super) bytes: usize,
    nodes: usize,
    copied_text: usize,
}

/// A file that was included before.
pub(super) enum Known {
    Read(Arc<SourceFile>),
    /// It has faults, which were reported: they are no other where it is included again.
    Faulty(Reported),
}

/// A file whose end has not been read.
pub(super) struct OpenFile {
    pub(super) path: String,
    pub(super) asked_for: AskedFor,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        source: &'a mut Source,
        limits: &'a Limits,
        read: &'a mut ReadFile<'_>,
        sink: &'a mut Sink,
    ) -> Self {
        let (known, open, bytes) = (HashMap::new(), Vec::new(), source.text().len());
        Self { source, limits, sink, read, known, open, includes: 0, bytes, nodes: 0, copied_text: 0 }
    }

    pub(super) fn count(&mut self, nodes: usize, at: Span) -> Result<(), Reported> {
        self.nodes += nodes;
        if self.nodes > self.limits.values {
            Err(self.sink.report(fault::too_many_values(at, self.limits)))
        } else {
            Ok(())
        }
    }

    pub(super) fn count_copy(&mut self, size: Size, at: Span) -> Result<(), Reported> {
        self.copied_text += size.text;
        if self.copied_text > self.limits.copied_text() {
            Err(self.sink.report(fault::too_many_values(at, self.limits)))
        } else {
            Ok(())
        }
    }
}
