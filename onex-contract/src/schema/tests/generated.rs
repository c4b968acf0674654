//! Schemas and values by the thousand.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_yaml::{Mapping, Value};

use super::{diagnostics, naive};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A schema, a value that fits it and one that does not.
#[derive(Debug, Clone)]
struct Case {
    schema: Value,
    good: Value,
    bad: Value,
}

/// What is wrong with a value, as the validator sees it.
fn verdict(schema: &Value, data: &Value) -> Option<String> {
    let file = mapping([("schema", schema.clone()), ("data", data.clone())]);
    let text = serde_yaml::to_string(&file).expect("a value can be written");
    diagnostics(&text).map(|faults| faults.to_string())
}

fn mapping<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Mapping(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Sequence(items.into_iter().collect())
}

fn with(schema: Value, key: &str, value: Value) -> Value {
    let Value::Mapping(mut keywords) = schema else { return schema };
    keywords.insert(key.into(), value);
    Value::Mapping(keywords)
}

fn of_type(name: &str) -> Value {
    mapping([("type", name.into())])
}

fn leaf() -> impl Strategy<Value = Case> {
    let integer = (-5_i64..5, 0_i64..5, any::<bool>()).prop_map(|(least, more, above)| Case {
        schema: with(with(of_type("integer"), "minimum", least.into()), "maximum", (least + more).into()),
        good: (least + more / 2).into(),
        bad: if above { (least + more + 1).into() } else { ((least as f64) + 0.5).into() },
    });
    let text = (0_usize..4, 0_usize..4, any::<bool>()).prop_map(|(least, more, long)| Case {
        schema: with(with(of_type("string"), "minLength", least.into()), "maxLength", (least + more).into()),
        good: "ö".repeat(least + more / 2).into(),
        bad: if long || least == 0 {
            "ö".repeat(least + more + 1).into()
        } else {
            "ö".repeat(least - 1).into()
        },
    });
    let word = select(&NAMES[1..]).prop_map(|word| Case {
        schema: mapping([("enum", list([word.into(), 7.into(), Value::Null]))]),
        good: word.into(),
        bad: "a".into(),
    });
    let switch = any::<bool>().prop_map(|on| Case {
        schema: with(of_type("boolean"), "nullable", true.into()),
        good: if on { true.into() } else { Value::Null },
        bad: "true".into(),
    });
    prop_oneof![integer, text, word, switch]
}

fn in_list(entry: Case, entries: usize, at: usize) -> Case {
    let schema = mapping([
        ("type", "array".into()),
        ("items", entry.schema),
        ("minItems", entries.into()),
        ("maxItems", entries.into()),
    ]);
    let mut bad = vec![entry.good.clone(); entries];
    match bad.get_mut(at) {
        Some(item) => *item = entry.bad,
        None => bad.push(entry.good.clone()),
    }
    Case { schema, good: list(vec![entry.good; entries]), bad: list(bad) }
}

fn in_mapping(cases: &[Case], how: usize) -> Case {
    let named = |value: fn(&Case) -> &Value| -> Mapping {
        NAMES.into_iter().zip(cases).map(|(name, case)| (name.into(), value(case).clone())).collect()
    };
    let names = || NAMES.into_iter().zip(cases).map(|(name, _)| Value::from(name));
    let schema = mapping([
        ("type", "object".into()),
        ("properties", named(|case| &case.schema).into()),
        ("required", list(names())),
        ("additionalProperties", false.into()),
    ]);
    let good = named(|case| &case.good);
    let mut bad = good.clone();
    match cases.get(how) {
        Some(case) => bad.insert(NAMES[how].into(), case.bad.clone()),
        None if how.is_multiple_of(2) => bad.remove(NAMES[0]),
        None => bad.insert("other".into(), Value::Null),
    };
    Case { schema, good: good.into(), bad: bad.into() }
}

/// The same demand in other words.
fn reworded(case: Case, how: usize) -> Case {
    let schema = case.schema.clone();
    let schema = match how {
        0 => mapping([("allOf", list([true.into(), schema]))]),
        1 => mapping([("anyOf", list([schema.clone(), false.into(), schema]))]),
        2 => mapping([("oneOf", list([false.into(), schema]))]),
        3 => mapping([("not", mapping([("not", schema)]))]),
        4 => with(schema, "default", case.good.clone()),
        _ => with(schema, "description", "words".into()),
    };
    Case { schema, ..case }
}

fn case() -> impl Strategy<Value = Case> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (inner.clone(), 0_usize..4, 0_usize..5)
                .prop_map(|(entry, entries, at)| in_list(entry, entries, at)),
            (vec(inner.clone(), 1..4), 0_usize..6).prop_map(|(cases, how)| in_mapping(&cases, how)),
            (inner, 0_usize..6).prop_map(|(case, how)| reworded(case, how)),
        ]
    })
}

