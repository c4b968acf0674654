//! `!include`: the root value of another file, where its path is written.

use std::sync::Arc;

use super::super::{Node, Value};
use super::anchors::Size;
use super::reading::{Known, OpenFile, Reading};
use super::{Refused, compose_file, fault, include_fault};
use crate::diagnostic::{Diagnostic, Reported};
use crate::source::{AskedFor, Link, Part, SourceFile, Span, Spanned, not_utf8, resolve};

/// How many values of a contract may be files.
pub(super) const MAX_INCLUDES: usize = 1_000;
/// How deeply files may be included. Each level takes some stack, and no contract needs many.
pub(super) const MAX_NESTED: usize = 16;

/// A value that is to be replaced by a file.
pub(super) struct Include<'a> {
    /// The file that it stands in.
    pub(super) from: &'a Part,
    /// How deep in the contract it stands.
    pub(super) outside: usize,
    pub(super) written: Spanned<&'a str>,
    /// The whole of it, from the tag.
    pub(super) at: Span,
    pub(super) link: Link,
}

impl Include<'_> {
    /// The value that takes its place; where there is none, that was reported.
    ///
    /// # Errors
    ///
    /// A limit of the whole contract is exceeded.
    pub(super) fn value(&self, reading: &mut Reading<'_>) -> Result<(Node, Size), Reported> {
        reading.includes += 1;
        if reading.includes > MAX_INCLUDES {
            return Err(reading.sink.report(include_fault::too_many(self.at)));
        }
        match self.follow(reading) {
            Ok(value) => Ok(value),
            Err(Refused::Contract(reported)) => Err(reported),
            Err(Refused::File(reported)) => {
                reading.count(1, self.at)?;
                Ok((Node { value: Value::Faulty(reported), span: self.at }, Size::scalar("")))
            }
        }
    }

    fn follow(&self, reading: &mut Reading<'_>) -> Result<(Node, Size), Refused> {
        let written = self.written;
        let path = resolve(self.from.file.path(), written.value)
            .map_err(|wrong| refuse(reading, include_fault::path(written, wrong)))?;
        if let Some(cycle) = self.cycle(&path, reading) {
            return Err(refuse(reading, cycle));
        }
        if reading.open.len() == MAX_NESTED {
            return Err(refuse(reading, include_fault::too_nested(self.at)));
        }
        let reported = reading.sink.count();
        let value = self.file(&path, reading).and_then(|file| self.compose(&path, file, reading));
        if let Err(faulty) = reading.sink.verdict_since(reported) {
            reading.known.insert(path, Known::Faulty(faulty));
        }
        value
    }

    /// The file at a path, read once however often it is included.
    fn file(&self, path: &str, reading: &mut Reading<'_>) -> Result<Arc<SourceFile>, Refused> {
        match reading.known.get(path) {
            Some(Known::Read(file)) => return Ok(Arc::clone(file)),
            Some(Known::Faulty(reported)) => return Err(Refused::File(*reported)),
            None => {}
        }
        let bytes = (reading.read)(path).map_err(|error| {
            let name = reading.source.name_of(path);
            refuse(reading, include_fault::unreadable(&name, self.written, self.link, &error))
        })?;
        let (file, bad) = reading.source.decode_included(path, &bytes);
        let file = Arc::new(file);
        if let Some(bad) = bad {
            self.spend(bytes.len(), reading)?;
            let part = reading.source.add(file, self.asked_for());
            return Err(refuse(reading, not_utf8(bad, &part)));
        }
        reading.known.insert(path.to_owned(), Known::Read(Arc::clone(&file)));
        Ok(file)
    }

    fn compose(
        &self,
        path: &str,
        file: Arc<SourceFile>,
        reading: &mut Reading<'_>,
    ) -> Result<(Node, Size), Refused> {
        self.spend(file.text().len(), reading)?;
        let part = reading.source.add(file, self.asked_for());
        reading.open.push(OpenFile { path: path.to_owned(), asked_for: self.asked_for() });
        let composed = compose_file(&part, self.outside, reading);
        reading.open.pop();
        composed?.ok_or_else(|| refuse(reading, fault::empty(&part)))
    }

    fn spend(&self, bytes: usize, reading: &mut Reading<'_>) -> Result<(), Refused> {
        reading.bytes = reading.bytes.saturating_add(bytes);
        if reading.bytes <= reading.limits.bytes {
            return Ok(());
        }
        Err(Refused::Contract(reading.sink.report(include_fault::too_large(self.at, reading.limits.bytes))))
    }

    /// The circle that following a path would close.
    fn cycle(&self, path: &str, reading: &Reading<'_>) -> Option<Diagnostic> {
        let root = reading.source.root().file.path();
        let open: Vec<&str> =
            std::iter::once(root).chain(reading.open.iter().map(|file| &*file.path)).collect();
        let first = open.iter().position(|open| *open == path)?;
        let links = reading.open[first..].iter().map(|file| file.asked_for).chain([self.asked_for()]);
        let links: Vec<(&str, AskedFor)> =
            links.map(|link| (reading.source.file_of(link.at).name(), link)).collect();
        Some(include_fault::cycle(&links))
    }

    fn asked_for(&self) -> AskedFor {
        AskedFor { at: self.at, link: self.link }
    }
}

fn refuse(reading: &mut Reading<'_>, fault: Diagnostic) -> Refused {
    Refused::File(reading.sink.report(fault))
}
