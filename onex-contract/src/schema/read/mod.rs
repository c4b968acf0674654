//! A mapping of the tree as a schema.
//!
//! It reads each keyword on its own. Whether keywords fit together is the concern of `consistent`, where references
//! lead that of `references`.

mod values;

use super::consistent;
use super::keywords::SCHEMA;
use super::model::{Bounds, Definition, Demand, Keywords, Properties, Range, Reference, Rule, Schema};
use super::references::{self, Names};
use super::types::Type;
use super::validate::{Budget, validate_own_values};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::language::{Runs, Shape};
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::source::{Span, Spanned};
use crate::syntax::{Key, Mapping, Value};

/// The keys under which definitions stand, at the top of a schema.
pub(super) const TABLES: [&str; 2] = ["$defs", "definitions"];

/// Reads a schema, and checks the values that it has in itself. A part that cannot be read is reported, and demands
/// nothing of values.
///
/// # Errors
///
/// There is no schema, or its definitions refer to each other without end.
pub(crate) fn schema(field: Field<'_>, budget: &mut Budget, sink: &mut Sink) -> Given<Schema> {
    let mut section = Section::open(field, &SCHEMA, sink)?;
    let broken = TABLES.into_iter().find_map(|table| section.unreadable(table));
    let reader = Reader { names: Names::of(field.node, broken) };
    let definitions = reader.definitions(&mut section, sink);
    let demand = reader.keywords(section, sink);
    let schema = Schema { root: Rule { span: field.span(), demand }, definitions };
    references::check_circles(&schema, sink)?;
    validate_own_values(&schema, budget, sink);
    Ok(schema)
}

struct Reader {
    names: Names,
}

impl Reader {
    fn definitions(&self, section: &mut Section<'_>, sink: &mut Sink) -> Vec<Definition> {
        let mut definitions = Vec::new();
        for table in TABLES {
            let Some(field) = section.take(table) else { continue };
            for (name, field) in entries(field, sink).unwrap_or_default() {
                references::check_name(name, sink);
                let path = references::path(table, &name.value);
                definitions.push(Definition { path, rule: self.rule(field, sink) });
            }
        }
        definitions
    }

    fn rule(&self, field: Field<'_>, sink: &mut Sink) -> Rule {
        let demand = match &field.node.value {
            Value::Bool(true) => Demand::Nothing,
            Value::Bool(false) => Demand::Impossible,
            Value::Faulty(reported) => Demand::Unknown(*reported),
            Value::Map(_) => match Section::open(field, &SCHEMA, sink) {
                Ok(mut section) => {
                    refuse_definitions(&mut section, sink);
                    self.keywords(section, sink)
                }
                Err(reported) => Demand::Unknown(reported),
            },
            other => Demand::Unknown(sink.report(no_schema(field, other))),
        };
        Rule { span: field.span(), demand }
    }

    fn keywords(&self, section: Section<'_>, sink: &mut Sink) -> Demand {
        let field = section.field;
        let mut ask = Ask { section, sink, broken: None };
        let nullable = ask.get("nullable", field::boolean);
        let may_be_nullable = ask.broken.is_some();
        ask.documentation();
        let mut unchecked = ask.unchecked();
        let format = ask.get("format", values::format);
        if let Some(None) = format {
            unchecked.push("format");
        }
        let mut keywords = Keywords {
            broken: None,
            unchecked,
            reference: ask.get("$ref", |field, sink| self.reference(field, sink)),
            types: ask.get("type", values::types),
            listed: ask.get("enum", values::listed),
            constant: ask.get("const", values::value),
            default: ask.get("default", values::value),
            examples: ask.get("examples", values::examples),
            format: format.flatten(),
            bounds: Bounds {
                minimum: ask.get("minimum", values::number),
                above: ask.get("exclusiveMinimum", values::number),
                maximum: ask.get("maximum", values::number),
                below: ask.get("exclusiveMaximum", values::number),
            },
            multiple_of: ask.get("multipleOf", values::factor),
            length: ask.range("minLength", "maxLength"),
            number_of_items: ask.range("minItems", "maxItems"),
            number_of_properties: ask.range("minProperties", "maxProperties"),
            unique: ask.get("uniqueItems", field::boolean).filter(|on| on.value).map(|on| on.span),
            items: ask.get("items", |field, sink| Ok(self.rule(field, sink))),
            properties: ask.get("properties", |field, sink| self.properties(field, sink)),
            required: ask.get("required", values::required).unwrap_or_default(),
            additional: ask.get("additionalProperties", |field, sink| Ok(self.rule(field, sink))),
            all_of: ask.get("allOf", |field, sink| self.rules(field, sink)),
            any_of: ask.get("anyOf", |field, sink| self.rules(field, sink)),
            one_of: ask.get("oneOf", |field, sink| self.rules(field, sink)),
            not: ask.get("not", |field, sink| Ok(self.rule(field, sink))),
        };
        keywords.broken = ask.finish();
        if may_be_nullable && let Some(types) = &mut keywords.types {
            types.value = types.value.and(Type::Null);
        }
        consistent::check(field, &mut keywords, nullable, sink);
        Demand::Keywords(Box::new(keywords))
    }

