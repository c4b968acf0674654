//! A topic's parts. What arrives here has been checked by the contract's own check.

/// The parts of `onex.<kind>.<producer>.<event-name>.v<n>` or `{env}.{namespace}.<producer>.<kind>.<event-name>.v<n>`.
#[derive(Clone, Copy)]
pub(super) struct Parts<'t> {
    pub(super) kind: &'t str,
    pub(super) producer: &'t str,
    pub(super) event_name: &'t str,
    /// Without the `v`.
    pub(super) version: &'t str,
    /// It has placeholders.
    pub(super) is_template: bool,
}

impl<'t> Parts<'t> {
    pub(super) const fn of(topic: &'t str) -> Self {
        let (first, rest) = cut(topic, b'.');
        let (second, rest) = cut(rest, b'.');
        let (third, rest) = cut(rest, b'.');
        let (fourth, rest) = cut(rest, b'.');
        let (fifth, sixth) = cut(rest, b'.');
        let is_template = starts_with(first, "{");
        let (kind, producer, event_name, version) =
            if is_template { (fourth, third, fifth, sixth) } else { (second, third, fourth, fifth) };
        let version = if version.is_empty() { version } else { version.split_at(1).1 };
        Parts { kind, producer, event_name, version, is_template }
    }

    /// Whether what travels on it is work for one node.
    pub(super) const fn has_one_owner(&self) -> bool {
        same(self.kind, "cmd") || same(self.kind, "intent")
    }

    pub(super) const fn number(&self) -> u64 {
        let mut number = 0u64;
        each!(_, digit in self.version.as_bytes() => {
            number = number.saturating_mul(10).saturating_add(digit.wrapping_sub(b'0') as u64);
        });
        number
    }
}

/// What is before the first such byte, and behind it. The byte is ASCII.
pub(super) const fn cut(text: &str, at: u8) -> (&str, &str) {
    each!(index, byte in text.as_bytes() => {
        if *byte == at {
            let (before, rest) = text.split_at(index);
            return (before, rest.split_at(1).1);
        }
    });
    (text, "")
}

/// From the end: names begin alike.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut left = a.len();
    if left != b.len() {
        return false;
    }
    while left > 0 {
        left -= 1;
        if a[left] != b[left] {
            return false;
        }
    }
    true
}

pub(super) const fn starts_with(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    if text.len() < start.len() {
        return false;
    }
    each!(index, byte in start => {
        if *byte != text[index] {
            return false;
        }
    });
    true
}

pub(super) const fn ends_with(text: &str, end: &str) -> bool {
    if text.len() < end.len() {
        return false;
    }
    let (text, end) = (text.as_bytes(), end.as_bytes());
    let before = text.len() - end.len();
    each!(index, byte in end => {
        if *byte != text[before + index] {
            return false;
        }
    });
    true
}

pub(super) const fn contains(text: &str, byte: u8) -> bool {
    cut(text, byte).0.len() < text.len()
}
