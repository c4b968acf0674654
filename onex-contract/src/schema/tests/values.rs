//! Values that do not fit.

use super::{diagnostics, fits, of, said};

#[test]
fn types_are_those_of_json_and_places_those_of_yaml() {
    for (schema, good, bad) in [
        (
            "{ type: integer }",
            vec!["5", "-1", "5.0", "0x10", "1e3", "99999999999999999999"],
            vec!["5.5", "\"5\"", "true", "~"],
        ),
        ("{ type: number }", vec!["5", "5.5"], vec!["\"5.5\"", "five"]),
        (
            "{ type: string }",
            vec!["five", "\"5\"", "2025-01-15", "yes", "12:30", "1.0.0"],
            vec!["5", "true", "~", "[]"],
        ),
        ("{ type: boolean }", vec!["true", "False"], vec!["yes", "\"true\"", "1"]),
        ("{ type: \"null\" }", vec!["~", "null", ""], vec!["\"null\"", "0", "{}"]),
        ("{ type: array }", vec!["[]", "[1, a]"], vec!["{}", "a"]),
        ("{ type: object }", vec!["{}", "{ a: 1 }"], vec!["[]", "a"]),
        ("{ type: [string, \"null\"] }", vec!["a", "~"], vec!["1"]),
        ("{ type: string, nullable: true }", vec!["a", "~"], vec!["1"]),
        ("{ type: string, nullable: false }", vec!["a"], vec!["~"]),
        ("{}", vec!["a", "~", "[1]"], vec![]),
    ] {
        for data in good {
            assert!(fits(schema, data), "{data} fits {schema}: {}", of(schema, data));
        }
        for data in bad {
            assert!(!fits(schema, data), "{data} does not fit {schema}");
        }
    }
}

#[test]
fn a_type_that_is_wrong_by_its_quotes_is_mended() {
    assert_eq!(
        of("{ type: integer }", "\"5000\""),
        "2: `data`: expected an integer, found the string `\"5000\"`\n  help: remove the quotes: \"5000\" -> 5000"
    );
    assert_eq!(
        of("{ type: string }", "1.0"),
        "2: `data`: expected a string, found the number `1`\n  help: put it in quotes, if it is meant as a string"
    );
    assert_eq!(
        of("{ type: [array, \"null\"] }", "{}"),
        "2: `data`: expected a list or `null`, found a mapping"
    );
}

#[test]
fn bounds_are_included_or_not() {
    for (schema, good, bad) in [
        ("{ minimum: 2 }", vec!["2", "2.5", "a"], vec!["1", "1.9"]),
        ("{ exclusiveMinimum: 2 }", vec!["2.1"], vec!["2", "2.0"]),
        ("{ maximum: 2 }", vec!["2", "-9"], vec!["2.1", "3"]),
        ("{ exclusiveMaximum: 2 }", vec!["1.9"], vec!["2"]),
        ("{ multipleOf: 0.1 }", vec!["0.3", "7", "0"], vec!["0.35"]),
        ("{ minLength: 2 }", vec!["äö", "ab", "1"], vec!["ä", "\"\""]),
        ("{ maxLength: 2 }", vec!["äö", "\"\""], vec!["abc"]),
        ("{ minItems: 1 }", vec!["[1]", "{}"], vec!["[]"]),
        ("{ maxItems: 1 }", vec!["[1]"], vec!["[1, 2]"]),
        ("{ minProperties: 1 }", vec!["{ a: 1 }", "[]"], vec!["{}"]),
        ("{ maxProperties: 1 }", vec!["{ a: 1 }"], vec!["{ a: 1, b: 2 }"]),
    ] {
        for data in good {
            assert!(fits(schema, data), "{data} fits {schema}: {}", of(schema, data));
        }
        for data in bad {
            assert!(!fits(schema, data), "{data} does not fit {schema}");
        }
    }
    assert_eq!(of("{ minimum: 100 }", "5"), "2: `data` is 5, and must be at least 100");
    assert_eq!(
        of("{ minLength: 1 }", "\"\""),
        "2: `data` has 0 characters, and must have at least 1 character"
    );
    assert_eq!(
        of("{ items: { exclusiveMaximum: 2 } }", "[2]"),
        "2: an entry of `data` is 2, and must be less than 2"
    );
    assert_eq!(of("{ minimum: 8, multipleOf: 5 }", "7").lines().count(), 2, "two demands are two messages");
}

