//! Messages that are put together while the compiler runs: `const` panics whose text we choose to the last word.

use crate::node::route::Route;

/// The names of one sort that a contract declares, in the module that its node's macro generates.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// `route`, `step`, `compensation`.
    pub sort: &'static str,
    /// The struct's name.
    pub node: &'static str,
    /// The names.
    pub names: &'static [&'static str],
    /// The lines of the contract where they are declared, or would be.
    pub declared: &'static str,
    /// The contract has errors of its own; they come first.
    pub broken: bool,
}

/// Room for a message. A longer one is cut, never a panic of its own.
struct Text {
    bytes: [u8; 4096],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Text { bytes: [0; 4096], len: 0 }
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "(the message is too long to be shown)",
        }
    }
}

/// Reports a name that the contract does not declare.
///
/// # Panics
/// While compiling, if `missing` and the contract has no errors of its own.
#[track_caller]
pub const fn unknown(missing: bool, name: &str, of: &Names) {
    if !missing || of.broken {
        return;
    }
    let mut text = Text::new().push("the contract of `").push(of.node).push("` declares no ").push(of.sort);
    text = text.push(" `").push(name).push("`");
    if let Some(near) = closest(name, of.names) {
        text = text.push("\nhelp: there is one with a similar name: `").push(near).push("`");
    } else if of.names.is_empty() {
        text = text.push("\nhelp: it declares none at all; add it, or remove this");
    } else {
        text = text.push("\nhelp: it declares ");
        let mut i = 0;
        while i < of.names.len() {
            text = text.push(if i == 0 { "`" } else { ", `" }).push(of.names[i]).push("`");
            i += 1;
        }
    }
    text = text.push("\nnote: the contract is here\n").push(of.declared);
    panic!("{}", text.as_str())
}

/// Reports a handler whose name is not the one in the contract.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_handler_name<R: Route>(function: &str) {
    let routes = <R::Node as crate::node::Node>::TABLE.routes;
    if R::INDEX >= routes.len() || equal(routes[R::INDEX].handler, function) {
        return;
    }
    let text = Text::new()
        .push("the contract calls this handler `")
        .push(routes[R::INDEX].handler)
        .push("`, but the function is `")
        .push(function)
        .push("`\nhelp: rename one of them\nnote: the handler is named here\n")
        .push(R::DECLARED);
    panic!("{}", text.as_str())
}

/// Reports an intent whose Rust type has another name than the contract gives it.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_intent_type(model: &str, actual: &str, declared: &str, excerpt: &str) {
    if equal(actual, declared) {
        return;
    }
    let text = Text::new()
        .push("the contract routes `")
        .push(declared)
        .push("` to this handler as `")
        .push(model)
        .push("`, but that type is the intent `")
        .push(actual)
        .push("`\nnote: it is declared here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The name that is nearest by edit distance, if it is near: at most a third of the longer name.
const fn closest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let mut best: Option<(&str, usize)> = None;
    let mut i = 0;
    while i < names.len() {
        let distance = distance(name.as_bytes(), names[i].as_bytes());
        let longer = if name.len() > names[i].len() { name.len() } else { names[i].len() };
        if distance * 3 <= longer {
            best = match best {
                Some((_, least)) if least <= distance => best,
                _ => Some((names[i], distance)),
            };
        }
        i += 1;
    }
    match best {
        Some((name, _)) => Some(name),
        None => None,
    }
}

/// Levenshtein, by rows. Names longer than a row are compared by their beginning.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    const ROW: usize = 64;
    let width = if b.len() < ROW { b.len() } else { ROW - 1 };
    let mut row = [0usize; ROW];
    let mut j = 0;
    while j <= width {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < width {
            let substitute = diagonal + (a[i] != b[j]) as usize;
            diagonal = row[j + 1];
            let insert = row[j] + 1;
            let delete = row[j + 1] + 1;
            let least = if insert < delete { insert } else { delete };
            row[j + 1] = if substitute < least { substitute } else { least };
            j += 1;
        }
        i += 1;
    }
    row[width]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = ["received", "validate", "reserve", "charge"];
        assert_eq!(closest("chrge", &names), Some("charge"));
        assert_eq!(closest("reserved", &names), Some("reserve"));
        assert_eq!(closest("ship", &names), None);
        assert_eq!(closest("x", &[]), None);
    }

    #[test]
    fn a_message_that_is_too_long_is_cut() {
        let long = "é".repeat(5000);
        assert!(Text::new().push(&long).as_str().starts_with('é'));
        assert!(Text::new().push("a").push(&long).as_str().starts_with("(the message"));
    }

    #[test]
    #[should_panic(expected = "declares no step `chrge`\nhelp: there is one with a similar name: `charge`")]
    fn an_unknown_name_says_which_is_near() {
        let names = Names { sort: "step", node: "N", names: &["charge"], declared: "here", broken: false };
        unknown(true, "chrge", &names);
    }
}
