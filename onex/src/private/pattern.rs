//! Regular expressions of a contract, which the macros have made into programs: matched in time that the length of the text and
//! that of the program bound, whatever stands in either.

/// A program. The text begins with the pattern if its end is reached.
#[derive(Debug, Clone, Copy)]
pub struct Pattern(pub &'static [Instruction]);

/// A step of a program, as `onex_contract::regex` explains it. Those that it names are in the program, at most 1,000.
#[derive(Debug, Clone, Copy)]
pub enum Instruction {
    /// Takes a character in one of these ranges, which are in order.
    One(&'static [(char, char)]),
    /// Goes on if nothing comes before.
    Start,
    /// Goes on if nothing comes after.
    End,
    /// Goes on if a word of ASCII begins or ends here, or if that is not so.
    WordEdge(bool),
    /// Goes on there.
    Go(u32),
    /// Goes on in both places.
    Both(u32, u32),
    /// The end.
    Matched,
}

/// A field that can be matched with a regular expression.
pub trait Matching {
    /// Whether it begins with the pattern.
    fn begins_with(&self, pattern: Pattern) -> bool;
}

impl Matching for String {
    fn begins_with(&self, pattern: Pattern) -> bool {
        pattern.begins(self)
    }
}

// What is not there begins with nothing.
impl<T: Matching> Matching for Option<T> {
    fn begins_with(&self, pattern: Pattern) -> bool {
        self.as_ref().is_some_and(|field| field.begins_with(pattern))
    }
}

impl Pattern {
    /// Whether `text` begins with the pattern.
    #[must_use]
    pub fn begins(self, text: &str) -> bool {
        let mut states =
            States { waiting: Vec::new(), seen: vec![usize::MAX; self.0.len()], todo: Vec::new() };
        let mut characters = text.chars();
        let mut place = Place { before: None, after: characters.next(), number: 0 };
        if states.enter(self.0, 0, place) {
            return true;
        }
        let mut waiting = Vec::new();
        while let Some(character) = place.after
            && !states.waiting.is_empty()
        {
            place = Place { before: Some(character), after: characters.next(), number: place.number + 1 };
            std::mem::swap(&mut waiting, &mut states.waiting);
            for at in waiting.drain(..) {
                if takes(self.0, at, character) && states.enter(self.0, at + 1, place) {
                    return true;
                }
            }
        }
        false
    }
}

/// Between two characters of a text.
#[derive(Clone, Copy)]
struct Place {
    before: Option<char>,
    after: Option<char>,
    number: usize,
}

struct States {
    /// Instructions that take a character.
    waiting: Vec<usize>,
    /// At which place each instruction was reached last.
    seen: Vec<usize>,
    todo: Vec<usize>,
}

impl States {
    /// Goes as far as it gets without a character. True: to the end.
    fn enter(&mut self, program: &[Instruction], at: usize, place: Place) -> bool {
        self.todo.push(at);
        while let Some(at) = self.todo.pop() {
            let Some(seen) = self.seen.get_mut(at) else { continue };
            if std::mem::replace(seen, place.number) == place.number {
                continue;
            }
            match program[at] {
                Instruction::Matched => return true,
                Instruction::One(_) => self.waiting.push(at),
                Instruction::Go(to) => self.todo.push(to as usize),
                Instruction::Both(one, other) => self.todo.extend([other as usize, one as usize]),
                Instruction::Start if place.before.is_none() => self.todo.push(at + 1),
                Instruction::End if place.after.is_none() => self.todo.push(at + 1),
                Instruction::WordEdge(expected) if place.is_word_edge() == expected => self.todo.push(at + 1),
                Instruction::Start | Instruction::End | Instruction::WordEdge(_) => {}
            }
        }
        false
    }
}

impl Place {
    fn is_word_edge(self) -> bool {
        let is_of_word = |side: Option<char>| {
            side.is_some_and(|character| character.is_ascii_alphanumeric() || character == '_')
        };
        is_of_word(self.before) != is_of_word(self.after)
    }
}

fn takes(program: &[Instruction], at: usize, character: char) -> bool {
    let Instruction::One(ranges) = program[at] else { return false };
    let place = ranges.partition_point(|(_, last)| *last < character);
    ranges.get(place).is_some_and(|(first, _)| *first <= character)
}
