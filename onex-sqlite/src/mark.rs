//! How far the journal had come when it was last synced, noted beside it: SQLite ends a write-ahead log where its checksums
//! do, and could not tell one that was cut or damaged from one that ends there.
//!
//! It is written after the sync and before anybody is told, and is not synced itself. A process that is killed leaves it
//! behind; after a power failure it may be an older one, which is true as well, and only less strict.

use uuid::Uuid;

use crate::sum::Sum;

/// So many bytes, at the start of the file in which it stands.
pub(crate) const LENGTH: usize = 82;

/// So many transactions of this journal were synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) journal: Uuid,
    pub(crate) transactions: u64,
}

impl Mark {
    /// One line.
    pub(crate) fn line(self) -> String {
        let text = format!("synced {} {:020}", self.journal.hyphenated(), self.transactions);
        format!("{text} {:016x}\n", sum(&text))
    }

    /// `None`: what stands there is none, or is damaged.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line.get(..LENGTH)?).ok()?;
        let (text, found) = line.strip_suffix('\n')?.rsplit_once(' ')?;
        let mut words = text.strip_prefix("synced ")?.split(' ');
        let mark =
            Mark { journal: Uuid::try_parse(words.next()?).ok()?, transactions: words.next()?.parse().ok()? };
        (u64::from_str_radix(found, 16).ok()? == sum(text)).then_some(mark)
    }
}

/// As long as a mark, and none.
pub(crate) fn nothing() -> String {
    format!("{:width$}\n", "", width = LENGTH - 1)
}

fn sum(text: &str) -> u64 {
    u64::from_ne_bytes(Sum::NOTHING.text(text.as_bytes()).column().to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_damaged_is_none() {
        let mark = Mark { journal: Uuid::from_u128(7), transactions: u64::MAX };
        let line = mark.line();
        assert_eq!((line.len(), nothing().len()), (LENGTH, LENGTH));
        assert_eq!(Mark::read(line.as_bytes()), Some(mark));
        assert_eq!(Mark::read(nothing().as_bytes()), None);
        for bit in 0..LENGTH * 8 {
            let mut flipped = line.clone().into_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let read = Mark::read(&flipped);
            // A letter's case says nothing.
            assert!(read.is_none() || read == Some(mark), "bit {bit}: {read:?}");
        }
    }
}
