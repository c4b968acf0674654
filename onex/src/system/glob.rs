//! Which topics an `event_pattern` is for, as in `onex-contract`.

use super::topic::{Parts, same};

/// In bytes. A longer topic or pattern is compared with nothing: it would take long.
const LONGEST: usize = 100;

/// Whether a pattern is for a topic; also where that would take too long to find out.
pub(super) const fn is_for(pattern: &str, topic: &str) -> bool {
    if topic.len() > LONGEST || pattern.len() > LONGEST || same(pattern, topic) {
        return true;
    }
    let Parts { producer, event_name, version, .. } = Parts::of(topic);
    matches(pattern, &[producer, ".", event_name])
        || matches(pattern, &[producer, ".", event_name, ".v", version])
        || matches(pattern, &[event_name])
        || matches(pattern, &[event_name, ".v", version])
}

/// Whether a pattern stands for a name, which is in parts; `*` stands for any characters.
///
/// Remembers only the last `*`: what an earlier one stands for need never be reconsidered.
const fn matches(pattern: &str, name: &[&str]) -> bool {
    let pattern = pattern.as_bytes();
    let (mut joined, mut length) = ([0u8; LONGEST], 0);
    each!(_, part in name => {
        each!(_, byte in part.as_bytes() => {
            if length < LONGEST {
                joined[length] = *byte;
                length += 1;
            }
        });
    });
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < length {
        if at < pattern.len() && pattern[at] == b'*' {
            star = Some((at, read));
            at += 1;
        } else if at < pattern.len() && pattern[at] == joined[read] {
            at += 1;
            read += 1;
        } else if let Some((star_at, covered)) = star {
            // The star takes one character more.
            star = Some((star_at, covered + 1));
            at = star_at + 1;
            read = covered + 1;
        } else {
            return false;
        }
    }
    while at < pattern.len() {
        if pattern[at] != b'*' {
            return false;
        }
        at += 1;
    }
    true
}
