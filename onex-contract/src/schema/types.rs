//! The types of JSON values, and what type a value of the tree has.

use std::fmt;

use crate::syntax::Value;

/// A type that a schema can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// A set of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(u8);

/// Each type, how a schema spells it and what messages call a value of it.
const TYPES: [(Type, &str, &str); 7] = [
    (Type::String, "string", "a string"),
    (Type::Integer, "integer", "an integer"),
    (Type::Number, "number", "a number"),
    (Type::Boolean, "boolean", "`true` or `false`"),
    (Type::Array, "array", "a list"),
    (Type::Object, "object", "a mapping"),
    (Type::Null, "null", "`null`"),
];

impl Type {
    /// How the types are spelt.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        TYPES.iter().map(|(_, name, _)| *name)
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|(_, known, _)| *known == name).map(|(found, ..)| *found)
    }

    /// How a schema spells it.
    pub(super) fn name(self) -> &'static str {
        TYPES.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, _)| name)
    }
}

impl Types {
    pub(super) fn and(self, one: Type) -> Self {
        Self(self.0 | 1 << one as u8)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a value of the type may be there. Every integer is a number.
    pub(super) fn has(self, one: Type) -> bool {
        let has = |one: Type| self.0 & 1 << one as u8 != 0;
        has(one) || one == Type::Integer && has(Type::Number)
    }
}

impl<const N: usize> From<[Type; N]> for Types {
    fn from(types: [Type; N]) -> Self {
        types.into_iter().fold(Self::default(), Self::and)
    }
}

/// The type of a value. As in JSON Schema, `5.0` is an integer. What cannot be read, and a number that JSON does not
/// have, has none.
pub(super) fn type_of(value: &Value) -> Option<Type> {
    Some(match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Boolean,
        Value::Int(_) => Type::Integer,
        Value::Float(number) if !number.is_finite() => return None,
        Value::Float(number) if number.fract() == 0.0 => Type::Integer,
        Value::Float(_) => Type::Number,
        Value::Str(_) => Type::String,
        Value::Seq(_) => Type::Array,
        Value::Map(_) => Type::Object,
        Value::Faulty(_) => return None,
    })
}

/// What is expected: `a string, an integer or a list`.
impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0 & 1 << Type::Number as u8 != 0;
        let named = |one: Type| self.has(one) && !(one == Type::Integer && number);
        let words: Vec<&str> =
            TYPES.iter().filter(|(one, ..)| named(*one)).map(|(.., phrase)| *phrase).collect();
        match &words[..] {
            [others @ .., before, last] => {
                others.iter().try_for_each(|word| write!(f, "{word}, "))?;
                write!(f, "{before} or {last}")
            }
            few => f.write_str(&few.concat()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_an_integer_however_it_is_written() {
        assert_eq!(type_of(&Value::Float(5.0)), Some(Type::Integer));
        assert_eq!(type_of(&Value::Float(5.5)), Some(Type::Number));
        assert_eq!(type_of(&Value::Float(1e20)), Some(Type::Integer));
        assert_eq!(type_of(&Value::Float(f64::NAN)), None);
        assert!(Types::from([Type::Number]).has(Type::Integer));
        assert!(!Types::from([Type::Integer]).has(Type::Number));
    }

    #[test]
    fn what_is_expected_reads_as_a_sentence() {
        assert_eq!(Types::from([Type::String]).to_string(), "a string");
        assert_eq!(Types::from([Type::Null, Type::String]).to_string(), "a string or `null`");
        let three = Types::from([Type::Number, Type::Integer, Type::Array, Type::Object]);
        assert_eq!(three.to_string(), "a number, a list or a mapping");
    }
}