/// Any value, of few different ones, so that it fits now and then.
fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        (-15_i64..15).prop_map(|tenths| Value::from(tenths as f64 / 10.0)),
        select(&["", "a", "bb", "öö", "true", "1", "null", "2025-01-15"][..]).prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(list),
            vec((select(&NAMES[..]), inner), 0..4).prop_map(|entries| {
                Value::Mapping(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
            }),
        ]
    })
}

/// Some keywords of one type, `least` at or below `most`.
fn keywords(of: &'static str) -> BoxedStrategy<Value> {
    let range = |least: &'static str, most: &'static str, low: i64| {
        (low..3, 0_i64..3, subsequence(vec![0, 1], 0..=2)).prop_map(move |(from, more, given)| {
            let both = [(least, from), (most, from + more)];
            given
                .into_iter()
                .map(|at: usize| (Value::from(both[at].0), Value::from(both[at].1)))
                .collect::<Mapping>()
        })
    };
    match of {
        "string" => range("minLength", "maxLength", 0).prop_map(Value::from).boxed(),
        "array" => (range("minItems", "maxItems", 0), any::<bool>())
            .prop_map(|(range, unique)| with(range.into(), "uniqueItems", unique.into()))
            .boxed(),
        "object" => range("minProperties", "maxProperties", 0).prop_map(Value::from).boxed(),
        "number" => (range("minimum", "maximum", -3), select(vec![0.1, 0.5, 2.0]), any::<bool>())
            .prop_map(
                |(range, factor, given)| {
                    if given { with(range.into(), "multipleOf", factor.into()) } else { range.into() }
                },
            )
            .boxed(),
        _ => (-3_i64..3)
            .prop_map(|bound| {
                mapping([("exclusiveMinimum", bound.into()), ("exclusiveMaximum", (bound + 2).into())])
            })
            .boxed(),
    }
}

/// Any schema that says something and does not contradict itself.
fn any_schema() -> impl Strategy<Value = Value> {
    let types = ["string", "integer", "number", "boolean", "array", "object", "null"];
    let simple = prop_oneof![
        any::<bool>().prop_map(Value::from),
        select(types.to_vec()).prop_map(of_type),
        subsequence(types.to_vec(), 1..4)
            .prop_map(|types| mapping([("type", list(types.into_iter().map(Value::from)))])),
        select(vec!["string", "array", "object", "number", "exclusive"]).prop_flat_map(keywords),
        any_value().prop_map(|value| mapping([("const", value)])),
        (-2_i64..3).prop_map(|number| mapping([(
            "enum",
            list([number.into(), "a".into(), (number as f64 + 0.5).into()])
        )])),
        select(vec!["#/$defs/small", "#/$defs/tree"]).prop_map(|path| mapping([("$ref", path.into())])),
    ];
    simple.prop_recursive(3, 16, 4, |inner| {
        let object =
            (vec(inner.clone(), 1..4), subsequence(vec![0, 1, 2, 3], 0..3), inner.clone(), any::<bool>());
        prop_oneof![
            inner.clone().prop_map(|schema| mapping([("type", "array".into()), ("items", schema)])),
            object.prop_map(|(schemas, required, additional, closed)| {
                let count = schemas.len();
                let properties: Mapping =
                    NAMES.into_iter().zip(schemas).map(|(name, schema)| (name.into(), schema)).collect();
                let required = required.into_iter().filter(|at| *at < count).map(|at| NAMES[at].into());
                let schema = mapping([("properties", properties.into()), ("required", list(required))]);
                if closed { with(schema, "additionalProperties", additional) } else { schema }
            }),
            (select(vec!["allOf", "anyOf", "oneOf"]), vec(inner.clone(), 1..4))
                .prop_map(|(how, schemas)| mapping([(how, list(schemas))])),
            inner.prop_map(|schema| mapping([("not", schema)])),
        ]
    })
}

fn with_definitions(schema: Value) -> Value {
    let schema = match schema {
        Value::Mapping(_) => schema,
        other => mapping([("allOf", list([other]))]),
    };
    let tree = mapping([
        ("type", list(["array".into(), "integer".into()])),
        ("items", mapping([("$ref", "#/$defs/tree".into())])),
    ]);
    with(schema, "$defs", mapping([("small", mapping([("maximum", 1.into())])), ("tree", tree)]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_made_for_a_schema_fits_and_one_made_against_it_does_not(case in case()) {
        prop_assert_eq!(verdict(&case.schema, &case.good), None);
        prop_assert!(verdict(&case.schema, &case.bad).is_some());
    }

    #[test]
    fn the_naive_implementation_agrees(schema in any_schema(), values in vec(any_value(), 4)) {
        let schema = with_definitions(schema);
        for value in values {
            let verdict = verdict(&schema, &value);
            prop_assert_eq!(verdict.is_none(), naive::fits(&value, &schema, &schema), "{:?}", verdict);
        }
    }
}
