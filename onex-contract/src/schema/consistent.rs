//! Whether the keywords of one schema fit together: each says something, and none makes another impossible.

use std::cmp::Ordering;
use std::fmt;

use super::model::{Bounds, Keywords, Range};
use super::types::{Type, Types};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::read::field::{Field, listed};
use crate::source::Spanned;
use crate::syntax::{Key, Shortened, Value};

/// The keywords that ask something of values of one type only. In each column are those that ask the like.
const OF_TYPES: [(Type, &[&str]); 4] = [
    (Type::String, &["minLength", "maxLength", "format"]),
    (Type::Number, &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (Type::Array, &["minItems", "maxItems", "items", "uniqueItems"]),
    (Type::Object, &["minProperties", "maxProperties", "properties", "required", "additionalProperties"]),
];
/// The columns of which every type has one: the least and the most.
const COMMON: usize = 2;

/// A message lists no more names than this.
const LISTED: usize = 10;
/// A name is compared with no more than this, to find what it was meant to be.
const COMPARED: usize = 100;

/// Checks one schema. `nullable` adds to its types.
pub(super) fn check(
    schema: Field<'_>,
    keywords: &mut Keywords,
    nullable: Option<Spanned<bool>>,
    sink: &mut Sink,
) {
    if let Some(types) = keywords.types {
        check_types(schema, types, sink);
    }
    if let Some(nullable) = nullable {
        add_null(keywords, nullable, sink);
    }
    check_bounds(&keywords.bounds, sink);
    check_range("Length", keywords.length, sink);
    check_range("Items", keywords.number_of_items, sink);
    check_range("Properties", keywords.number_of_properties, sink);
    check_required(keywords, sink);
}

/// Reports keywords for values of a type that the schema does not allow.
fn check_types(schema: Field<'_>, types: Spanned<Types>, sink: &mut Sink) {
    let Value::Map(mapping) = &schema.node.value else { return };
    for (key, node) in &mapping.entries {
        // `required: true` beside a type is another fault, which was reported.
        if matches!((key.value.as_str(), &node.value), ("required", Value::Bool(_))) {
            continue;
        }
        let of = OF_TYPES.iter().find(|(_, keywords)| keywords.contains(&key.value.as_str()));
        if let Some((of, keywords)) = of
            && !has(types.value, *of)
        {
            sink.report(misfit(key, *of, keywords, types));
        }
    }
}

fn has(types: Types, one: Type) -> bool {
    types.has(one) || one == Type::Number && types.has(Type::Integer)
}

fn misfit(key: &Key, of: Type, keywords: &[&str], types: Spanned<Types>) -> Diagnostic {
    let message =
        format!("`{}` is for {}, and the schema asks for {}", key.value, Types::from([of]), types.value);
    let fault = Diagnostic::new(Code::MisfitKeyword, message, key.span, "this asks for nothing")
        .also(types.span, "the type that it is beside");
    let column = keywords.iter().position(|keyword| *keyword == key.value).filter(|column| *column < COMMON);
    let like = column.and_then(|column| {
        let (_, keywords) = OF_TYPES.iter().find(|(of, _)| has(types.value, *of))?;
        keywords.get(column)
    });
    match like {
        Some(like) => fault.replace(format!("for {} it is `{like}`", types.value), key.span, *like),
        None => fault.help("remove it, or change the type"),
    }
}

fn add_null(keywords: &mut Keywords, nullable: Spanned<bool>, sink: &mut Sink) {
    let Some(types) = &mut keywords.types else {
        // A type that could not be read is one.
        if keywords.broken.is_none() {
            let message = "`nullable` belongs to a `type`";
            let fault =
                Diagnostic::new(Code::MisplacedKey, message, nullable.span, "this schema has no `type`");
            sink.report(fault.help("remove it: without a `type`, `null` is allowed"));
        }
        return;
    };
    if !nullable.value {
        if types.value.has(Type::Null) {
            let message = "`null` is one of the types, and `nullable` is `false`";
            let fault =
                Diagnostic::new(Code::Contradiction, message, nullable.span, "`null` is not allowed here");
            sink.report(fault.also(types.span, "and is allowed here").help("remove one of the two"));
        }
        return;
    }
    types.value = types.value.and(Type::Null);
    if let Some(listed) = &keywords.listed
        && !listed.value.iter().any(|node| matches!(node.value, Value::Null | Value::Faulty(_)))
    {
        let message = "`nullable` is `true`, and `enum` does not list `null`";
        let fault = Diagnostic::new(Code::Contradiction, message, nullable.span, "`null` is allowed here");
        sink.report(
            fault
                .also(listed.span, "and is not one of these values")
                .help("list `null` in `enum`, or remove `nullable`"),
        );
    }
}

fn check_bounds(bounds: &Bounds, sink: &mut Sink) {
    let least = [("minimum", bounds.minimum), ("exclusiveMinimum", bounds.above)];
    let most = [("maximum", bounds.maximum), ("exclusiveMaximum", bounds.below)];
    for (least_name, least) in least {
        for (most_name, most) in most {
            let (Some(least), Some(most)) = (least, most) else { continue };
            let both_included = (least_name, most_name) == ("minimum", "maximum");
            let is_empty = match least.value.compare(most.value) {
                Ordering::Less => false,
                Ordering::Equal => !both_included,
                Ordering::Greater => true,
            };
            if is_empty {
                sink.report(empty((least_name, least), (most_name, most)));
            }
        }
    }
}

fn check_range(what: &str, range: Range, sink: &mut Sink) {
    if let (Some(least), Some(most)) = (range.least, range.most)
        && least.value > most.value
    {
        sink.report(empty((&format!("min{what}"), least), (&format!("max{what}"), most)));
    }
}

fn empty<T: fmt::Display + Copy>(least: (&str, Spanned<T>), most: (&str, Spanned<T>)) -> Diagnostic {
    let message = format!(
        "no value is possible: `{}` is {}, and `{}` is {}",
        least.0, least.1.value, most.0, most.1.value
    );
    Diagnostic::new(Code::Contradiction, message, least.1.span, "this is too much")
        .also(most.1.span, "for this")
}

/// Each key that is required must be described, where keys are described.
fn check_required(keywords: &Keywords, sink: &mut Sink) {
    let no_others = keywords.additional.as_ref().filter(|additional| additional.is_impossible());
    if keywords.may_describe_others() || keywords.properties.is_none() && no_others.is_none() {
        return;
    }
    let described = |name: &str| keywords.properties.as_ref().is_some_and(|all| all.get(name).is_some());
    for name in keywords.required.iter().filter(|name| !described(&name.value)) {
        sink.report(not_described(name, keywords));
    }
}

fn not_described(name: &Spanned<String>, keywords: &Keywords) -> Diagnostic {
    let message = format!("`{}` is required, and `properties` does not describe it", Shortened(&name.value));
    let fault = Diagnostic::new(Code::NotDescribed, message, name.span, "this is not described");
    let Some(properties) = &keywords.properties else {
        return fault.help("describe it under `properties`");
    };
    let names = properties.names().take(COMPARED);
    let fault = fault.note(format!("the described keys are {}{}", listed(names.clone().take(LISTED)), {
        let more = properties.list.len().saturating_sub(LISTED);
        if more > 0 { format!(" and {more} more") } else { String::new() }
    }));
    match closest(&name.value, names) {
        Some(meant) => fault.replace(format!("there is `{meant}`"), name.span, meant),
        None => fault.help(format!(
            "describe it under `properties`: `{}: true` if it may be anything",
            Shortened(&name.value)
        )),
    }
}
