//! The tables as a reference for people: one table of keys for each section, in Markdown.

use std::fmt::Write as _;

use super::{Key, Need, Runs, Section, Shape, Text, Word, sections};

/// The reference of all sections that can be reached from some, in Markdown. `shown_by` names, for a section and a key
/// of it, where the key can be seen at work.
pub fn reference(roots: &[&'static Section], shown_by: &dyn Fn(&Section, &Key) -> String) -> String {
    let mut text = String::new();
    for section in sections(roots) {
        // A `String` takes whatever is written to it.
        let _ = write!(text, "### {}\n\n{}\n\n", capitalised(section.name), section.what);
        text.push_str(
            "| key | takes | without it | executed | what it says | shown by |\n|---|---|---|---|---|---|\n",
        );
        for key in section.keys {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} |",
                key.name,
                cell(&takes(&key.shape)),
                without(key.need),
                executed(key),
                cell(key.what),
                shown_by(section, key),
            );
        }
        text.push('\n');
        section.keys.iter().for_each(|key| meanings(key, &mut text));
        if !section.foreign.is_empty() {
            text.push_str(
                "Keys of other tools, which are not looked into:\n\n| key | whose it is |\n|---|---|\n",
            );
            for foreign in section.foreign {
                let _ = writeln!(text, "| `{}` | {} |", foreign.name, cell(foreign.what));
            }
            text.push_str("| `x-..` | Anybody's. |\n\n");
        }
    }
    text.push_str("### Strings\n\n| kind | rule |\n|---|---|\n");
    for kind in strings(roots) {
        let _ = writeln!(text, "| {} | {} |", kind.name, cell(kind.rule));
    }
    text
}

/// The kinds of strings that have a rule.
fn strings(roots: &[&'static Section]) -> Vec<&'static Text> {
    fn visit(shape: &'static Shape, found: &mut Vec<&'static Text>) {
        match shape {
            Shape::Text(text) => found.push(text),
            Shape::List(shape) => visit(shape, found),
            Shape::Table { keys, values } => {
                found.push(keys);
                visit(values, found);
            }
            Shape::Either(shapes) => shapes.iter().for_each(|shape| visit(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    sections(roots).iter().flat_map(|section| section.keys).for_each(|key| visit(&key.shape, &mut found));
    found.retain(|text| !text.rule.is_empty());
    found.sort_by_key(|text| text.name);
    found.dedup_by_key(|text| text.name);
    found
}

/// What the words of a key mean.
fn meanings(key: &Key, text: &mut String) {
    if let Shape::Word(words) = &key.shape {
        let _ = writeln!(text, "The words of `{}`:\n", key.name);
        for word in *words {
            let wait = if word.runs { "" } else { " (Not executed yet.)" };
            let _ = writeln!(text, "- `{}`: {}{wait}", word.name, word.what.trim());
        }
        text.push('\n');
    }
}

/// A word, and what it may also be written as.
fn spellings(word: &Word) -> String {
    let also: Vec<String> = word.also.iter().map(|also| format!("`{also}`")).collect();
    if also.is_empty() {
        format!("`{}`", word.name)
    } else {
        format!("`{}` ({})", word.name, also.join(", "))
    }
}

/// What a shape takes, in a few words.
pub fn takes(shape: &Shape) -> String {
    match shape {
        Shape::Text(text) => article(text.name),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::Integer { min, max } => format!("an integer, {min} to {max}"),
        Shape::Number { min: f64::MIN, max: f64::MAX } => "a number".to_owned(),
        Shape::Number { min, max } => format!("a number, {min:?} to {max:?}"),
        Shape::Word(words) => {
            format!("one of {}", words.iter().map(spellings).collect::<Vec<_>>().join(", "))
        }
        Shape::List(entry) => format!("a list: {}", takes(entry)),
        Shape::Table { keys, values } => format!("a mapping of {}s: {}", keys.name, takes(values)),
        Shape::Section(section) => linked(section),
        Shape::Either(shapes) => shapes.iter().map(takes).collect::<Vec<_>>().join("; or "),
        Shape::Null => "`null`".to_owned(),
        Shape::Anything => "anything".to_owned(),
    }
}

fn linked(section: &Section) -> String {
    let anchor: String = section
        .name
        .chars()
        .filter(|character| character.is_alphanumeric() || matches!(character, ' ' | '_' | '-'))
        .map(|character| if character == ' ' { '-' } else { character.to_ascii_lowercase() })
        .collect();
    format!("[{}](#{anchor})", section.name.replace('`', ""))
}

fn without(need: Need) -> String {
    match need {
        Need::Required => "required".to_owned(),
        Need::RequiredOr(others) => {
            let others: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
            format!("required; {} may stand for it", others.join(", "))
        }
        Need::Optional => "-".to_owned(),
        Need::Default(value) => format!("`{value}`"),
    }
}

fn executed(key: &Key) -> &'static str {
    let some_words_wait = matches!(&key.shape, Shape::Word(words) if words.iter().any(|word| !word.runs));
    match key.runs {
        Runs::Yes if some_words_wait => "in part",
        Runs::Yes => "yes",
        Runs::Documents => "documents",
        Runs::Later => "not yet",
        Runs::OnlyOff => "only `false`",
        Runs::OnlyOn => "only `true`",
    }
}

fn article(name: &str) -> String {
    format!("{} {name}", if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
