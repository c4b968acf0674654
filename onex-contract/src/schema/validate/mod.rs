//! Whether a value fits a schema, and every reason why it does not.
//!
//! It must not know where schema and value come from, nor what a contract is.

mod alternatives;
mod budget;
mod contents;
mod fault;
mod report;
mod suggest;

pub(crate) use self::budget::Budget;
use self::fault::{Fault, Why};
use super::json::{Json, size};
use super::model::{Demand, Keywords, Rule, Schema};
use super::types::type_of;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::Shape;
use crate::read::field::Field;
use crate::source::{Span, Spanned};
use crate::syntax::{Key, Node, Value};

/// Reports everything in a value that does not fit a schema.
pub(crate) fn validate(value: Field<'_>, schema: &Schema, budget: &mut Budget, sink: &mut Sink) {
    judge(value, schema, budget, sink, |walk| walk.check(value, &schema.root));
}

/// Reports the values in a schema that the schema itself refuses: a default or an example that does not fit, and values
/// of `enum` and `const` that nothing could have.
pub(super) fn validate_own_values(schema: &Schema, budget: &mut Budget, sink: &mut Sink) {
    schema.each(&mut |keywords| {
        if let Some(listed) = &keywords.listed {
            for value in &listed.value {
                let value = named("enum", listed.span, value).entry(value);
                judge(value, schema, budget, sink, |walk| walk.keywords_without_enum(value, keywords));
            }
        }
        if let Some(examples) = &keywords.examples {
            for value in &examples.value {
                let value = named("examples", examples.span, value).entry(value);
                judge(value, schema, budget, sink, |walk| walk.keywords(value, keywords));
            }
        }
        for (name, value) in [("const", &keywords.constant), ("default", &keywords.default)] {
            if let Some(value) = value {
                let value = named(name, value.span, &value.value);
                judge(value, schema, budget, sink, |walk| walk.keywords(value, keywords));
            }
        }
    });
}

fn judge<'s>(
    value: Field<'s>,
    schema: &'s Schema,
    budget: &mut Budget,
    sink: &mut Sink,
    check: impl FnOnce(&mut Walk<'s, '_>),
) {
    let had_some = !budget.is_spent();
    only_json(value, sink);
    let mut walk = Walk { schema, budget, faults: Vec::new(), unsure: false };
    check(&mut walk);
    let faults = walk.faults;
    report::report(&faults, budget, sink);
    if had_some && budget.is_spent() {
        sink.report(budget::too_much(value));
    }
}

/// One way through a value and a schema.
struct Walk<'s, 'b> {
    schema: &'s Schema,
    budget: &'b mut Budget,
    faults: Vec<Fault<'s>>,
    /// Something could not be read or was not looked at: that there are no faults does not mean that the value fits.
    unsure: bool,
}

impl<'s> Walk<'s, '_> {
    fn check(&mut self, at: Field<'s>, rule: &'s Rule) {
        if !self.budget.enter() {
            self.unsure = true;
            return;
        }
        match &rule.demand {
            Demand::Nothing => {}
            Demand::Impossible => self.fault(at, rule.span, Why::Impossible),
            Demand::Unknown(_) => self.unsure = true,
            Demand::Keywords(keywords) => self.keywords(at, keywords),
        }
        self.budget.leave();
    }

    fn keywords(&mut self, at: Field<'s>, keywords: &'s Keywords) {
        if self.has_type(at, keywords) && self.has_value(at, keywords) {
            self.contents(at, keywords);
            self.applied(at, keywords);
        }
    }

    fn keywords_without_enum(&mut self, at: Field<'s>, keywords: &'s Keywords) {
        if self.has_type(at, keywords) {
            self.contents(at, keywords);
            self.applied(at, keywords);
        }
    }

    /// `type`. What has another type is not asked for anything else.
    fn has_type(&mut self, at: Field<'s>, keywords: &'s Keywords) -> bool {
        self.unsure |= keywords.is_partly_known();
        let Some(found) = type_of(&at.node.value) else {
            self.unsure = true;
            return false;
        };
        match keywords.types {
            Some(types) if !types.value.has(found) => {
                self.fault(at, types.span, Why::Type(types.value));
                false
            }
            _ => true,
        }
    }

    /// `enum` and `const`. What is none of the values is not asked for anything else.
    fn has_value(&mut self, at: Field<'s>, keywords: &'s Keywords) -> bool {
        if keywords.listed.is_none() && keywords.constant.is_none() {
            return true;
        }
        let values = keywords.listed.iter().flat_map(|listed| &listed.value);
        let values = values.chain(keywords.constant.as_ref().map(|constant| &constant.value));
        if !self.afford(|| size(at.node) + values.map(size).sum::<usize>()) {
            return false;
        }
        let Some(value) = Json::of(at.node) else {
            self.unsure = true;
            return true;
        };
        let is = |other: &Node| Json::of(other).is_none_or(|other| other == value);
        if let Some(listed) = &keywords.listed
            && !listed.value.iter().any(is)
        {
            self.fault(at, listed.span, Why::NotListed(listed.value.iter().collect()));
            return false;
        }
        match &keywords.constant {
            Some(constant) if !is(&constant.value) => {
                self.fault(at, constant.span, Why::NotListed(vec![&constant.value]));
                false
            }
            _ => true,
        }
    }

    /// The schemas that ask more of the same value.
    fn applied(&mut self, at: Field<'s>, keywords: &'s Keywords) {
        let before = self.faults.len();
        if let Some(reference) = &keywords.reference {
            self.check(at, &self.schema.definitions[reference.value.definition].rule);
        }
        for rule in keywords.all_of.iter().flat_map(|all| &all.value) {
            // Several schemas that ask for the same type are not worth several messages.
            if !self.faults[before..].iter().any(|fault| fault.wrong_type(at.node).is_some()) {
                self.check(at, rule);
            }
        }
        if let Some(any) = &keywords.any_of {
            self.any_of(at, any);
        }
        if let Some(one) = &keywords.one_of {
            self.one_of(at, one);
        }
        if let Some(not) = &keywords.not {
            self.not(at, not);
        }
    }

    /// Takes the steps for what is to be looked at, if they are left.
    fn afford(&mut self, steps: impl FnOnce() -> usize) -> bool {
        let affords = !self.budget.is_spent() && self.budget.spend(steps());
        self.unsure |= !affords;
        affords
    }

    fn fault(&mut self, at: Field<'s>, says_so: Span, why: Why<'s>) {
        self.faults.push(Fault { at, says_so, why, closest_of: None });
    }
}

/// A value of a mapping, which no table of the language knows.
fn under<'s>(key: &'s Key, node: &'s Node) -> Field<'s> {
    named(&key.value, key.span, node)
}

fn named<'s>(name: &'s str, key: Span, node: &'s Node) -> Field<'s> {
    Field::under(Spanned::new(name, key), node, &Shape::Anything)
}

/// Reports the numbers that JSON does not have.
fn only_json(at: Field<'_>, sink: &mut Sink) {
    match &at.node.value {
        Value::Float(number) if !number.is_finite() => {
            let message = format!("{at}: JSON has no such number");
            sink.report(Diagnostic::new(Code::DataNotJson, message, at.node.span, "no number in JSON"));
        }
        Value::Seq(items) => items.iter().for_each(|item| only_json(at.entry(item), sink)),
        Value::Map(mapping) => {
            mapping.entries.iter().for_each(|(key, node)| only_json(under(key, node), sink));
        }
        _ => {}
    }
}
