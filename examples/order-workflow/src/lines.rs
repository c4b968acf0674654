//! Lines of a file with their places, in bounded memory: what is longer than the limit is skipped, not buffered.

use std::io::{self, BufRead};

/// The longest line that is read into memory, in bytes without the line feed: 1 MiB.
pub const MAX_LINE: usize = 1 << 20;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineAt {
    /// From 1.
    pub number: u64,
    /// Its first byte in the file.
    pub offset: u64,
    /// Its length in bytes, without the line feed. A carriage return before that belongs to the line.
    pub len: u64,
}

/// A line.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'b> {
    /// Where it stands.
    pub at: LineAt,
    /// What it says; `None` if it is longer than [`MAX_LINE`].
    pub bytes: Option<&'b [u8]>,
}

/// Reads lines, one at a time. A line feed ends a line; the last line needs none.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    read: u64,
    offset: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines from here on.
    pub fn new(reader: R) -> Self {
        Lines { reader, buffer: Vec::new(), read: 0, offset: 0 }
    }

    /// The next line, valid until the one after it is asked for. `None` at the end.
    ///
    /// # Errors
    /// The reader's.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut len: u64 = 0;
        let ended = loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break false;
            }
            let feed = chunk.iter().position(|byte| *byte == b'\n');
            let piece = &chunk[..feed.unwrap_or(chunk.len())];
            len += piece.len() as u64;
            if len <= MAX_LINE as u64 {
                self.buffer.extend_from_slice(piece);
            } else {
                self.buffer.clear();
            }
            let taken = piece.len() + usize::from(feed.is_some());
            self.reader.consume(taken);
            if feed.is_some() {
                break true;
            }
        };
        if len == 0 && !ended {
            return Ok(None);
        }
        self.read += 1;
        let at = LineAt { number: self.read, offset: self.offset, len };
        self.offset += len + u64::from(ended);
        Ok(Some(Line { at, bytes: (len <= MAX_LINE as u64).then_some(&*self.buffer) }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    type Owned = (u64, u64, u64, Option<Vec<u8>>);

    /// Read through a buffer of 7 bytes, so that lines do not end where chunks do.
    fn lines(text: &[u8]) -> Vec<Owned> {
        let mut lines = Lines::new(BufReader::with_capacity(7, text));
        let mut all = Vec::new();
        while let Some(Line { at, bytes }) = lines.next_line().unwrap() {
            all.push((at.number, at.offset, at.len, bytes.map(<[u8]>::to_vec)));
        }
        all
    }

    fn line(number: u64, offset: u64, text: &str) -> Owned {
        (number, offset, text.len() as u64, Some(text.as_bytes().to_vec()))
    }

    #[test]
    fn the_last_line_needs_no_line_feed() {
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"\n"), [line(1, 0, "")]);
        assert_eq!(lines(b"one"), [line(1, 0, "one")]);
        assert_eq!(lines(b"one\n"), [line(1, 0, "one")]);
        let expected = [line(1, 0, "one"), line(2, 4, ""), line(3, 5, "a longer one")];
        assert_eq!(lines(b"one\n\na longer one"), expected);
    }

    #[test]
    fn a_carriage_return_belongs_to_its_line() {
        assert_eq!(lines(b"one\r\n\r\ntwo"), [line(1, 0, "one\r"), line(2, 5, "\r"), line(3, 7, "two")]);
    }

    #[test]
    fn a_line_beyond_the_limit_is_measured_and_not_kept() {
        let mut text = vec![b'a'; MAX_LINE];
        text.push(b'\n');
        text.extend_from_slice(&vec![b'b'; MAX_LINE + 1]);
        text.extend_from_slice(b"\nlast");
        let mut lines = Lines::new(BufReader::with_capacity(64 << 10, &*text));

        let longest = lines.next_line().unwrap().unwrap();
        assert_eq!(longest.bytes.map(<[u8]>::len), Some(MAX_LINE));
        let beyond = lines.next_line().unwrap().unwrap();
        assert_eq!((beyond.at.len, beyond.bytes), (MAX_LINE as u64 + 1, None));
        let last = lines.next_line().unwrap().unwrap();
        assert_eq!((last.at.offset, last.bytes), (2 * MAX_LINE as u64 + 3, Some(&b"last"[..])));
        assert!(lines.next_line().unwrap().is_none());
        assert!(lines.buffer.capacity() <= 2 * MAX_LINE, "what is too long was buffered");
    }
}