#[test]
fn listed_values_are_compared_as_json() {
    for (schema, good, bad) in [
        (
            "{ enum: [a, 1, ~, { x: 1, y: [2] }] }",
            vec!["a", "1.0", "~", "{ y: [2.0], x: 1 }"],
            vec!["b", "\"1\"", "{ x: 1 }", "true"],
        ),
        ("{ const: [1, 2] }", vec!["[1.0, 2]"], vec!["[2, 1]", "[1]"]),
        ("{ const: ~ }", vec!["~"], vec!["0", "false"]),
        (
            "{ uniqueItems: true }",
            vec!["[1, 2, \"1\", true]", "[{ a: 1 }, { a: 2 }]", "[]"],
            vec!["[1, 1.0]", "[{ a: 1, b: 2 }, { b: 2, a: 1 }]", "[~, ~]"],
        ),
        ("{ uniqueItems: false }", vec!["[1, 1]"], vec![]),
    ] {
        for data in good {
            assert!(fits(schema, data), "{data} fits {schema}: {}", of(schema, data));
        }
        for data in bad {
            assert!(!fits(schema, data), "{data} does not fit {schema}");
        }
    }
    assert_eq!(
        of("{ type: string, enum: [sequential, parallel], minLength: 20 }", "paralel").lines().next(),
        Some("1: an entry of `enum` has 10 characters, and must have at least 20 characters")
    );
    assert_eq!(
        of("{ enum: [sequential, parallel] }", "paralel"),
        "2: `data`: there is no `paralel`\n  note: it is one of `sequential`, `parallel`\n  help: there is `parallel`: paralel -> parallel"
    );
    assert_eq!(of("{ const: 7 }", "8"), "2: `data`: expected `7`, found the integer `8`");
    assert_eq!(of("{ uniqueItems: true }", "[a, b, a, a]").lines().count(), 2);
}

#[test]
fn keys_are_required_described_or_refused() {
    let schema = "{ properties: { name: { type: string }, size: { type: integer } }, required: [name], additionalProperties: false }";
    assert!(fits(schema, "{ name: a, size: 1 }"));
    assert_eq!(of(schema, "{ size: 1 }"), "2: missing key `name` in `data`");
    assert_eq!(
        of(schema, "{ name: a, sise: 1 }"),
        "2: unknown key `sise` in `data`\n  note: the keys of `data` are `name`, `size`\n  help: there is a key `size`: sise -> size"
    );
    // A misspelt key that is required is one fault.
    assert_eq!(
        of(schema, "{ nane: a }"),
        "2: missing key `name` in `data`\n  help: `nane` is probably meant as this key: nane -> name"
    );
    assert!(fits("{ properties: { name: true } }", "{ other: 1 }"));
    assert!(!fits("{ properties: { name: false } }", "{ name: 1 }"));
    let others = "{ properties: { name: true }, additionalProperties: { type: integer } }";
    assert!(fits(others, "{ name: a, b: 1 }"));
    assert_eq!(of(others, "{ b: c }"), "2: `b`: expected an integer, found the string `\"c\"`");
    assert_eq!(of("{ additionalProperties: false }", "{ b: c }"), "2: unknown key `b` in `data`");
}

#[test]
fn what_has_the_wrong_type_is_not_asked_for_more() {
    let schema = "{ type: object, required: [a], properties: { a: true }, allOf: [{ type: object }, { minProperties: 2 }] }";
    assert_eq!(of(schema, "[]").lines().count(), 1);
    let several = "{ allOf: [{ type: string }, { type: string, minLength: 2 }] }";
    assert_eq!(of(several, "5").lines().filter(|line| line.starts_with('2')).count(), 1);
    assert_eq!(
        of("{ enum: [a], minLength: 1 }", "\"\"").lines().filter(|line| line.starts_with('2')).count(),
        1
    );
}

