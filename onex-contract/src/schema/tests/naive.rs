//! JSON Schema as its specification says it, keyword by keyword, without places, messages or bounds: what the
//! validator is compared with. It shares no code with it, not even the tree.

use serde_yaml::{Mapping, Value};

pub(super) fn fits(value: &Value, schema: &Value, root: &Value) -> bool {
    match schema {
        Value::Bool(all) => *all,
        Value::Mapping(keywords) => keywords.iter().all(|(name, asked)| {
            keyword(name.as_str().expect("a keyword is a string"), asked, value, keywords, root)
        }),
        _ => panic!("no schema: {schema:?}"),
    }
}

fn keyword(name: &str, asked: &Value, value: &Value, beside: &Mapping, root: &Value) -> bool {
    let each = |asked: &Value| asked.as_sequence().expect("a list of schemas").clone();
    let number = |compare: fn(f64, f64) -> bool| match value {
        Value::Number(found) => compare(found.as_f64().expect("a number"), asked.as_f64().expect("a bound")),
        _ => true,
    };
    let count = |found: Option<usize>, compare: fn(u64, u64) -> bool| {
        found.is_none_or(|found| compare(found as u64, asked.as_u64().expect("a count")))
    };
    let characters = value.as_str().map(|text| text.chars().count());
    let entries = value.as_sequence().map(Vec::len);
    let keys = value.as_mapping().map(Mapping::len);
    match name {
        "type" => {
            let nullable = value.is_null() && beside.get("nullable") == Some(&Value::Bool(true));
            nullable
                || match asked {
                    Value::Sequence(types) => types.iter().any(|one| has_type(value, one)),
                    one => has_type(value, one),
                }
        }
        "enum" => each(asked).iter().any(|one| same(one, value)),
        "const" => same(asked, value),
        "minimum" => number(|found, bound| found >= bound),
        "maximum" => number(|found, bound| found <= bound),
        "exclusiveMinimum" => number(|found, bound| found > bound),
        "exclusiveMaximum" => number(|found, bound| found < bound),
        "multipleOf" => number(|found, factor| ((found / factor) - (found / factor).round()).abs() < 1e-9),
        "minLength" => count(characters, |found, bound| found >= bound),
        "maxLength" => count(characters, |found, bound| found <= bound),
        "minItems" => count(entries, |found, bound| found >= bound),
        "maxItems" => count(entries, |found, bound| found <= bound),
        "minProperties" => count(keys, |found, bound| found >= bound),
        "maxProperties" => count(keys, |found, bound| found <= bound),
        "uniqueItems" => match (asked, value) {
            (Value::Bool(true), Value::Sequence(items)) => {
                (1..items.len()).all(|at| items[..at].iter().all(|before| !same(before, &items[at])))
            }
            _ => true,
        },
        "items" => value.as_sequence().is_none_or(|items| items.iter().all(|item| fits(item, asked, root))),
        "required" => {
            value.as_mapping().is_none_or(|mapping| each(asked).iter().all(|name| mapping.contains_key(name)))
        }
        "properties" => value.as_mapping().is_none_or(|mapping| {
            let asked = asked.as_mapping().expect("properties");
            asked.iter().all(|(name, schema)| mapping.get(name).is_none_or(|value| fits(value, schema, root)))
        }),
        "additionalProperties" => value.as_mapping().is_none_or(|mapping| {
            let described = |name: &Value| match beside.get("properties") {
                Some(Value::Mapping(properties)) => properties.contains_key(name),
                _ => false,
            };
            mapping.iter().all(|(name, value)| described(name) || fits(value, asked, root))
        }),
        "allOf" => each(asked).iter().all(|schema| fits(value, schema, root)),
        "anyOf" => each(asked).iter().any(|schema| fits(value, schema, root)),
        "oneOf" => each(asked).iter().filter(|schema| fits(value, schema, root)).count() == 1,
        "not" => !fits(value, asked, root),
        "$ref" => {
            let name = asked.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a reference");
            fits(value, &root["$defs"][name], root)
        }
        "$defs" | "nullable" | "default" | "description" => true,
        other => panic!("no keyword: {other}"),
    }
}

fn has_type(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a type") {
        "null" => value.is_null(),
        "boolean" => value.is_bool(),
        "string" => value.is_string(),
        "array" => value.is_sequence(),
        "object" => value.is_mapping(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("no type: {other}"),
    }
}

fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Sequence(one), Value::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Mapping(one), Value::Mapping(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}
