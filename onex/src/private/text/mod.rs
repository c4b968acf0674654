//! Messages that are put together while the compiler runs: `const` panics whose text we choose to the last word.

mod checks;
mod closest;
mod names;
#[cfg(test)]
mod tests;

pub use checks::{check_event_name, check_handler_name, check_intent_type, check_workflow_name, declared};
pub use names::{Names, Sort};

/// Room for a message. A longer one is cut, never a panic of its own.
struct Text {
    bytes: [u8; 4096],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Text { bytes: [0; 4096], len: 0 }
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
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
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
