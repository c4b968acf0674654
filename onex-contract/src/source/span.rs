//! Places: plain pairs of offsets, and values that know where they stand.

/// A range of bytes of a [`Source`](super::Source), in whichever of its files: each file has offsets of its own, and
/// the source tells which file one is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// A value and the place it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl Span {
    /// The empty span in front of a byte.
    pub fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// From the start of this span to the end of a later one in the same file.
    pub fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }

    /// Whether it has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl<T> Spanned<T> {
    /// A value that stands at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with a reference to the value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, span: self.span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}
