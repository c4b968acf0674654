//! Which names are Rust identifiers, and how a contract's names become them.

use std::collections::BTreeSet;

/// The keywords that can be written as `r#keyword`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The names that no spelling makes an identifier.
const UNUSABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// Why a name cannot be a Rust identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotIdentifier {
    /// It has no characters.
    Empty,
    /// Its first character is neither a letter nor `_`.
    Start(char),
    /// It has a character that is no letter, digit or `_`.
    Character(char),
    /// It is a keyword.
    Keyword,
}

/// Checks that a name is an identifier as it is written.
pub(crate) fn identifier(name: &str) -> Result<(), NotIdentifier> {
    let mut characters = name.chars();
    match characters.next() {
        None => return Err(NotIdentifier::Empty),
        Some(first) if first.is_ascii_alphabetic() || first == '_' => {}
        Some(first) => return Err(NotIdentifier::Start(first)),
    }
    if let Some(other) = characters.find(|character| !character.is_ascii_alphanumeric() && *character != '_')
    {
        return Err(NotIdentifier::Character(other));
    }
    if is_keyword(name) || UNUSABLE.contains(&name) {
        return Err(NotIdentifier::Keyword);
    }
    Ok(())
}

/// The identifier for a name whose words may be joined by `-`; a keyword becomes `r#keyword`.
pub(crate) fn to_identifier(name: &str) -> Result<String, NotIdentifier> {
    if name.starts_with('-') {
        return Err(NotIdentifier::Start('-'));
    }
    let ident = name.replace('-', "_");
    match identifier(&ident) {
        Ok(()) => Ok(ident),
        Err(NotIdentifier::Keyword) if is_keyword(&ident) => Ok(format!("r#{ident}")),
        Err(other) => Err(other),
    }
}

/// The identifier for a name whose words may be joined by anything that is no letter or digit, such as `orders.store`.
pub(crate) fn joined_identifier(name: &str) -> Result<String, NotIdentifier> {
    let join = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    to_identifier(&name.chars().map(join).collect::<String>())
}

/// The variant of an enumeration that a name stands for: `closing_out`, `CLOSING_OUT`, `closing-out` and `closing out`
/// are all `ClosingOut`.
pub(crate) fn variant(name: &str) -> Result<String, NotIdentifier> {
    let snake = snake_case(name.trim());
    let mut variant = String::with_capacity(snake.len());
    for word in snake.split('_') {
        let mut characters = word.chars();
        variant.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        variant.push_str(characters.as_str());
    }
    match variant.chars().next() {
        // A name of `_` and nothing else has no words.
        None if !snake.is_empty() => Err(NotIdentifier::Start('_')),
        _ => identifier(&variant).map(|()| variant),
    }
}

fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

impl NotIdentifier {
    /// What is wrong with a name that the message calls `subject`.
    pub(crate) fn reason(self, subject: &str) -> String {
        match self {
            Self::Empty => format!("{subject} is empty"),
            Self::Start(found) => format!("{subject} starts with `{}`", found.escape_debug()),
            Self::Character(found) => format!("{subject} has the character `{}`", found.escape_debug()),
            Self::Keyword => format!("{subject} is a word of the Rust language"),
        }
    }
}

/// A type's name as a function's: `OrderPlaced` is `order_placed`, `HTTPCall2` is `http_call2`.
pub fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut previous: Option<char> = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let starts_word = character.is_uppercase()
            && previous.is_some_and(|before| {
                let ends_acronym =
                    before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase());
                before.is_lowercase() || before.is_ascii_digit() || ends_acronym
            });
        if starts_word {
            snake.push('_');
        }
        match character {
            '-' | ' ' | '.' => snake.push('_'),
            other => snake.extend(other.to_lowercase()),
        }
        previous = Some(character);
    }
    snake
}

/// `OrderPlaced` as a topic writes it: `order-placed`.
pub(crate) fn kebab_case(name: &str) -> String {
    snake_case(name).replace('_', "-")
}

/// The name without a leading `Model`: what two spellings of one event type have in common.
pub(crate) fn without_model(name: &str) -> &str {
    without_prefix(name, "Model")
}

/// The function that a handler's name stands for, not yet an identifier.
pub(crate) fn handler_function(name: &str) -> String {
    snake_case(without_prefix(name, "Handler"))
}

