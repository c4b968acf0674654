//! Checksums of what is kept: SQLite has none of its own for the file.
//!
//! They tell damage, not intent: whoever can write the file can write them. The function is part of the format: it gives the
//! same numbers for ever.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// The checksum of a row of values, which is that of the row before it if it goes on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum(u64);

impl Sum {
    /// Of nothing.
    pub(crate) const NOTHING: Sum = Sum(0xcbf2_9ce4_8422_2325);

    /// As a column keeps it.
    pub(crate) fn column(self) -> i64 {
        i64::from_ne_bytes(self.0.to_ne_bytes())
    }

    pub(crate) fn of_column(column: i64) -> Self {
        Sum(u64::from_ne_bytes(column.to_ne_bytes()))
    }

    pub(crate) fn number(self, number: i64) -> Self {
        self.word(1).word(u64::from_ne_bytes(number.to_ne_bytes()))
    }

    pub(crate) fn text(self, text: &[u8]) -> Self {
        let (words, rest) = text.as_chunks::<8>();
        let mut sum = self.word(2).word(text.len() as u64);
        for word in words {
            sum = sum.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        sum.word(u64::from_le_bytes(last))
    }

    pub(crate) fn maybe(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text.as_bytes()),
            None => self.word(0),
        }
    }

    fn value(self, value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => self.word(0),
            ValueRef::Integer(number) => self.number(number),
            ValueRef::Text(text) | ValueRef::Blob(text) => self.text(text),
            // No column has one.
            ValueRef::Real(number) => self.word(number.to_bits()),
        }
    }

    /// Each step can be undone, so a change of one word is never lost.
    fn word(self, word: u64) -> Self {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Sum(mixed ^ (mixed >> 32))
    }
}

/// What there is of an entry beside its run and the texts of its facts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryNumbers {
    pub(crate) seq: i64,
    pub(crate) at_unix_ms: i64,
    pub(crate) active_ms: i64,
}

/// The checksum of an entry's texts, which whoever makes them computes.
pub(crate) fn texts(facts: &str, details: Option<&str>) -> Sum {
    Sum::NOTHING.text(facts.as_bytes()).maybe(details)
}

impl EntryNumbers {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (seq, at_unix_ms, active_ms) = (row.get("seq")?, row.get("at_unix_ms")?, row.get("active_ms")?);
        Ok(EntryNumbers { seq, at_unix_ms, active_ms })
    }

    /// The run's chain with this entry at its end.
    pub(crate) fn after(self, chain: Sum, texts: Sum) -> Sum {
        chain.number(self.seq).number(self.at_unix_ms).number(self.active_ms).number(texts.column())
    }
}

/// How far the runs have come that have not ended, in one number: each leaves it as it has come to it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfinished(pub(crate) i64);

impl Unfinished {
    /// Comes to it, or leaves it.
    pub(crate) fn toggle(&mut self, run: i64, chain: Sum) {
        self.0 ^= Sum::NOTHING.number(run).number(chain.column()).column();
    }
}

/// Teaches a connection `onex_sum(..)`, the checksum of its arguments.
pub(crate) fn teach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("onex_sum", -1, flags, |values| {
        Ok((0..values.len()).fold(Sum::NOTHING, |sum, index| sum.value(values.get_raw(index))).column())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They are on disks.
    #[test]
    fn the_numbers_outlive_releases() {
        let sum = Sum::NOTHING.number(-1).text(b"what happened").maybe(None).maybe(Some(""));
        assert_eq!(sum.column(), 4_244_157_495_285_797_771);
    }

    #[test]
    fn what_differs_in_one_bit_or_in_where_it_is_cut_differs() {
        let text = b"{\"fact\":\"run_started\"}".to_vec();
        let sum = Sum::NOTHING.text(&text);
        for bit in 0..text.len() * 8 {
            let mut flipped = text.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(Sum::NOTHING.text(&flipped), sum, "bit {bit}");
        }
        assert_ne!(Sum::NOTHING.text(b"ab").text(b"c"), Sum::NOTHING.text(b"a").text(b"bc"));
        assert_ne!(Sum::NOTHING.text(b"a"), Sum::NOTHING.text(b"a\0"));
        assert_ne!(Sum::NOTHING.maybe(None), Sum::NOTHING.maybe(Some("")));
    }

    #[test]
    fn sql_computes_the_same() {
        let connection = Connection::open_in_memory().expect("memory opens");
        teach(&connection).expect("functions are allowed");
        let sql = "SELECT onex_sum(7, 'what', NULL, 8)";
        let found: i64 = connection.query_row(sql, [], |row| row.get(0)).expect("it is a function now");
        let sum = Sum::NOTHING.number(7).text(b"what").maybe(None).number(8);
        assert_eq!(found, sum.column());
    }
}
