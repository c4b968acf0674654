//! Schemas that say nothing, what cannot be, or what is not checked.

use super::{of, said};

fn alone(schema: &str) -> String {
    said(&format!("schema: {schema}\n"))
}

#[test]
fn every_keyword_has_a_type() {
    for (schema, message) in [
        ("5", "1: `schema`: expected a mapping, found the integer `5`"),
        (
            "{ type: strin }",
            "1: `type`: there is no `strin`\n  note: it is one of `string`, `integer`, `number`, `boolean`, `array`, `object`, `null`\n  help: there is `string`: strin -> string",
        ),
        (
            "{ type: String }",
            "1: `type`: there is no `String`\n  note: it is one of `string`, `integer`, `number`, `boolean`, `array`, `object`, `null`\n  help: there is `string`: String -> string",
        ),
        (
            "{ type: [string, null] }",
            "1: an entry of `type`: expected the name of a type, found nothing\n  help: the name of the type of `null` is written `\"null\"`: null -> \"null\"",
        ),
        ("{ type: [string, string] }", "1: `type` lists `string` twice\n  help: remove one of the two"),
        (
            "{ type: [] }",
            "1: `type`: expected a list of at least one, found an empty list\n  help: name one, or remove the key",
        ),
        (
            "{ enum: [] }",
            "1: `enum`: expected a list of at least one, found an empty list\n  help: name one, or remove the key",
        ),
        ("{ enum: [1, 1.0] }", "1: `enum` lists a value twice\n  help: remove one of the two"),
        (
            "{ anyOf: [] }",
            "1: `anyOf`: expected a list of at least one, found an empty list\n  help: name one, or remove the key",
        ),
        ("{ required: [a, a] }", "1: `required` lists `a` twice\n  help: remove one of the two"),
        (
            "{ properties: { a: { required: true } } }",
            "1: `required`: expected a list, found the boolean `true`\n  help: list the keys that are required beside the `properties` that they are in",
        ),
        (
            "{ properties: { a: string } }",
            "1: `a`: expected a schema, found the string `\"string\"`\n  help: a schema is a mapping: string -> { type: string }",
        ),
        (
            "{ properties: { a: } }",
            "1: `a`: expected a schema, found nothing\n  help: write `true` for a value that may be anything",
        ),
        (
            "{ items: [{ type: string }] }",
            "1: `items`: expected a schema, found a list\n  help: a schema is a mapping; `items` takes one for all entries of a list",
        ),
        ("{ exclusiveMinimum: true }", "1: `exclusiveMinimum`: expected a number, found the boolean `true`"),
        ("{ multipleOf: 0 }", "1: `multipleOf` is 0, and must be greater than 0"),
        ("{ minLength: -1 }", "1: `minLength` is -1, and must be from 0 to 4294967295"),
        ("{ minimum: .inf }", "1: `minimum`: expected a number, found the number `inf`"),
        (
            "{ uniqueItems: \"true\" }",
            "1: `uniqueItems`: expected `true` or `false`, found the string `\"true\"`\n  help: remove the quotes: \"true\" -> true",
        ),
    ] {
        assert_eq!(alone(schema), message, "{schema}");
    }
}

#[test]
fn nothing_is_ignored() {
    let unknown = alone("{ minLenght: 1 }");
    assert!(unknown.starts_with("1: unknown key `minLenght` in a schema"), "{unknown}");
    assert!(unknown.ends_with("help: there is a key `minLength`: minLenght -> minLength"), "{unknown}");
    assert_eq!(
        alone("{ pattern: x }"),
        "1: `pattern` is not supported in this version\n  note: values are checked for the rest of the schema alone"
    );
    assert_eq!(
        alone("{ format: email }"),
        "1: `format: email` is not supported in this version\n  note: values are checked for the rest of the schema alone"
    );
    let format = alone("{ format: datetime }");
    assert!(format.starts_with("1: `format`: there is no `datetime`"), "{format}");
    assert!(format.ends_with("help: there is `date-time`: datetime -> date-time"), "{format}");
    let draft = alone("{ $schema: \"http://json-schema.org/draft-07/schema#\" }");
    assert!(draft.starts_with("1: `$schema`: there is no `http://json-schema.org/"), "{draft}");
    assert_eq!(alone("{ $schema: \"https://json-schema.org/draft/2020-12/schema\" }"), "fits");
}

#[test]
fn keywords_for_other_types_ask_for_nothing() {
    assert_eq!(
        alone("{ type: integer, minLength: 1 }"),
        "1: `minLength` is for a string, and the schema asks for an integer\n  help: for an integer it is `minimum`: minLength -> minimum"
    );
    assert_eq!(
        alone("{ type: array, maxLength: 1 }"),
        "1: `maxLength` is for a string, and the schema asks for a list\n  help: for a list it is `maxItems`: maxLength -> maxItems"
    );
    assert_eq!(
        alone("{ type: string, properties: {} }"),
        "1: `properties` is for a mapping, and the schema asks for a string\n  help: remove it, or change the type"
    );
    for schema in
        ["{ minLength: 1 }", "{ type: [string, \"null\"], minLength: 1 }", "{ type: integer, minimum: 1 }"]
    {
        assert_eq!(alone(schema), "fits", "{schema}");
    }
}

#[test]
fn what_is_required_is_described() {
    assert_eq!(
        alone("{ properties: { step_name: true }, required: [stepname] }"),
        "1: `stepname` is required, and `properties` does not describe it\n  note: the described keys are `step_name`\n  help: there is `step_name`: stepname -> step_name"
    );
    assert!(
        alone("{ required: [a], additionalProperties: false }").contains("describe it under `properties`")
    );
    assert_eq!(alone("{ required: [a] }"), "fits");
}

