//! The contract's file: beside Cargo.toml, or beside the source file when the path starts with `./`.

use std::path::{Path, PathBuf};

use onex_contract::{Diagnostics, Executable, LoadError};
use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// What became of the attribute's path.
pub(crate) enum Found {
    /// A contract without a fault, of which every word is executed.
    Valid(Box<Executable>),
    /// A contract with faults, or with what this version does not execute.
    Faulty(Diagnostics),
    /// No file that can be read.
    Unreadable(String),
    /// An editor does not say where the source file is, so a `./` path leads nowhere; no fault of the user's.
    Unknown,
}

/// Finds and reads the contract.
pub(crate) fn find(literal: &LitStr) -> Found {
    let shown = literal.value();
    let Some(path) = locate(literal) else { return Found::Unknown };
    match onex_contract::load(&path, &shown) {
        Ok(contract) => match contract.executable() {
            Ok(contract) => Found::Valid(Box::new(contract)),
            Err(unexecuted) => Found::Faulty(unexecuted),
        },
        Err(LoadError::Invalid(faults)) => Found::Faulty(faults),
        Err(LoadError::Io { error, .. }) => Found::Unreadable(unreadable(&shown, &path, &error)),
        Err(other) => Found::Unreadable(format!("the contract `{shown}` cannot be read: {other}")),
    }
}

fn unreadable(shown: &str, path: &Path, error: &std::io::Error) -> String {
    let rule =
        "a path is relative to the folder of Cargo.toml, or to this source file if it starts with `./`";
    let near = neighbour(path).map(|name| format!("\nhelp: there is a file `{name}` in that folder"));
    format!("the contract `{shown}` cannot be read: {error}\nnote: {rule}{}", near.unwrap_or_default())
}

/// A YAML file in the folder where the contract was looked for, the nearest by name.
fn neighbour(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?.to_owned();
    let names: Vec<String> = std::fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
        .collect();
    onex_contract::closest(&wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

fn locate(literal: &LitStr) -> Option<PathBuf> {
    let value = literal.value();
    if value.starts_with("./") || value.starts_with("../") {
        let source = literal.span().unwrap().local_file()?;
        return Some(source.parent()?.join(value));
    }
    // Cargo, Bazel's rules and rust-analyzer all set it; without it the path is taken as it stands.
    let base = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    Some(base.join(value))
}

/// Makes rustc rebuild when the contract changes. Free of absolute paths, so that the expansion is the same on every
/// machine.
pub(crate) fn tracking(literal: &LitStr) -> TokenStream {
    let value = literal.value();
    let path = if value.starts_with("./") || value.starts_with("../") {
        quote!(#value)
    } else {
        quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #value))
    };
    quote!(
        const _: &[u8] = ::core::include_bytes!(#path);
    )
}
