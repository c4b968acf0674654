//! What the macros write, as it is read by whoever changes them: `expansions/NAME.rs` is an item with a macro on it,
//! `expansions/NAME.expanded.rs` what becomes of it.
//!
//! `ONEX_BLESS=1 cargo test -p onex-macros expansions` writes what comes out now; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::NodeKind;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{debug, derive, handler, node};

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expansions");
    let entries = fs::read_dir(folder).expect("the folder is beside the sources");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let is_input = |path: &PathBuf| {
        path.to_string_lossy().strip_suffix(".rs").is_some_and(|name| !name.ends_with(".expanded"))
    };
    let mut paths: Vec<PathBuf> = paths.filter(is_input).collect();
    paths.sort();
    paths
}

/// Runs the macro that stands on an item.
fn expanded(text: &str) -> TokenStream {
    let mut tokens = text.parse::<TokenStream>().expect("the input is Rust").into_iter();
    tokens.next();
    let Some(TokenTree::Group(brackets)) = tokens.next() else { panic!("the input starts with its macro") };
    let mut within = brackets.stream().into_iter();
    let name = within.next().map(|name| name.to_string());
    let arguments = match within.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => group.stream(),
        _ => TokenStream::new(),
    };
    let item: TokenStream = tokens.collect();
    match name.as_deref() {
        Some("orchestrator") => node::expand(arguments, &item, NodeKind::Orchestrator),
        Some("effect") => node::expand(arguments, &item, NodeKind::Effect),
        Some("compute") => node::expand(arguments, &item, NodeKind::Compute),
        Some("reducer") => node::expand(arguments, &item, NodeKind::Reducer),
        Some("handler") => handler::expand(arguments, &item),
        Some("derive") => match arguments.to_string().as_str() {
            "Event" => derive::event(item),
            "Intent" => derive::intent(item),
            "Container" => derive::container(item),
            other => panic!("`{other}` is no derive of ours"),
        },
        other => panic!("`{other:?}` is no macro of ours"),
    }
}

#[test]
fn every_shape_is_expanded_as_it_was() {
    if debug::formatted("").is_none() {
        eprintln!("skipped: rustfmt is not installed");
        return;
    }
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in inputs() {
        let text = fs::read_to_string(&path).expect("an input can be read");
        let written = expanded(&text).to_string();
        let written = debug::formatted(&written)
            .unwrap_or_else(|| panic!("{} becomes no Rust:\n{written}", path.display()));
        let expected = path.with_extension("expanded.rs");
        if bless {
            fs::write(&expected, &written).expect("the folder is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != written {
            wrong.push(format!("{}:\n{written}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} shapes are expanded otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
