//! The contract's files: its own beside Cargo.toml, or beside the source file when the path starts with `./`; and those
//! that it includes.

use std::path::{Path, PathBuf, is_separator};

use onex_contract::{Diagnostics, Executable, LoadError, Source};
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
    if is_beside_the_source_file(&value) {
        let source = literal.span().unwrap().local_file()?;
        return Some(source.parent()?.join(value));
    }
    // Cargo, Bazel's rules and rust-analyzer all set it; without it the path is taken as it stands.
    let base = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    Some(base.join(value))
}

fn is_beside_the_source_file(contract: &str) -> bool {
    contract.starts_with("./") || contract.starts_with("../")
}

/// Makes rustc rebuild when one of the contract's files changes. Free of absolute paths, so that the expansion is the
/// same on every machine.
pub(crate) fn tracking(literal: &LitStr, source: &Source) -> TokenStream {
    let contract = literal.value();
    let folder = contract.rfind(is_separator).map_or("", |end| &contract[..=end]);
    let files = source.files().map(|file| {
        let path = format!("{folder}{}", file.path());
        if is_beside_the_source_file(&contract) {
            quote!(#path)
        } else {
            quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path))
        }
    });
    quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
}

#[cfg(test)]
mod tests {
    use onex_contract::{IncludeError, parse_with};

    use super::*;

    /// What is tracked of a contract that includes two files and has a fault.
    fn tracked(contract: &str) -> String {
        let text = "name: !include name.yaml\nnode_type: !include ../../kinds/effect.yaml\n";
        let faults = parse_with(&Source::new(contract, text), &mut |path| match path {
            "name.yaml" => Ok(b"node_audit_effect".to_vec()),
            "../../kinds/effect.yaml" => Ok(b"effect".to_vec()),
            _ => Err(IncludeError::Missing { neighbours: Vec::new() }),
        })
        .expect_err("it has no version");
        let literal = LitStr::new(contract, proc_macro2::Span::call_site());
        tracking(&literal, faults.source()).to_string().replace(' ', "")
    }

    #[test]
    fn every_file_is_tracked_where_it_was_read() {
        for (contract, files) in [
            ("contract.yaml", ["contract.yaml", "name.yaml", "../../kinds/effect.yaml"]),
            ("a/contract.yaml", ["a/contract.yaml", "a/name.yaml", "a/../../kinds/effect.yaml"]),
        ] {
            let expected = files.map(|file| {
                let path = format!("::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"),\"/\",\"{file}\")");
                format!("const_:&[u8]=::core::include_bytes!({path});")
            });
            assert_eq!(tracked(contract), expected.concat());
        }
        for (contract, files) in [
            ("./contract.yaml", ["./contract.yaml", "./name.yaml", "./../../kinds/effect.yaml"]),
            ("../contract.yaml", ["../contract.yaml", "../name.yaml", "../../../kinds/effect.yaml"]),
        ] {
            let expected = files.map(|file| format!("const_:&[u8]=::core::include_bytes!(\"{file}\");"));
            assert_eq!(tracked(contract), expected.concat());
        }
    }
}