fn without_prefix<'a>(name: &'a str, prefix: &str) -> &'a str {
    match name.strip_prefix(prefix) {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

/// The identifiers that a contract seems to declare, whatever else is wrong with its text, which need not be YAML.
///
/// A guess, for whoever has reported the faults of the contract and would rather not report its names as unknown too.
pub fn likely_names(text: &str) -> BTreeSet<String> {
    const KEYS: [&str; 4] = ["name", "node_id", "compensation", "event_type"];
    let mut names = BTreeSet::new();
    for line in text.lines() {
        for key in KEYS {
            for (at, _) in line.match_indices(key) {
                let part_of_a_word = line[..at]
                    .chars()
                    .next_back()
                    .is_some_and(|before| before.is_alphanumeric() || before == '_');
                let Some(rest) = line[at + key.len()..].trim_start().strip_prefix(':') else { continue };
                if part_of_a_word {
                    continue;
                }
                let word: String = rest
                    .trim_start_matches([' ', '"', '\''])
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                    .collect();
                names.extend(to_identifier(&word));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_capitals_start_them() {
        for (name, snake) in [
            ("OrderPlaced", "order_placed"),
            ("order_placed", "order_placed"),
            ("HTTPCall2", "http_call2"),
            ("Step2Done", "step2_done"),
            ("ID", "id"),
            ("order-placed", "order_placed"),
            ("", ""),
        ] {
            assert_eq!(snake_case(name), snake, "{name}");
        }
    }

    #[test]
    fn only_a_whole_word_is_a_prefix() {
        assert_eq!(without_model("ModelOrder"), "Order");
        assert_eq!(without_model("Modelling"), "Modelling");
        assert_eq!(without_model("Model"), "Model");
        assert_eq!(handler_function("HandlerOrderPlaced"), "order_placed");
        assert_eq!(handler_function("order_placed"), "order_placed");
    }

    #[test]
    fn a_variant_stands_for_a_name_however_its_words_are_joined() {
        for (name, expected) in [
            ("closing_out", "ClosingOut"),
            ("CLOSING_OUT", "ClosingOut"),
            ("closing-out", "ClosingOut"),
            ("ClosingOut", "ClosingOut"),
            ("start command with skip_closeout", "StartCommandWithSkipCloseout"),
            ("idle", "Idle"),
            ("type", "Type"),
            ("v2_ready", "V2Ready"),
        ] {
            assert_eq!(variant(name).as_deref(), Ok(expected), "{name}");
        }
        assert_eq!(variant(""), Err(NotIdentifier::Empty));
        assert_eq!(variant("__"), Err(NotIdentifier::Start('_')));
        assert_eq!(variant("2nd"), Err(NotIdentifier::Start('2')));
        assert_eq!(variant("a/b"), Err(NotIdentifier::Character('/')));
        assert_eq!(variant("self"), Err(NotIdentifier::Keyword));
    }

    #[test]
    fn identifiers_are_told_from_other_names() {
        assert_eq!(identifier("Order_2"), Ok(()));
        assert_eq!(identifier(""), Err(NotIdentifier::Empty));
        assert_eq!(identifier("2nd"), Err(NotIdentifier::Start('2')));
        assert_eq!(identifier("Größe"), Err(NotIdentifier::Character('ö')));
        assert_eq!(identifier("type"), Err(NotIdentifier::Keyword));
        assert_eq!(to_identifier("type").as_deref(), Ok("r#type"));
        assert_eq!(to_identifier("pick-up").as_deref(), Ok("pick_up"));
        assert_eq!(to_identifier("self"), Err(NotIdentifier::Keyword));
        assert_eq!(to_identifier("-a"), Err(NotIdentifier::Start('-')));
        assert_eq!(to_identifier("_"), Err(NotIdentifier::Keyword));
    }

    #[test]
    fn names_are_found_in_a_text_that_is_no_yaml() {
        let text = "a: [\n  - { node_id: charge-card, compensation: \"refund\" }\n  - name: OrderPlaced\n  rename: no\n  name: 7\n  node_id: type";
        let found: Vec<String> = likely_names(text).into_iter().collect();
        assert_eq!(found, ["OrderPlaced", "charge_card", "r#type", "refund"]);
    }
}