#[test]
fn what_cannot_be_is_a_contradiction() {
    for schema in [
        "{ minimum: 2, maximum: 1 }",
        "{ minimum: 2, exclusiveMaximum: 2 }",
        "{ exclusiveMinimum: 2.0, maximum: 2 }",
        "{ minLength: 2, maxLength: 1 }",
        "{ minItems: 2, maxItems: 1 }",
        "{ minProperties: 2, maxProperties: 1 }",
    ] {
        let said = alone(schema);
        assert!(
            said.starts_with("1: no value is possible: `") && said.lines().count() == 1,
            "{schema}: {said}"
        );
    }
    for schema in [
        "{ minimum: 2, maximum: 2.0 }",
        "{ minLength: 2, maxLength: 2 }",
        "{ exclusiveMinimum: 1, exclusiveMaximum: 2 }",
    ] {
        assert_eq!(alone(schema), "fits", "{schema}");
    }
    assert!(
        alone("{ type: string, nullable: true, enum: [a] }")
            .starts_with("1: `nullable` is `true`, and `enum` does not")
    );
    assert!(
        alone("{ type: [string, \"null\"], nullable: false }").starts_with("1: `null` is one of the types")
    );
    assert!(alone("{ nullable: true }").starts_with("1: `nullable` belongs to a `type`"));
    assert_eq!(alone("{ type: string, nullable: true, enum: [a, ~] }"), "fits");
}

#[test]
fn values_in_a_schema_fit_it() {
    for (schema, message) in [
        (
            "{ type: integer, default: \"3\" }",
            "1: `default`: expected an integer, found the string `\"3\"`\n  help: remove the quotes: \"3\" -> 3",
        ),
        ("{ enum: [a, b], default: c }", "1: `default`: there is no `c`\n  note: it is one of `a`, `b`"),
        (
            "{ type: string, enum: [a, 1] }",
            "1: an entry of `enum`: expected a string, found the integer `1`\n  help: put it in quotes, if it is meant as a string",
        ),
        ("{ maximum: 5, const: 6 }", "1: `const` is 6, and must be at most 5"),
        (
            "{ enum: [1, 2], const: 3 }",
            "1: `const`: the integer `3` is none of the values of the schema\n  note: it is one of `1`, `2`",
        ),
        ("{ enum: [.nan] }", "1: an entry of `enum`: JSON has no such number"),
        (
            "{ properties: { a: { items: { default: 1, type: string } } } }",
            "1: `default`: expected a string, found the integer `1`\n  help: put it in quotes, if it is meant as a string",
        ),
        (
            "{ $defs: { n: { maximum: 5 }, m: { $ref: \"#/$defs/n\", default: 6 } } }",
            "1: `default` is 6, and must be at most 5",
        ),
    ] {
        assert_eq!(alone(schema), message, "{schema}");
    }
    assert_eq!(alone("{ type: string, nullable: true, default: ~ }"), "fits");
    assert_eq!(alone("{ type: integer, default: 5.0 }"), "fits");
}

#[test]
fn references_lead_to_definitions() {
    let unknown = alone("{ $ref: \"#/$defs/stp\", $defs: { step: true } }");
    assert_eq!(
        unknown,
        "1: `#/$defs/stp` refers to no definition of this schema\n  help: there is `#/$defs/step`: \"#/$defs/stp\" -> \"#/$defs/step\""
    );
    assert!(alone("{ $ref: other.yaml }").contains("a reference is written `#/$defs/name`"));
    assert!(alone("{ $defs: { \"a/b\": true } }").starts_with("1: `a/b` cannot be referred to"));
    assert!(
        alone("{ items: { $defs: { a: true } } }").starts_with("1: `$defs` belongs to the top of a schema")
    );
    assert_eq!(alone("{ $ref: \"#/definitions/a.b-c_1\", definitions: { a.b-c_1: true } }"), "fits");
}

#[test]
fn definitions_without_end_are_reported_once() {
    let endless =
        |definitions: &str| of(&format!("{{ $ref: \"#/$defs/a\", $defs: {{ {definitions} }} }}"), "1");
    assert!(
        endless("a: { $ref: \"#/$defs/a\" }")
            .starts_with("1: definitions refer to each other without end: #/$defs/a -> #/$defs/a\n")
    );
    let said = endless(
        "a: { anyOf: [{ type: string }, { $ref: \"#/$defs/b\" }] }, b: { not: { $ref: \"#/$defs/c\" } }, c: { allOf: [{ $ref: \"#/$defs/a\" }] }",
    );
    assert!(said.starts_with("1: definitions refer to each other without end: #/$defs/a -> #/$defs/b -> #/$defs/c -> #/$defs/a\n"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
    let long: String =
        (0..20).map(|at| format!("a{at}: {{ $ref: \"#/$defs/a{}\" }}, ", (at + 1) % 20)).collect();
    assert!(alone(&format!("{{ $defs: {{ {long} }} }}")).contains("#/$defs/a8 -> ... -> #/$defs/a0\n"));
    // What is below a key or an entry comes to an end with the value.
    assert_eq!(endless("a: { properties: { b: { $ref: \"#/$defs/a\" } } }"), "fits");
    assert_eq!(
        endless("a: { items: { $ref: \"#/$defs/a\" }, additionalProperties: { $ref: \"#/$defs/a\" } }"),
        "fits"
    );
}