#[test]
fn of_alternatives_the_closest_is_explained() {
    let schema = "{ anyOf: [{ type: string }, { type: object, properties: { a: { type: integer }, b: true }, required: [a, b] }] }";
    assert!(fits(schema, "x") && fits(schema, "{ a: 1, b: 2 }"));
    assert_eq!(
        of(schema, "{ a: 1 }"),
        "2: missing key `b` in `data`\n  note: it fits none of 2 schemas, and this is the closest"
    );
    assert_eq!(
        of(schema, "7"),
        "2: `data`: expected a string or a mapping, found the integer `7`\n  help: put it in quotes, if it is meant as a string"
    );

    let shapes = "{ oneOf: [\
        { properties: { kind: { const: circle }, radius: { type: integer } }, required: [kind, radius] }, \
        { properties: { kind: { const: square }, side: { type: integer } }, required: [kind, side] }] }";
    assert!(fits(shapes, "{ kind: square, side: 1 }"));
    assert_eq!(
        of(shapes, "{ kind: square, side: a, radius: 1 }"),
        "2: `side`: expected an integer, found the string `\"a\"`\n  note: it fits none of 2 schemas, and this is the closest"
    );
    let words = "{ anyOf: [{ const: on }, { enum: [off, auto] }] }";
    assert_eq!(
        of(words, "autp"),
        "2: `data`: there is no `autp`\n  note: it is one of `on`, `off`, `auto`\n  help: there is `auto`: autp -> auto"
    );
}

#[test]
fn exactly_one_of_some_and_none_of_others() {
    let schema = "{ oneOf: [{ type: integer }, { minimum: 2 }] }";
    assert!(fits(schema, "1") && fits(schema, "2.5"));
    assert_eq!(of(schema, "3"), "2: `data` fits 2 schemas of `oneOf`, and must fit exactly one");
    assert!(!fits(schema, "1.5"));
    assert!(fits("{ not: { type: string } }", "1"));
    assert_eq!(of("{ not: { type: string } }", "a"), "2: `data`: this value is excluded by `not`");
    assert!(fits("{ not: false }", "1") && !fits("{ not: {} }", "1"));
}

#[test]
fn definitions_are_followed_also_into_themselves() {
    let tree = "{ $ref: \"#/$defs/tree\", $defs: { tree: { type: object, properties: { \
        value: { type: integer }, children: { type: array, items: { $ref: \"#/$defs/tree\" } } }, required: [value] } } }";
    assert_eq!(of(tree, "{ value: 1, children: [{ value: 2, children: [] }] }"), "fits");
    assert_eq!(
        of(tree, "{ value: 1, children: [{ value: 2 }, { value: 3, children: [{ value: x }, {}] }] }"),
        "2: `value`: expected an integer, found the string `\"x\"`\n2: missing key `value` in an entry of `children`"
    );
    assert!(fits(
        "{ properties: { a: { $ref: \"#/definitions/b\", minimum: 2 } }, definitions: { b: { type: integer } } }",
        "{ a: 2 }"
    ));
    assert!(!fits(
        "{ properties: { a: { $ref: \"#/definitions/b\", minimum: 2 } }, definitions: { b: { type: integer } } }",
        "{ a: 1 }"
    ));
}

#[test]
fn a_message_shows_the_schema_too() {
    let text = "schema:\n  properties:\n    timeout_ms:\n      type: integer\n  required: [steps]\n  additionalProperties: true\ndata:\n  timeout_ms: soon\n";
    let text = text
        .replace("additionalProperties: true", "minProperties: 3")
        .replace("required: [steps]", "required: [timeout_ms]");
    let faults = diagnostics(&text).expect("faults");
    let places: Vec<(&str, Vec<&str>)> = faults
        .list()
        .iter()
        .map(|fault| {
            let others = fault.secondary.iter().map(|label| faults.source().slice(label.span)).collect();
            (faults.source().slice(fault.primary.span), others)
        })
        .collect();
    assert_eq!(places, [("data", vec!["3"]), ("soon", vec!["integer"])]);
}

