//! A text to the parts of a pattern.

use std::ops::Range;

use super::fault::{Fault, What};
use super::set::Set;
use super::{Assertion, Part};

/// How deep groups may be in each other.
const DEEPEST: usize = 50;
/// How often something may be repeated.
const MOST_TIMES: u32 = 1_000;

pub(super) fn parse(text: &str) -> Result<Part, Fault> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let part = parser.either()?;
    match parser.peek() {
        None => Ok(part),
        // Whatever else there is, is taken.
        Some(_) => Err(fault(What::CloseGroup, parser.at..parser.at + 1)),
    }
}

fn fault(what: What, place: Range<usize>) -> Fault {
    Fault { what, place }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

/// What stands in a set, or outside of one behind a backslash.
enum Item {
    Character(char),
    Class(Set),
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn takes(&mut self, expected: &str) -> bool {
        let is_there = self.text[self.at..].starts_with(expected);
        self.at += if is_there { expected.len() } else { 0 };
        is_there
    }

    fn either(&mut self) -> Result<Part, Fault> {
        let mut branches = vec![self.sequence()?];
        while self.takes("|") {
            branches.push(self.sequence()?);
        }
        Ok(if branches.len() > 1 { Part::Either(branches) } else { branches.remove(0) })
    }

    fn sequence(&mut self) -> Result<Part, Fault> {
        let mut parts = Vec::new();
        while self.peek().is_some_and(|next| !matches!(next, '|' | ')')) {
            let start = self.at;
            let part = self.part()?;
            parts.push(self.repeated(part, start)?);
        }
        Ok(Part::Sequence(parts))
    }

    fn part(&mut self) -> Result<Part, Fault> {
        let start = self.at;
        let Some(first) = self.next() else { return Ok(Part::Sequence(Vec::new())) };
        let part = match first {
            '(' => self.group(start)?,
            '[' => Part::Set(self.set(start)?),
            '\\' => match self.peek() {
                Some('A') => self.assertion(Assertion::Start),
                Some('z' | 'Z') => self.assertion(Assertion::End),
                Some('b') => self.assertion(Assertion::WordEdge),
                Some('B') => self.assertion(Assertion::NoWordEdge),
                _ => Part::Set(match self.escape(start)? {
                    Item::Character(character) => Set(vec![(character, character)]),
                    Item::Class(set) => set,
                }),
            },
            '.' => Part::Set(Set::any()),
            '^' => Part::Assertion(Assertion::Start),
            '$' => Part::Assertion(Assertion::End),
            '*' | '+' | '?' => return Err(fault(What::NothingToRepeat, start..self.at)),
            '{' => return Err(fault(What::NothingToRepeat, start..self.end_of_count(start))),
            character => Part::Set(Set(vec![(character, character)])),
        };
        Ok(part)
    }

    fn assertion(&mut self, assertion: Assertion) -> Part {
        self.at += 1;
        Part::Assertion(assertion)
    }

    fn group(&mut self, start: usize) -> Result<Part, Fault> {
        if self.depth == DEEPEST {
            return Err(fault(What::TooDeep, start..self.at));
        }
        if !self.takes("?:") && self.takes("?") {
            self.next();
            return Err(fault(What::SpecialGroup, start..self.at));
        }
        self.depth += 1;
        let part = self.either()?;
        self.depth -= 1;
        if self.takes(")") { Ok(part) } else { Err(fault(What::OpenGroup, start..start + 1)) }
    }

    /// The part with how often it is repeated. Whether as often or as seldom as possible does not matter to what begins with it.
    fn repeated(&mut self, part: Part, start: usize) -> Result<Part, Fault> {
        let before = self.at;
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.count()?,
            _ => return Ok(part),
        };
        if self.at == before {
            self.at += 1;
        }
        if matches!(part, Part::Assertion(_)) {
            return Err(fault(What::NothingToRepeat, start..self.at));
        }
        self.takes("?");
        if let Some('*' | '+' | '?' | '{') = self.peek() {
            return Err(fault(What::RepeatedTwice, before..self.at + 1));
        }
        Ok(Part::Repeated { part: Box::new(part), least, most })
    }

    /// `{3}`, `{3,}`, `{,5}` or `{3,5}`.
    fn count(&mut self) -> Result<(u32, Option<u32>), Fault> {
        let (start, end) = (self.at, self.end_of_count(self.at));
        let written = self.text[start..end].strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let number = |digits: &str| {
            let is_one = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            // What has too many digits is too large.
            is_one.then(|| digits.parse().unwrap_or(u32::MAX))
        };
        let count = written.and_then(|written| match written.split_once(',') {
            None => number(written).map(|times| (times, Some(times))),
            Some((least, "")) => number(least).map(|least| (least, None)),
            Some(("", most)) => number(most).map(|most| (0, Some(most))),
            Some((least, most)) => Some((number(least)?, Some(number(most)?))),
        });
        let Some((least, most)) = count else { return Err(fault(What::NoCount, start..end)) };
        if least.max(most.unwrap_or(0)) > MOST_TIMES {
            return Err(fault(What::CountTooLarge, start..end));
        }
        if most.is_some_and(|most| most < least) {
            return Err(fault(What::BackwardCount, start..end));
        }
        self.at = end;
        Ok((least, most))
    }

    /// Where the count ends that begins with a brace; the brace alone, if nothing closes it.
    fn end_of_count(&self, start: usize) -> usize {
        self.text[start..].find('}').map_or(start + 1, |length| start + length + 1)
    }

    fn set(&mut self, start: usize) -> Result<Set, Fault> {
        let not = self.takes("^");
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            let from = self.at;
            for doubled in ["&&", "--", "~~", "||"] {
                if self.takes(doubled) {
                    return Err(fault(What::SetOperation, from..self.at));
                }
            }
            let item = match self.next() {
                None => return Err(fault(What::OpenSet, start..start + 1)),
                Some(']') if !is_first => break,
                Some('[') => return Err(fault(What::NestedSet, from..self.at)),
                Some('\\') => self.escape(from)?,
                Some(character) => Item::Character(character),
            };
            is_first = false;
            match self.end_of_range()? {
                None => match item {
                    Item::Character(character) => ranges.push((character, character)),
                    Item::Class(set) => ranges.extend(set.0),
                },
                Some(last) => match (item, last) {
                    (Item::Character(first), Item::Character(last)) if first <= last => {
                        ranges.push((first, last));
                    }
                    (Item::Character(_), Item::Character(_)) => {
                        return Err(fault(What::BackwardRange, from..self.at));
                    }
                    _ => return Err(fault(What::RangeOfClass, from..self.at)),
                },
            }
        }
        let set = Set::of(ranges);
        Ok(if not { set.others() } else { set })
    }

    /// What stands behind the `-` of a range; a `-` before the end of the set is a character.
    fn end_of_range(&mut self) -> Result<Option<Item>, Fault> {
        let rest = &self.text[self.at..];
        if !rest.starts_with('-') || rest.starts_with("-]") || rest.starts_with("--") || rest.len() == 1 {
            return Ok(None);
        }
        self.at += 1;
        let from = self.at;
        match self.next() {
            Some('[') => Err(fault(What::NestedSet, from..self.at)),
            Some('\\') => self.escape(from).map(Some),
            last => Ok(last.map(Item::Character)),
        }
    }

    /// What stands behind a backslash, which is taken already and stands at `start`.
    fn escape(&mut self, start: usize) -> Result<Item, Fault> {
        let Some(letter) = self.next() else { return Err(fault(What::NoEscape, start..self.at)) };
        let character = match letter {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'x' => self.hexadecimal(start, 2)?,
            'u' => self.hexadecimal(start, 4)?,
            '1'..='9' => return Err(fault(What::Reference, start..self.at)),
            ' ' => ' ',
            letter if letter.is_ascii_punctuation() => letter,
            letter => match Set::class(letter) {
                Some(set) => return Ok(Item::Class(set)),
                None => return Err(fault(What::NoEscape, start..self.at)),
            },
        };
        Ok(Item::Character(character))
    }

    fn hexadecimal(&mut self, start: usize, digits: usize) -> Result<char, Fault> {
        let written = self.text[self.at..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        self.at += written;
        let place = start..self.at;
        let code = u32::from_str_radix(&self.text[self.at - written..self.at], 16).ok();
        let character = code.filter(|_| written == digits).and_then(char::from_u32);
        character.ok_or_else(|| fault(What::NoEscape, place))
    }
}
