//! The message: every fault, one below the other, in a buffer of a fixed size.

/// So many bytes are shown. What is more is cut, and the message says so.
const ROOM: usize = 32 * 1024;
/// As many places are shown beside the first one; the others are counted.
const SHOWN: usize = 3;

/// The faults so far.
#[derive(Debug)]
pub struct Report {
    bytes: [u8; ROOM],
    len: usize,
    faults: usize,
    /// Places of the fault that are not shown.
    hidden: usize,
    /// Places of the fault that are counted.
    counted: usize,
}

impl Report {
    pub(super) const fn new() -> Self {
        Report { bytes: [0; ROOM], len: 0, faults: 0, hidden: 0, counted: 0 }
    }

    /// How many faults there are.
    #[must_use]
    pub const fn faults(&self) -> usize {
        self.faults
    }

    /// The text, which is cut if it is too long.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let written = self.bytes.split_at(self.len).0;
        match core::str::from_utf8(written) {
            Ok(text) => text,
            // Cut inside a character: what comes before it is whole.
            Err(error) => match core::str::from_utf8(written.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }

    /// Adds to the text, each part behind the other.
    pub(super) const fn add(&mut self, parts: &[&str]) {
        each!(_, part in parts => {
            each!(_, byte in part.as_bytes() => {
                if self.len == ROOM {
                    return;
                }
                self.bytes[self.len] = *byte;
                self.len += 1;
            });
        });
    }

    pub(super) const fn add_number(&mut self, number: usize) {
        if number >= 10 {
            self.add_number(number / 10);
        }
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        self.add(&[DIGITS[number % 10]]);
    }

    /// Starts a fault; what is added next is its message.
    pub(super) const fn fault(&mut self) {
        if self.faults > 0 {
            self.add(&["\n\n"]);
        }
        self.faults += 1;
        self.hidden = 0;
        self.counted = 0;
    }

    /// The end of the message: its code, and the first place; what is added next is said there.
    pub(super) const fn code(&mut self, code: &str, at: &str) {
        self.add(&[" [ONEX", code, "]\n", at, " "]);
    }

    /// Another place; what is added next is said there.
    pub(super) const fn also(&mut self, at: &str) {
        self.add(&["\n", at, " "]);
    }

    /// Another place and what is said there, of which there may be many.
    pub(super) const fn one_of_many(&mut self, at: &str, text: &[&str]) {
        if self.counted == SHOWN {
            self.hidden += 1;
        } else {
            self.counted += 1;
            self.also(at);
            self.add(text);
        }
    }

    /// After the last of many places.
    pub(super) const fn end_of_many(&mut self) {
        match self.hidden {
            0 => {}
            1 => self.note(&["and so in one more place"]),
            _ => {
                self.note(&["and so in "]);
                self.add_number(self.hidden);
                self.add(&[" more places"]);
            }
        }
    }

    pub(super) const fn note(&mut self, parts: &[&str]) {
        self.add(&["\n   = note: "]);
        self.add(parts);
    }

    pub(super) const fn help(&mut self, parts: &[&str]) {
        self.add(&["\n   = help: "]);
        self.add(parts);
    }
}
