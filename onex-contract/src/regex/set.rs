//! Sets of characters, as ranges in order.

/// Characters, as ranges that are in order and do not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(pub(super) Vec<(char, char)>);

const DIGIT: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];

impl Set {
    pub(super) fn of(mut ranges: Vec<(char, char)>) -> Self {
        ranges.sort_unstable();
        let mut set: Vec<(char, char)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match set.last_mut() {
                Some((_, before)) if after(*before).is_none_or(|next| from <= next) => {
                    *before = to.max(*before);
                }
                _ => set.push((from, to)),
            }
        }
        Self(set)
    }

    /// What a letter behind a backslash stands for, if it stands for several characters.
    pub(super) fn class(letter: char) -> Option<Self> {
        let ranges = match letter.to_ascii_lowercase() {
            'd' => DIGIT,
            'w' => WORD,
            's' => SPACE,
            _ => return None,
        };
        let set = Self(ranges.to_vec());
        Some(if letter.is_ascii_uppercase() { set.others() } else { set })
    }

    /// Each character but the end of a line.
    pub(super) fn any() -> Self {
        Self(vec![('\n', '\n')]).others()
    }

    /// Each character that is not in it.
    pub(super) fn others(&self) -> Self {
        let mut others = Vec::with_capacity(self.0.len() + 1);
        let mut from = Some('\0');
        for &(first, last) in &self.0 {
            if let (Some(from), Some(to)) = (from, before(first))
                && from <= to
            {
                others.push((from, to));
            }
            from = after(last);
        }
        others.extend(from.map(|from| (from, char::MAX)));
        Self(others)
    }
}

fn after(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

fn before(character: char) -> Option<char> {
    ('\0'..=character).nth_back(1)
}