#[test]
fn what_cannot_be_read_is_not_reported_again() {
    // One message each: the tag.
    for (schema, data) in [
        ("{ type: integer }", "!x 1"),
        ("{ required: [a] }", "{ !x b: 1, c: 2 }"),
        ("{ oneOf: [{ type: integer }, { type: string }] }", "!x 1"),
        ("{ not: { type: object, properties: { a: { type: string } } } }", "{ a: !x 1 }"),
        (
            "{ oneOf: [{ properties: { a: { type: string } } }, { properties: { a: { type: integer } } }] }",
            "{ a: !x 1 }",
        ),
        ("{ uniqueItems: true }", "[!x 1, !x 1]"),
        ("{ enum: [[1], [2]] }", "[!x 1]"),
        ("{ minProperties: 2 }", "{ !x a: 1, b: 2 }"),
    ] {
        let said = of(schema, data);
        assert!(
            said.lines().filter(|line| line.starts_with("2:")).all(|line| line.contains("the tag")),
            "{schema}: {said}"
        );
    }
    // One message: the keyword that is unknown, wrong or not checked.
    for schema in [
        "{ not: { typ: string } }",
        "{ oneOf: [{ type: object }, { type: object, propertyNames: x }] }",
        "{ propertis: { a: true }, additionalProperties: false }",
        "{ properties: { a: !x true }, additionalProperties: { type: string } }",
        "{ $ref: \"#/$defs/a\", $def: { a: true } }",
    ] {
        let said = of(schema, "{ a: 1 }");
        assert_eq!(said.lines().filter(|line| line.starts_with(['1', '2'])).count(), 1, "{schema}: {said}");
    }
}

#[test]
fn numbers_that_json_does_not_have() {
    assert_eq!(of("{}", "{ a: [.nan] }"), "2: an entry of `a`: JSON has no such number");
    assert_eq!(of("{ type: number }", "-.inf"), "2: `data`: JSON has no such number");
}

#[test]
fn work_is_bounded() {
    // Each level doubles the number of ways through the schema.
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let branch = "{ type: array, items: { $ref: \"#/$defs/a\" } }";
    let explosive =
        format!("{{ $ref: \"#/$defs/a\", $defs: {{ a: {{ anyOf: [{branch}, {branch}, {branch}] }} }} }}");
    assert!(of(&explosive, &deep).starts_with("2: `data` takes too long to be checked"));

    // Very many definitions, each referring to the next.
    let chain: String =
        (0..3_000).map(|at| format!("    a{at}: {{ $ref: \"#/$defs/a{}\" }}\n", at + 1)).collect();
    let text = format!(
        "schema:\n  $ref: \"#/$defs/a0\"\n  $defs:\n{chain}    a3000: {{ type: integer }}\ndata: 1\n"
    );
    assert!(said(&text).contains("takes too long to be checked"));

    let many = (0..400).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let list = vec!["x"; 400].join(", ");
    assert!(
        of(&format!("{{ items: {{ enum: [{many}] }} }}"), &format!("[{list}]")).contains("takes too long")
    );
}

/// Each looks harmless to who counts schemas and not what they look at.
#[test]
fn what_is_large_and_looked_at_often_is_counted() {
    let often = |rule: &str| format!("{{ allOf: [{}] }}", vec![rule; 4_000].join(", "));
    let numbers = |to: usize| (0..to).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let keys = (0..4_000).map(|key| format!("k{key}: 1")).collect::<Vec<_>>().join(", ");
    let long = "a".repeat(500_000);
    for (schema, data) in [
        (often("{ uniqueItems: true }"), format!("[{}]", numbers(4_000))),
        (often("{ const: [1] }"), format!("[{}]", numbers(4_000))),
        (
            format!("{{ items: {{ const: [[{}]] }} }}", numbers(10_000)),
            format!("[{}]", vec!["[[0]]"; 4_000].join(", ")),
        ),
        (often("{ properties: { a: true } }"), format!("{{ {keys} }}")),
        (often("{ additionalProperties: true }"), format!("{{ {keys} }}")),
        (often("{ required: [k1] }"), format!("{{ {keys} }}")),
        (often("{ minLength: 1 }"), long.clone()),
        (often("{ format: uuid }"), long),
    ] {
        let said = of(&schema, &data);
        assert!(said.contains("takes too long to be checked"), "{}", &said[..said.len().min(300)]);
    }
}

#[test]
fn the_deepest_that_is_read_takes_no_more_stack_than_a_thread_has() {
    let nested =
        |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
    assert_eq!(of(&nested("{ items: ", "}", 30).replace(": }", ": {} }"), &nested("[", "]", 60)), "fits");
    assert_eq!(of(&nested("{ not: ", "}", 60).replace(": }", ": {} }"), "1"), "fits");
    let list = "{ $ref: \"#/$defs/a\", $defs: { a: { allOf: [{ $ref: \"#/$defs/b\" }] }, b: { items: { $ref: \"#/$defs/a\" } } } }";
    assert_eq!(of(list, &nested("[", "]", 60)), "fits");
}
