//! Each key of the language really has the shape, the bounds and the words that the tables say.
//!
//! For each key a valid case that has it is changed at that one place, to what must be refused and to what must not.

mod common;

use std::collections::HashMap;

use onex_contract::language::{Key, Need, Place, Shape, places};
use onex_contract::{Code, Diagnostic, Source, parse_document};

/// A place of a key in a case.
struct Specimen {
    source: Source,
    place: Place,
}

fn specimens() -> Vec<Specimen> {
    let mut seen = HashMap::new();
    for (source, root) in common::valid_of_all_kinds() {
        for place in places(&source, root) {
            let id = (place.section.name, place.key.name);
            // Not where an alias, an anchor, a merge or a block scalar stands between.
            let between = source.text().get(place.name.end..place.value.start).unwrap_or_default();
            if matches!(between.trim(), ":" | "\":" | "':") {
                seen.entry(id).or_insert_with(|| Specimen { source: source.clone(), place });
            }
        }
    }
    let mut specimens: Vec<((&str, &str), Specimen)> = seen.into_iter().collect();
    specimens.sort_by_key(|(id, _)| *id);
    specimens.into_iter().map(|(_, specimen)| specimen).collect()
}

impl Specimen {
    fn what(&self) -> String {
        format!("`{}` of {} in {}", self.place.key.name, self.place.section.name, self.source.name())
    }

    /// The case with another value at the place.
    fn with(&self, value: &str) -> String {
        let (text, span) = (self.source.text(), self.place.value);
        format!(
            "{} {value}{}{}",
            &text[..span.start],
            newline(&text[span.start..span.end]),
            &text[span.end..]
        )
    }

    /// The faults of that, which concern the place: they point into it or at its key.
    fn faults(&self, value: &str) -> Vec<Diagnostic> {
        let start = self.place.name.start;
        let end = self.place.value.start + value.len() + 1;
        match parse_document(&Source::new("changed.yaml", self.with(value))) {
            Ok(_) => Vec::new(),
            Err(faults) => faults
                .list()
                .iter()
                .filter(|fault| (start..=end).contains(&fault.primary.span.start))
                .cloned()
                .collect(),
        }
    }

    fn refuses(&self, value: &str, code: Code) {
        let faults = self.faults(value);
        assert!(
            faults.iter().any(|fault| fault.code == code),
            "{}: {value} is not refused with {}: {faults:?}\n{}",
            self.what(),
            code.as_str(),
            self.with(value),
        );
    }

    fn takes(&self, value: &str, code: Code) {
        let faults = self.faults(value);
        assert!(
            faults.iter().all(|fault| fault.code != code),
            "{}: {value} is refused: {faults:?}",
            self.what(),
        );
    }
}

/// The line break that a block value ends with.
fn newline(value: &str) -> &'static str {
    if value.ends_with('\n') { "\n" } else { "" }
}

fn alternatives(shape: &'static Shape) -> &'static [Shape] {
    match shape {
        Shape::Either(shapes) => shapes,
        shape => std::slice::from_ref(shape),
    }
}

fn has(key: &'static Key, wanted: fn(&Shape) -> bool) -> bool {
    alternatives(&key.shape).iter().any(wanted)
}

#[test]
fn a_value_of_another_type_is_refused() {
    for specimen in specimens() {
        let key = specimen.place.key;
        if has(key, |shape| matches!(shape, Shape::Anything)) {
            continue;
        }
        let map = |shape: &Shape| matches!(shape, Shape::Section(_) | Shape::Table { .. });
        if !has(key, |shape| matches!(shape, Shape::List(_))) {
            specimen.refuses("[[]]", Code::WrongType);
        }
        if !has(key, map) {
            specimen.refuses("{ no: 1 }", Code::WrongType);
        }
        if has(key, |shape| matches!(shape, Shape::Null)) {
            specimen.takes("null", Code::WrongType);
        } else {
            specimen.refuses("null", Code::WrongType);
        }
        if !has(key, |shape| matches!(shape, Shape::Boolean)) {
            specimen.refuses("true", Code::WrongType);
        }
    }
}

#[test]
fn bounds_are_where_the_tables_say() {
    for specimen in specimens() {
        for shape in alternatives(&specimen.place.key.shape) {
            match shape {
                Shape::Integer { min, max } => {
                    specimen.takes(&min.to_string(), Code::OutOfBounds);
                    specimen.takes(&max.to_string(), Code::OutOfBounds);
                    specimen.refuses(&(min - 1).to_string(), Code::OutOfBounds);
                    specimen.refuses(&(max + 1).to_string(), Code::OutOfBounds);
                }
                // Any number at all.
                Shape::Number { min: f64::MIN, max: f64::MAX } => {
                    specimen.takes("1.5e300", Code::OutOfBounds);
                }
                Shape::Number { min, max } => {
                    specimen.takes(&format!("{min:?}"), Code::OutOfBounds);
                    specimen.takes(&format!("{max:?}"), Code::OutOfBounds);
                    specimen.refuses(&format!("{:?}", min - 0.001), Code::OutOfBounds);
                    specimen.refuses(&format!("{:?}", max + 0.001), Code::OutOfBounds);
                    specimen.refuses(".nan", Code::OutOfBounds);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn words_are_those_of_the_tables_in_any_case() {
    for specimen in specimens() {
        for shape in alternatives(&specimen.place.key.shape) {
            let Shape::Word(words) = shape else { continue };
            specimen.refuses("no_such_word", Code::UnknownValue);
            for word in *words {
                for spelling in std::iter::once(&word.name).chain(word.also) {
                    specimen.takes(&format!("\"{spelling}\""), Code::UnknownValue);
                    specimen.takes(&format!("\"{}\"", spelling.to_uppercase()), Code::UnknownValue);
                }
            }
        }
    }
}

#[test]
fn a_section_has_no_other_keys_and_all_that_it_requires() {
    for specimen in specimens() {
        for shape in alternatives(&specimen.place.key.shape) {
            let Shape::Section(section) = shape else { continue };
            specimen.refuses("{ no_such_key_at_all: 1 }", Code::UnknownKey);
            let required = section.keys.iter().filter(|key| key.need == Need::Required).count();
            let missing = |fault: &&Diagnostic| fault.code == Code::MissingKey;
            let reported = specimen.faults("{}").iter().filter(missing).count();
            assert!(
                reported >= required,
                "{}: {required} keys are required, {reported} are missed",
                specimen.what()
            );
        }
    }
}
