//! The keywords of a schema, as a table of the language.

use crate::language::{Key, Section, Shape, Text, Word, text};

static TYPE: Text = Text {
    name: "type",
    rule: "one of `string`, `integer`, `number`, `boolean`, `array`, `object`, `null`",
    pattern: Some("^(string|integer|number|boolean|array|object|null)$"),
};
static FORMAT: Text = Text {
    name: "format",
    rule: "one of `uuid`, `date-time`, `date`, `time`; the others of JSON Schema are not checked by this version",
    pattern: None,
};
static REFERENCE: Text = Text {
    name: "reference",
    rule: "`#/$defs/name` or `#/definitions/name`",
    pattern: Some("^#/(\\$defs|definitions)/[A-Za-z0-9._-]+$"),
};
pub(super) static DEFINITION: Text = Text {
    name: "definition name",
    rule: "letters, digits, `.`, `_` and `-`",
    pattern: Some("^[A-Za-z0-9._-]+$"),
};

// Statics, as a schema has schemas in it, and a constant cannot have itself in it.
static RULES: [Shape; 2] = [Shape::Section(&SCHEMA), Shape::Boolean];
static RULE: Shape = Shape::Either(&RULES);
const NUMBER: Shape = Shape::Number { min: f64::MIN, max: f64::MAX };

/// The version of JSON Schema that schemas are read as.
pub(super) static DRAFTS: [Word; 1] = [Word {
    name: "https://json-schema.org/draft/2020-12/schema",
    also: &["https://json-schema.org/draft/2020-12/schema#"],
    what: "The version that schemas are read as.",
    runs: true,
}];

/// What a schema may say. For what is `later` values are not checked, which is said.
pub(crate) static SCHEMA: Section = Section::new(
    "a schema",
    "What a value must be, in JSON Schema.",
    &[
        Key::optional("title", Shape::TEXT, "What the value is called.").documents(),
        Key::optional("description", Shape::TEXT, "What the value is for.").documents(),
        Key::optional("$comment", Shape::TEXT, "A word to who maintains the schema.").documents(),
        Key::optional("$schema", Shape::Word(&DRAFTS), "The version of JSON Schema.").documents(),
        Key::optional("deprecated", Shape::Boolean, "The value should not be used any more.").documents(),
        Key::optional("readOnly", Shape::Boolean, "The value is set by its owner.").documents(),
        Key::optional("writeOnly", Shape::Boolean, "The value is not shown.").documents(),
        Key::optional(
            "type",
            Shape::Either(&[Shape::Text(&TYPE), Shape::List(&Shape::Text(&TYPE))]),
            "The type of the value, or a list of those that it may have; `5.0` is an integer.",
        ),
        Key::optional("nullable", Shape::Boolean, "`null` is allowed besides the `type`."),
        Key::optional("enum", Shape::List(&Shape::Anything), "The values that are allowed."),
        Key::optional("const", Shape::Anything, "The only value that is allowed."),
        Key::optional(
            "default",
            Shape::Anything,
            "The value that holds where none is given; it fits the schema.",
        ),
        Key::optional("examples", Shape::List(&Shape::Anything), "Values that fit the schema.").documents(),
        Key::optional("format", Shape::Text(&FORMAT), "The form of a string."),
        Key::optional("minLength", Shape::COUNT, "How many characters a string has at least."),
        Key::optional("maxLength", Shape::COUNT, "How many characters a string has at most."),
        Key::optional("minimum", NUMBER, "The least number."),
        Key::optional("maximum", NUMBER, "The greatest number."),
        Key::optional("exclusiveMinimum", NUMBER, "A number that is greater than this."),
        Key::optional("exclusiveMaximum", NUMBER, "A number that is less than this."),
        Key::optional("multipleOf", NUMBER, "A number that is a multiple of this, which is greater than 0."),
        Key::optional("items", Shape::Either(&RULES), "What every entry of a list must be."),
        Key::optional("minItems", Shape::COUNT, "How many entries a list has at least."),
        Key::optional("maxItems", Shape::COUNT, "How many entries a list has at most."),
        Key::optional("uniqueItems", Shape::Boolean, "No entry of a list is there twice."),
        Key::optional(
            "properties",
            Shape::Table { keys: &text::FREE, values: &RULE },
            "What the values of a mapping must be, by their keys.",
        ),
        Key::optional("required", Shape::TEXTS, "The keys that a mapping must have."),
        Key::optional(
            "additionalProperties",
            Shape::Either(&RULES),
            "What the values of all other keys must be; `false` for no others.",
        ),
        Key::optional("minProperties", Shape::COUNT, "How many keys a mapping has at least."),
        Key::optional("maxProperties", Shape::COUNT, "How many keys a mapping has at most."),
        Key::optional("allOf", Shape::List(&RULE), "Schemas of which the value fits every one."),
        Key::optional("anyOf", Shape::List(&RULE), "Schemas of which the value fits one or more."),
        Key::optional("oneOf", Shape::List(&RULE), "Schemas of which the value fits exactly one."),
        Key::optional("not", Shape::Either(&RULES), "A schema that the value does not fit."),
        Key::optional("$ref", Shape::Text(&REFERENCE), "A definition that the value fits as well."),
        Key::optional(
            "$defs",
            Shape::Table { keys: &DEFINITION, values: &RULE },
            "Schemas that are referred to; at the top of a schema.",
        ),
        Key::optional(
            "definitions",
            Shape::Table { keys: &DEFINITION, values: &RULE },
            "Another name for `$defs`.",
        ),
        Key::optional("pattern", Shape::TEXT, "A regular expression that a string matches.").later(),
        Key::optional("patternProperties", Shape::Anything, "Properties by a regular expression.").later(),
        Key::optional("propertyNames", Shape::Anything, "What every key of a mapping must be.").later(),
        Key::optional("prefixItems", Shape::Anything, "What the first entries of a list must be.").later(),
        Key::optional("contains", Shape::Anything, "What some entry of a list must be.").later(),
        Key::optional("dependentRequired", Shape::Anything, "Keys that others require.").later(),
        Key::optional("dependentSchemas", Shape::Anything, "Schemas that keys require.").later(),
        Key::optional("unevaluatedItems", Shape::Anything, "What entries must be that no schema describes.")
            .later(),
        Key::optional(
            "unevaluatedProperties",
            Shape::Anything,
            "What keys must be that no schema describes.",
        )
        .later(),
        Key::optional("if", Shape::Anything, "A schema that decides between two others.").later(),
        Key::optional("then", Shape::Anything, "What a value must be that fits `if`.").later(),
        Key::optional("else", Shape::Anything, "What a value must be that does not fit `if`.").later(),
        Key::optional("$id", Shape::TEXT, "Where the schema is known by.").later(),
    ],
);
