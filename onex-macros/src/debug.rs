//! `ONEX_MACROS_DEBUG=1 cargo check` prints what each macro wrote, and `ONEX_MACROS_DEBUG=Shop,charge` what those of the items
//! `Shop` and `charge` wrote.
//!
//! What is written is the same with the variable and without it: a build does not depend on it, and cargo, which knows nothing
//! of it, may keep what it has. Touch the source file to see an expansion again.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use proc_macro2::{TokenStream, TokenTree};

const VARIABLE: &str = "ONEX_MACROS_DEBUG";

/// The expansion as it is; printed with the time that it took, if somebody asked for it.
pub(crate) fn shown(name: &str, item: &TokenStream, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    let begun = Instant::now();
    let expansion = expand();
    let took = begun.elapsed();
    if let Some(wanted) = std::env::var_os(VARIABLE) {
        let of = name_of(item.clone());
        if is_wanted(&wanted.to_string_lossy(), &of) {
            let text = expansion.to_string();
            let text = formatted(&text).unwrap_or(text);
            // Whoever reads a build's messages may have gone away.
            let _ = writeln!(std::io::stderr(), "// onex: `{name}` on `{of}` wrote in {took:.1?}\n{text}");
        }
    }
    expansion
}

fn is_wanted(wanted: &str, name: &str) -> bool {
    wanted == "1" || wanted.split(',').any(|wanted| wanted.trim() == name)
}

/// What an item is called: the identifier behind `fn` or `struct`.
fn name_of(item: TokenStream) -> String {
    let mut tokens = item.into_iter();
    let keyword = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ["fn", "struct", "enum", "union"].iter().any(|word| ident == word));
    tokens.by_ref().find(keyword);
    tokens.next().map_or_else(|| "?".to_owned(), |name| name.to_string())
}

/// The text as rustfmt has it, if that is installed. Nothing in a user's build is there for this.
pub(crate) fn formatted(text: &str) -> Option<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--quiet"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    rustfmt.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = rustfmt.wait_with_output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{is_wanted, name_of};

    #[test]
    fn an_item_is_called_by_its_name() {
        assert_eq!(
            name_of(quote!(
                #[derive(Debug)]
                pub(crate) struct Shop;
            )),
            "Shop"
        );
        assert_eq!(
            name_of(quote!(
                pub const fn charge(price: &u64) -> u64 {
                    1
                }
            )),
            "charge"
        );
        assert_eq!(name_of(quote!(pub fn)), "?");
        assert_eq!(name_of(quote!()), "?");
    }

    #[test]
    fn one_asks_for_all_and_names_for_theirs() {
        assert!(is_wanted("1", "Shop") && is_wanted("Shop, charge", "charge"));
        assert!(!is_wanted("Shop", "charge") && !is_wanted("", "Shop"));
    }
}