    fn reference(&self, field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Reference>> {
        let path = field::spanned_text(field, sink)?;
        let definition = self.names.definition(&path, sink)?;
        Ok(path.map(|_| Reference { definition }))
    }

    fn properties(&self, field: Field<'_>, sink: &mut Sink) -> Given<Properties> {
        let entries = entries(field, sink)?;
        let rules = entries.into_iter().map(|(key, field)| (key.clone(), self.rule(field, sink))).collect();
        match &field.node.value {
            Value::Map(Mapping { broken: Some(reported), .. }) => Err(*reported),
            _ => Ok(Properties::new(rules)),
        }
    }

    /// The place is that of the keyword.
    fn rules(&self, field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Vec<Rule>>> {
        let list = field::list(field, sink, |field, sink| Ok(self.rule(field, sink)))?;
        values::not_empty(field, &list.items, sink)?;
        Ok(Spanned::new(list.items, field.key))
    }
}

/// The keys of one schema, asked for one by one.
struct Ask<'a, 's> {
    section: Section<'a>,
    sink: &'s mut Sink,
    broken: Option<Reported>,
}

impl<'a> Ask<'a, '_> {
    fn get<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Option<T> {
        self.section.optional(key, self.sink, read).unwrap_or_else(|reported| {
            self.broken = Some(reported);
            None
        })
    }

    fn range(&mut self, least: &'static str, most: &'static str) -> Range {
        Range { least: self.get(least, field::integer), most: self.get(most, field::integer) }
    }

    /// What is for people and tools.
    fn documentation(&mut self) {
        for key in ["title", "description", "$comment"] {
            self.get(key, field::text);
        }
        for key in ["deprecated", "readOnly", "writeOnly"] {
            self.get(key, field::boolean);
        }
        self.get("$schema", values::draft);
    }

    /// The keywords that this version does not check.
    fn unchecked(&mut self) -> Vec<&'static str> {
        let mut unchecked = Vec::new();
        for key in SCHEMA.keys.iter().filter(|key| key.runs == Runs::Later) {
            if let Some(field) = self.section.take(key.name) {
                if matches!(key.shape, Shape::Text(_)) {
                    self.get(key.name, field::text);
                }
                not_checked(&format!("`{}`", key.name), field.key, self.sink);
                unchecked.push(key.name);
            } else {
                self.broken = self.section.unreadable(key.name).or(self.broken);
            }
        }
        unchecked
    }

    fn finish(mut self) -> Option<Reported> {
        // At the top they were read before, elsewhere they were refused.
        TABLES.into_iter().for_each(|table| {
            self.section.take(table);
        });
        self.section.close();
        self.broken
    }
}

/// What is under each key of a mapping that is the schema's own.
fn entries<'a>(field: Field<'a>, sink: &mut Sink) -> Given<Vec<(&'a Key, Field<'a>)>> {
    let mapping = match &field.node.value {
        Value::Map(mapping) => mapping,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of names to schemas", sink)),
    };
    let under = |key: &'a Key, node| {
        Field::under(Spanned::new(key.value.as_str(), key.span), node, field.shape.of_values())
    };
    Ok(mapping.entries.iter().map(|(key, node)| (key, under(key, node))).collect())
}

fn no_schema(field: Field<'_>, found: &Value) -> Diagnostic {
    let message = format!("{field}: expected a schema, found {found}");
    let fault = Diagnostic::new(Code::WrongType, message, field.span(), "expected a schema");
    match found {
        Value::Null => fault.help("write `true` for a value that may be anything"),
        Value::Str(name) if Type::of_name(name).is_some() => {
            fault.replace("a schema is a mapping", field.span(), format!("{{ type: {name} }}"))
        }
        Value::Seq(_) => fault.help("a schema is a mapping; `items` takes one for all entries of a list"),
        _ => fault.help("a schema is a mapping, or `true` for a value that may be anything"),
    }
}

fn refuse_definitions(section: &mut Section<'_>, sink: &mut Sink) {
    for table in TABLES {
        if let Some(field) = section.take(table) {
            let message = format!("{field} belongs to the top of a schema");
            let fault =
                Diagnostic::new(Code::MisplacedKey, message, field.key, "this schema is part of another");
            sink.report(fault.help("define it at the top, beside the outermost `type`"));
        }
    }
}

/// Says that values are not checked for something.
fn not_checked(what: &str, at: Span, sink: &mut Sink) {
    let message = format!("{what} is not supported in this version");
    let said = Diagnostic::new(Code::NotInThisVersion, message, at, "this version does not check it");
    sink.defer(said.note("values are checked for the rest of the schema alone"));
}
