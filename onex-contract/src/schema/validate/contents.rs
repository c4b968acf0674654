//! What a schema asks of values of one type: numbers, strings, lists, mappings.

use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};

use super::super::json::{Json, size, size_of_text};
use super::super::model::{Keywords, Range};
use super::super::number::Number;
use super::fault::{Counted, Side, Why};
use super::{Walk, under};
use crate::read::field::Field;
use crate::source::Span;
use crate::syntax::{Key, Mapping, Node, Value};

impl<'s> Walk<'s, '_> {
    pub(super) fn contents(&mut self, at: Field<'s>, keywords: &'s Keywords) {
        match &at.node.value {
            Value::Int(_) | Value::Float(_) => self.number(at, keywords),
            Value::Str(text) => self.text(at, text, keywords),
            Value::Seq(items) => self.list(at, items, keywords),
            Value::Map(mapping) => self.mapping(at, mapping, keywords),
            Value::Null | Value::Bool(_) | Value::Faulty(_) => {}
        }
    }

    fn number(&mut self, at: Field<'s>, keywords: &'s Keywords) {
        let Some(number) = Number::of(&at.node.value) else { return };
        let bounds = &keywords.bounds;
        let bounds = [
            (Side::AtLeast, bounds.minimum),
            (Side::Above, bounds.above),
            (Side::AtMost, bounds.maximum),
            (Side::Below, bounds.below),
        ];
        for (side, bound) in bounds {
            if let Some(bound) = bound
                && !side.admits(number.compare(bound.value))
            {
                self.fault(at, bound.span, Why::Bound { found: number, side, bound: bound.value });
            }
        }
        if let Some(factor) = keywords.multiple_of
            && !number.is_multiple_of(factor.value)
        {
            self.fault(at, factor.span, Why::NotMultiple { found: number, factor: factor.value });
        }
    }

    fn text(&mut self, at: Field<'s>, text: &'s str, keywords: &'s Keywords) {
        if keywords.format.is_none() && !keywords.length.is_given() || !self.afford(|| size_of_text(text)) {
            return;
        }
        if let Some(format) = keywords.format
            && !format.value.is_met_by(text)
        {
            self.fault(at, format.span, Why::Format { found: text, format: format.value });
        }
        if keywords.length.is_given() {
            self.range(at, Counted::Characters, text.chars().count(), keywords.length);
        }
    }

    fn list(&mut self, at: Field<'s>, items: &'s [Node], keywords: &'s Keywords) {
        self.range(at, Counted::Entries, items.len(), keywords.number_of_items);
        if let Some(says_so) = keywords.unique {
            self.unique(at, items, says_so);
        }
        if let Some(rule) = &keywords.items {
            items.iter().for_each(|item| self.check(at.entry(item), rule));
        }
    }

    fn unique(&mut self, at: Field<'s>, items: &'s [Node], says_so: Span) {
        if !self.afford(|| items.iter().map(size).sum()) {
            return;
        }
        let mut seen = BTreeMap::new();
        for item in items {
            let Some(value) = Json::of(item) else {
                self.unsure = true;
                continue;
            };
            match seen.entry(value) {
                Entry::Vacant(new) => {
                    new.insert(item.span);
                }
                Entry::Occupied(first) => {
                    self.fault(at.entry(item), says_so, Why::Twice { first: *first.get() });
                }
            }
        }
    }

    fn mapping(&mut self, at: Field<'s>, mapping: &'s Mapping, keywords: &'s Keywords) {
        if mapping.broken.is_some() {
            self.unsure = true;
        } else {
            self.range(at, Counted::Keys, mapping.entries.len(), keywords.number_of_properties);
            self.required(at, mapping, keywords);
        }
        let described = keywords.properties.as_ref();
        let asks_for_more = described.is_some() || keywords.additional.is_some();
        if !asks_for_more || !self.afford(|| mapping.entries.len()) {
            return;
        }
        for (key, node) in &mapping.entries {
            match described.and_then(|properties| properties.get(&key.value)) {
                Some(rule) => self.check(under(key, node), rule),
                None => self.additional(at, mapping, (key, node), keywords),
            }
        }
    }

    /// A key that `properties` does not describe. What of the schema is not known may describe it.
    fn additional(
        &mut self,
        at: Field<'s>,
        mapping: &'s Mapping,
        (key, node): (&'s Key, &'s Node),
        keywords: &'s Keywords,
    ) {
        match &keywords.additional {
            Some(_) if keywords.may_describe_others() => {}
            Some(rule) if rule.is_impossible() => {
                let properties = keywords.properties.as_ref();
                self.fault(at, rule.span, Why::UnknownKey { key, mapping, properties });
            }
            Some(rule) => self.check(under(key, node), rule),
            None => {}
        }
    }

    fn required(&mut self, at: Field<'s>, mapping: &'s Mapping, keywords: &'s Keywords) {
        if keywords.required.is_empty() || !self.afford(|| keywords.required.len() + mapping.entries.len()) {
            return;
        }
        let present: HashSet<&str> = mapping.entries.iter().map(|(key, _)| key.value.as_str()).collect();
        for name in &keywords.required {
            if !present.contains(name.value.as_str()) {
                let properties = keywords.properties.as_ref();
                self.fault(at, name.span, Why::Missing { name: &name.value, mapping, properties });
            }
        }
    }

    fn range(&mut self, at: Field<'s>, what: Counted, found: usize, range: Range) {
        let found = found as u64;
        for (side, bound) in [(Side::AtLeast, range.least), (Side::AtMost, range.most)] {
            if let Some(bound) = bound
                && !side.admits(found.cmp(&bound.value))
            {
                self.fault(at, bound.span, Why::Count { what, found, side, bound: bound.value });
            }
        }
    }
}
