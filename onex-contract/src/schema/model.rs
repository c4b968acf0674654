//! What a schema is once it is read: each keyword typed, with its place.

use std::collections::HashMap;

use super::format::Format;
use super::number::Number;
use super::types::Types;
use crate::diagnostic::Reported;
use crate::source::{Span, Spanned};
use crate::syntax::{Key, Node};

/// A JSON Schema that says what it says without a contradiction.
#[derive(Debug, Clone)]
pub struct Schema {
    pub(super) root: Rule,
    /// What is under `$defs` and `definitions`, in the order of the file.
    pub(super) definitions: Vec<Definition>,
}

/// An entry of `$defs` or `definitions`.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    /// How it is referred to: `#/$defs/step`.
    pub(super) path: String,
    pub(super) rule: Rule,
}

/// A schema at one place: what it demands of a value.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) span: Span,
    pub(super) demand: Demand,
}

#[derive(Debug, Clone)]
pub(super) enum Demand {
    /// `true`: any value fits.
    Nothing,
    /// `false`: none does.
    Impossible,
    Keywords(Box<Keywords>),
    /// It cannot be read, which was reported: whether a value fits is not known.
    Unknown(Reported),
}

/// The keywords of one schema. What is absent demands nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Keywords {
    /// Some could not be read, which was reported: a value that fits may not.
    pub(super) broken: Option<Reported>,
    /// Those that this version does not check, which was said: a value that fits may not.
    pub(super) unchecked: Vec<&'static str>,
    /// `$ref`.
    pub(super) reference: Option<Spanned<Reference>>,
    /// `type`, and null where `nullable` adds it.
    pub(super) types: Option<Spanned<Types>>,
    /// `enum`; the place is that of the keyword, here and where a value has a place of its own.
    pub(super) listed: Option<Spanned<Vec<Node>>>,
    pub(super) constant: Option<Spanned<Node>>,
    pub(super) default: Option<Spanned<Node>>,
    /// `examples`.
    pub(super) examples: Option<Spanned<Vec<Node>>>,
    pub(super) format: Option<Spanned<Format>>,
    pub(super) bounds: Bounds,
    pub(super) multiple_of: Option<Spanned<Number>>,
    pub(super) length: Range,
    pub(super) number_of_items: Range,
    pub(super) number_of_properties: Range,
    /// `uniqueItems: true`.
    pub(super) unique: Option<Span>,
    pub(super) items: Option<Rule>,
    pub(super) properties: Option<Properties>,
    pub(super) required: Vec<Spanned<String>>,
    /// `additionalProperties`.
    pub(super) additional: Option<Rule>,
    pub(super) all_of: Option<Spanned<Vec<Rule>>>,
    pub(super) any_of: Option<Spanned<Vec<Rule>>>,
    pub(super) one_of: Option<Spanned<Vec<Rule>>>,
    pub(super) not: Option<Rule>,
}

/// `$ref`, followed: an index into the definitions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    pub(super) definition: usize,
}

/// `minimum` and its like.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    pub(super) minimum: Option<Spanned<Number>>,
    pub(super) above: Option<Spanned<Number>>,
    pub(super) maximum: Option<Spanned<Number>>,
    pub(super) below: Option<Spanned<Number>>,
}

/// How many there may be, both included.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Range {
    pub(super) least: Option<Spanned<u64>>,
    pub(super) most: Option<Spanned<u64>>,
}

/// `properties`, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    pub(super) list: Vec<(Key, Rule)>,
    index: HashMap<String, usize>,
}

impl Range {
    pub(super) fn is_given(self) -> bool {
        self.least.is_some() || self.most.is_some()
    }
}

impl Schema {
    /// Whether `properties` at the top describes a key; nothing, if other parts of the schema may.
    pub(crate) fn describes(&self, key: &str) -> Option<bool> {
        let Demand::Keywords(top) = &self.root.demand else { return None };
        let may_elsewhere =
            top.is_partly_known() || top.reference.is_some() || top.combined().next().is_some();
        let here = top.properties.as_ref()?.get(key).is_some();
        (here || !may_elsewhere).then_some(here)
    }

    /// Shows the keywords of every schema in it, in the order of the file.
    pub(super) fn each<'s>(&'s self, see: &mut dyn FnMut(&'s Keywords)) {
        self.root.each(see);
        self.definitions.iter().for_each(|definition| definition.rule.each(see));
    }
}

impl Rule {
    /// Whether it is `false`.
    pub(super) fn is_impossible(&self) -> bool {
        matches!(self.demand, Demand::Impossible)
    }

    /// The depth is that of the file, which is bounded.
    fn each<'s>(&'s self, see: &mut dyn FnMut(&'s Keywords)) {
        let Demand::Keywords(keywords) = &self.demand else { return };
        see(keywords);
        let properties = keywords.properties.iter().flat_map(|properties| &properties.list);
        properties.for_each(|(_, rule)| rule.each(see));
        let single = [&keywords.items, &keywords.additional, &keywords.not];
        single.into_iter().flatten().for_each(|rule| rule.each(see));
        keywords.combined().for_each(|rule| rule.each(see));
    }
}

impl Keywords {
    /// Whether the schema asks for more than is known here.
    pub(super) fn is_partly_known(&self) -> bool {
        self.broken.is_some() || !self.unchecked.is_empty()
    }

    /// Whether a key may be described by more than `properties`.
    pub(super) fn may_describe_others(&self) -> bool {
        self.broken.is_some() || self.unchecked.contains(&"patternProperties")
    }

    /// The schemas in `allOf`, `anyOf` and `oneOf`.
    pub(super) fn combined(&self) -> impl Iterator<Item = &Rule> {
        [&self.all_of, &self.any_of, &self.one_of].into_iter().flatten().flat_map(|list| &list.value)
    }
}

impl Properties {
    pub(super) fn new(list: Vec<(Key, Rule)>) -> Self {
        let index = list.iter().enumerate().map(|(place, (key, _))| (key.value.clone(), place)).collect();
        Self { list, index }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Rule> {
        self.index.get(name).map(|place| &self.list[*place].1)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(|(key, _)| key.value.as_str())
    }
}
