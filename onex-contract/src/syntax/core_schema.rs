//! Which value a plain scalar is: the core schema of YAML 1.2, where `yes` and `n` are strings.

use super::Value;

/// The value of a scalar that is written without quotes.
pub(crate) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        _ => number(text).unwrap_or_else(|| Value::Str(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let all_digits = digits.chars().all(|digit| digit.is_digit(radix));
            return i64::from_str_radix(digits, radix).ok().filter(|_| all_digits).map(Value::Int);
        }
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Some(Value::Int(integer));
    }
    // `f64::from_str` takes the grammar of the schema, and words such as `inf` and `nan` besides.
    let starts_as_number = text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    let has_number_characters = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if starts_as_number && has_number_characters { text.parse().ok().map(Value::Float) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_strings() {
        for (text, value) in [("0", 0), ("-12", -12), ("+3", 3), ("007", 7), ("0o17", 15), ("0xfF", 255)] {
            assert!(matches!(resolve(text), Value::Int(found) if found == value), "{text}");
        }
        for (text, value) in
            [("1.5", 1.5), ("1.", 1.0), ("-.5", -0.5), ("1e3", 1000.0), ("99999999999999999999", 1e20)]
        {
            assert!(matches!(resolve(text), Value::Float(found) if found == value), "{text}");
        }
        for text in [
            "1.0.0", "0x", "0o8", "0x-1", "e5", "1_000", "inf", "nan", "infinity", "-", ".", "+", "1e",
            "yes", "no", "n", "TrUe", "12:30",
        ] {
            assert!(matches!(resolve(text), Value::Str(found) if found == text), "{text}");
        }
    }

    #[test]
    fn words_of_the_schema_are_values() {
        assert!(matches!(resolve(""), Value::Null));
        assert!(matches!(resolve("~"), Value::Null));
        assert!(matches!(resolve("True"), Value::Bool(true)));
        assert!(matches!(resolve("-.inf"), Value::Float(value) if value == f64::NEG_INFINITY));
        assert!(matches!(resolve(".NaN"), Value::Float(value) if value.is_nan()));
    }
}
