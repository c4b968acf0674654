//! `$ref`: which definitions there are, and that they do not refer to each other without end.

use std::collections::HashMap;

use super::keywords::DEFINITION;
use super::model::{Demand, Reference, Rule, Schema};
use super::read::TABLES;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::read::Given;
use crate::source::Spanned;
use crate::syntax::{Key, Mapping, Node, Shortened, Value};

/// A message shows no more references of a circle than this.
const SHOWN: usize = 8;

/// The definitions of a schema by their paths, in the order in which they are read.
pub(super) struct Names {
    paths: HashMap<String, usize>,
    /// A definition may be there that could not be read.
    broken: Option<Reported>,
}

impl Names {
    /// `broken`: definitions may stand under a key that could not be read.
    pub(super) fn of(schema: &Node, broken: Option<Reported>) -> Self {
        let mut names = Self { paths: HashMap::new(), broken };
        let Value::Map(schema) = &schema.value else { return names };
        for table in TABLES {
            match schema.entries.iter().find(|(key, _)| key.value == table).map(|(_, node)| &node.value) {
                Some(Value::Map(mapping)) => names.add(table, mapping),
                Some(Value::Faulty(reported)) => names.broken = Some(*reported),
                _ => {}
            }
        }
        names
    }

    fn add(&mut self, table: &str, mapping: &Mapping) {
        self.broken = self.broken.or(mapping.broken);
        for (key, _) in &mapping.entries {
            let next = self.paths.len();
            self.paths.insert(path(table, &key.value), next);
        }
    }

    /// The index of the definition that a reference names.
    pub(super) fn definition(&self, reference: &Spanned<String>, sink: &mut Sink) -> Given<usize> {
        if let Some(definition) = self.paths.get(&reference.value) {
            return Ok(*definition);
        }
        if let Some(reported) = self.broken {
            return Err(reported);
        }
        let message = format!("`{}` refers to no definition of this schema", Shortened(&reference.value));
        let fault = Diagnostic::new(Code::BadReference, message, reference.span, "no such definition");
        let mut paths: Vec<&str> = self.paths.keys().map(String::as_str).collect();
        paths.sort_unstable();
        Err(sink.report(match closest(&reference.value, paths) {
            Some(meant) => {
                fault.replace(format!("there is `{meant}`"), reference.span, format!("\"{meant}\""))
            }
            None => fault.help(
                "a reference is written `#/$defs/name`, for what is under `$defs` at the top of the schema",
            ),
        }))
    }
}

pub(super) fn path(table: &str, name: &str) -> String {
    format!("#/{table}/{name}")
}

/// In a reference, other characters would have to be escaped twice.
pub(super) fn check_name(name: &Key, sink: &mut Sink) {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.value.is_empty() || !name.value.bytes().all(good) {
        let message = format!("`{}` cannot be referred to", Shortened(&name.value));
        let fault = Diagnostic::new(Code::BadName, message, name.span, "not the name of a definition");
        sink.report(fault.help(format!("the name of a definition has {} only", DEFINITION.rule)));
    }
}

/// Reports each circle of references that no value brings to an end, as no key or entry lies between them.
pub(super) fn check_circles(schema: &Schema, sink: &mut Sink) -> Given<()> {
    let references: Vec<Vec<&Spanned<Reference>>> =
        schema.definitions.iter().map(|definition| at_once(&definition.rule)).collect();
    let mut reported = Ok(());
    for circle in circles(&references) {
        reported = Err(sink.report(endless(schema, &circle)));
    }
    reported
}

/// The references that are followed for one and the same value.
fn at_once(rule: &Rule) -> Vec<&Spanned<Reference>> {
    let mut found = Vec::new();
    let mut open = vec![rule];
    while let Some(rule) = open.pop() {
        let Demand::Keywords(keywords) = &rule.demand else { continue };
        found.extend(&keywords.reference);
        open.extend(keywords.combined().chain(&keywords.not));
    }
    found
}

/// References that lead from a definition back to it.
struct Circle<'s> {
    start: usize,
    /// The first of them.
    shown: Vec<&'s Spanned<Reference>>,
    is_longer: bool,
}

/// Depth first: each reference that leads back into the path by which it was reached, with that path.
fn circles<'s>(references: &[Vec<&'s Spanned<Reference>>]) -> Vec<Circle<'s>> {
    let mut circles = Vec::new();
    let mut visited = vec![false; references.len()];
    let mut place_in_path: Vec<Option<usize>> = vec![None; references.len()];
    for start in 0..references.len() {
        if std::mem::replace(&mut visited[start], true) {
            continue;
        }
        // The definitions on the path, and how many references of each were followed.
        let mut path = vec![(start, 0)];
        place_in_path[start] = Some(0);
        while let Some((definition, followed)) = path.last_mut() {
            let Some(reference) = references[*definition].get(*followed) else {
                place_in_path[*definition] = None;
                path.pop();
                continue;
            };
            *followed += 1;
            let next = reference.value.definition;
            if let Some(first) = place_in_path[next] {
                let circle = path[first..].iter().map(|(on, followed)| references[*on][followed - 1]);
                let is_longer = circle.len() > SHOWN;
                circles.push(Circle { start: next, shown: circle.take(SHOWN).collect(), is_longer });
            } else if !std::mem::replace(&mut visited[next], true) {
                place_in_path[next] = Some(path.len());
                path.push((next, 0));
            }
        }
    }
    circles
}

fn endless(schema: &Schema, circle: &Circle<'_>) -> Diagnostic {
    let path = |definition: usize| schema.definitions[definition].path.as_str();
    let mut paths = vec![path(circle.start)];
    paths.extend(circle.shown.iter().map(|reference| path(reference.value.definition)));
    if circle.is_longer {
        paths.extend(["...", path(circle.start)]);
    }
    let message = format!("definitions refer to each other without end: {}", paths.join(" -> "));
    let (first, others) = circle.shown.split_first().expect("a circle has at least one reference");
    let fault = Diagnostic::new(Code::EndlessReference, message, first.span, "this is about the same value");
    let fault = others.iter().fold(fault, |fault, other| fault.also(other.span, "and so is this"));
    fault.help("a definition may refer to itself below a key or an entry, under `properties` or `items`")
}
