//! Environment variables as keys and values: `ONEX__RETRY_CONFIG__MAX_RETRIES=5`.

use super::error::{ConfigProblem, Fault, Origin};
use super::keys::{self, Key, Scalar, Takes};
use super::load::Said;

/// What variables say, in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) said: Vec<Said>,
    pub(super) topics: Vec<(String, String)>,
}

/// `variables`: the process's, or a test's.
pub(super) fn read(
    prefix: &str,
    variables: impl Iterator<Item = (String, String)>,
    problems: &mut Vec<ConfigProblem>,
) -> Contents {
    let mut ours: Vec<_> = variables
        .filter_map(|(name, value)| {
            let path = name.strip_prefix(prefix)?.strip_prefix("__")?.replace("__", ".").to_ascii_lowercase();
            Some((name, path, value))
        })
        .collect();
    ours.sort();
    let mut contents = Contents::default();
    for (name, path, value) in ours {
        if let Some(placeholder) = path.strip_prefix("topics.") {
            contents.topics.push((placeholder.to_owned(), value));
            continue;
        }
        let origin = Origin::Variable(name);
        match keys::find(&path).and_then(|key| Ok((key, scalar(key, &value)?))) {
            Ok((key, value)) => contents.said.push(Said { key, value, origin }),
            Err(fault) => problems.push(ConfigProblem { origin, fault }),
        }
    }
    contents
}

/// A variable is text: what the key takes says what is meant by it.
fn scalar(key: &Key, text: &str) -> Result<Scalar, Fault> {
    let text = text.trim();
    let read = match key.takes {
        Takes::Environment | Takes::Path(_) | Takes::Durability(_) | Takes::Nothing(_) => {
            Some(Scalar::Text(text.to_owned()))
        }
        Takes::Integer { .. } => text.parse().ok().map(Scalar::Integer),
        Takes::Number { .. } => text.parse().ok().map(Scalar::Number),
        Takes::Switch(_) | Takes::Only(..) => text.parse().ok().map(Scalar::Switch),
    };
    let expected = match key.takes {
        Takes::Integer { .. } => "a whole number",
        Takes::Number { .. } => "a number",
        Takes::Switch(_) | Takes::Only(..) => "`true` or `false`",
        // What is text is read.
        Takes::Environment | Takes::Path(_) | Takes::Durability(_) | Takes::Nothing(_) => "a text",
    };
    read.ok_or_else(|| Fault::OtherType { key: key.path.to_owned(), expected, found: format!("{text:?}") })
}
