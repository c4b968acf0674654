//! The texts of several contracts as one source, so that one message can show places of two contracts.

use std::sync::Arc;

use super::{AskedFor, Part, Source, Span};

impl Source {
    /// The files of all sources, one contract behind the other, and by how much the places of each contract have moved.
    /// There is at least one source.
    pub(crate) fn joined<'a>(sources: impl IntoIterator<Item = &'a Source>) -> (Self, Vec<usize>) {
        let (mut parts, mut moved, mut base) = (Vec::new(), Vec::new(), 0);
        for source in sources {
            moved.push(base);
            parts.extend(source.0.iter().map(|part| part.moved(base)));
            base = parts.last().map_or(0, Part::behind);
        }
        debug_assert!(!parts.is_empty(), "a source has a file");
        (Self(Arc::new(parts)), moved)
    }
}

impl Part {
    fn moved(&self, by: usize) -> Self {
        let asked_for = self.asked_for.map(|asked_for| AskedFor { at: asked_for.at.moved(by), ..asked_for });
        Self { file: Arc::clone(&self.file), base: self.base + by, asked_for }
    }

    /// Where the next file starts: the offset behind the last byte is still a place in this one.
    pub(super) fn behind(&self) -> usize {
        self.base + self.file.text().len() + 1
    }
}

impl Span {
    /// The same place after its file has moved.
    pub(crate) fn moved(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Link;

    fn included(at: Span) -> AskedFor {
        AskedFor { at, link: Link::Include }
    }

    #[test]
    fn every_place_keeps_its_file_and_its_line() {
        let mut first = Source::new("a/contract.yaml", "one: 1\n");
        let (part, _) = first.decode_included("part.yaml", b"two: 2\n");
        let at = Span { start: 5, end: 6 };
        let included = first.add(Arc::new(part), included(at)).global(Span { start: 5, end: 6 });
        let second = Source::new("b/contract.yaml", "three: 3\n");

        let (joint, moved) = Source::joined([&first, &second]);
        let place = |contract: usize, span: Span| {
            let span = span.moved(moved[contract]);
            (joint.file_of(span).name(), joint.line_col(span.start), joint.slice(span))
        };
        assert_eq!(place(0, at), ("a/contract.yaml", (1, 6), "1"));
        assert_eq!(place(0, included), ("a/part.yaml", (1, 6), "2"));
        assert_eq!(place(1, Span { start: 7, end: 8 }), ("b/contract.yaml", (1, 8), "3"));
        assert_eq!(place(0, Span::at(7)).0, "a/contract.yaml");
        assert_eq!(place(1, Span::at(9)).0, "b/contract.yaml");
        let names: Vec<&str> = joint.files().map(crate::SourceFile::name).collect();
        assert_eq!(names, ["a/contract.yaml", "a/part.yaml", "b/contract.yaml"]);
    }

    #[test]
    fn an_included_file_knows_where_it_is_included_in_each_contract() {
        let include = |name: &str| {
            let mut source = Source::new(name, "parts: x\n");
            let (part, _) = source.decode_included("../part.yaml", b"two: 2\n");
            source.add(Arc::new(part), included(Span { start: 7, end: 8 }));
            source
        };
        let (joint, moved) = Source::joined([&include("a/contract.yaml"), &include("b/contract.yaml")]);
        let at = |contract: usize| {
            let part = joint.part(Span::at(moved[contract] + "parts: x\n".len() + 1));
            let at = part.asked_for.expect("it is included").at;
            (part.file.name(), joint.file_of(at).name(), joint.slice(at))
        };
        assert_eq!(at(0), ("part.yaml", "a/contract.yaml", "x"));
        assert_eq!(at(1), ("part.yaml", "b/contract.yaml", "x"));
        assert_eq!(joint.files().count(), 3, "one file that two contracts include is one file");
    }
}
