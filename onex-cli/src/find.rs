//! Which files are contracts.
//!
//! A file that is named is one. In a folder, a name decides, not the content: a contract so broken that it cannot be
//! recognised is to be reported, not skipped.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, WalkBuilder};

use crate::input::Input;

/// The inputs, each once, in the order of their paths, and what is wrong with the arguments.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) inputs: Vec<Input>,
    pub(crate) problems: Vec<Problem>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("cannot read `{}`: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("cannot search `{}`: {error}", path.display())]
    Search { path: PathBuf, error: ignore::Error },
    #[error("`{pattern}` is no glob pattern: {error}")]
    Pattern { pattern: String, error: globset::Error },
    #[error("no file matches `{pattern}`")]
    NoMatch { pattern: String },
    #[error(
        "there is no contract in `{}`: a contract is called `contract.yaml`, `NAME_contract.yaml` or \
         `NAME.contract.yaml`, or is in a folder `contracts`; other files have to be named",
        path.display()
    )]
    NoContract { path: PathBuf },
}

/// Folders of which every file is a contract, or belongs to one.
const FOLDERS: [&str; 2] = ["contracts", "subcontracts"];
const GLOB_CHARACTERS: [char; 4] = ['*', '?', '[', '{'];

/// Finds the contracts that the arguments name: files, folders, patterns, `-`.
pub(crate) fn contracts(arguments: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeMap::new();
    for argument in arguments {
        match of_argument(argument, &mut found.problems) {
            Ok(inputs) => {
                for input in inputs {
                    seen.entry(identity(&input)).or_insert(input);
                }
            }
            Err(problem) => found.problems.push(problem),
        }
    }
    found.inputs = seen.into_values().collect();
    found.inputs.sort();
    found
}

fn of_argument(argument: &Path, problems: &mut Vec<Problem>) -> Result<Vec<Input>, Problem> {
    let input = Input::new(argument);
    if input == Input::Stdin {
        return Ok(vec![input]);
    }
    match fs::metadata(argument) {
        Ok(metadata) if metadata.is_dir() => {
            let none = Problem::NoContract { path: argument.to_owned() };
            Ok(search(argument, is_contract, none, problems))
        }
        Ok(_) => Ok(vec![input]),
        Err(error) => match argument.to_str() {
            Some(pattern) if pattern.contains(GLOB_CHARACTERS) => by_pattern(pattern, problems),
            _ => Err(Problem::Unreadable { path: argument.to_owned(), error }),
        },
    }
}

/// The files that a pattern matches, whatever their names, in the folders that would be searched for contracts.
fn by_pattern(pattern: &str, problems: &mut Vec<Problem>) -> Result<Vec<Input>, Problem> {
    let bad = |error| Problem::Pattern { pattern: pattern.to_owned(), error };
    let clean = clean(Path::new(pattern));
    let matcher: GlobMatcher = GlobBuilder::new(&clean.to_string_lossy())
        .literal_separator(true)
        .build()
        .map_err(bad)?
        .compile_matcher();
    let fixed =
        |component: &Component<'_>| !component.as_os_str().to_string_lossy().contains(GLOB_CHARACTERS);
    let mut folder: PathBuf = clean.components().take_while(fixed).collect();
    if folder.as_os_str().is_empty() {
        folder.push(".");
    }
    let none = Problem::NoMatch { pattern: pattern.to_owned() };
    if !folder.is_dir() {
        return Err(none);
    }
    Ok(search(&folder, |path| matcher.is_match(path), none, problems))
}

/// The files below a folder. What git ignores is not searched, nor are hidden folders and those that [`holds_others`].
/// Where there is nothing, and no other reason for it, `none` says so: a check of nothing must not look like a success.
fn search(
    folder: &Path,
    wanted: impl Fn(&Path) -> bool,
    none: Problem,
    problems: &mut Vec<Problem>,
) -> Vec<Input> {
    let before = problems.len();
    let walk = WalkBuilder::new(folder)
        // What is checked depends on the files, not on whose machine they are on.
        .git_global(false)
        .filter_entry(|entry| entry.depth() == 0 || !holds_others(entry))
        .build();
    let mut inputs = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let path = clean(entry.path());
                if entry.file_type().is_some_and(|kind| kind.is_file()) && wanted(&path) {
                    inputs.push(Input::File(path));
                }
            }
            Err(error) => problems.push(Problem::Search { path: folder.to_owned(), error }),
        }
    }
    if inputs.is_empty() && problems.len() == before {
        problems.push(none);
    }
    inputs
}

/// Whether a file in a folder is a contract or stands beside one, by its name or that of its folder.
fn is_contract(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        stem == "contract"
            || stem.ends_with("_contract")
            || stem.ends_with(".contract")
            || stem == "manifest" && is_beside_contracts(path)
            || folder_name(path).is_some_and(|folder| FOLDERS.iter().any(|known| folder == *known))
    })
}

/// Many tools have a file `manifest.yaml`: a node's is in the folder of the node.
fn is_beside_contracts(path: &Path) -> bool {
    path.with_file_name("contract.yaml").is_file()
        || FOLDERS.iter().any(|folder| path.with_file_name(folder).is_dir())
}

fn folder_name(path: &Path) -> Option<OsString> {
    let folder = path.parent()?;
    match folder.file_name() {
        Some(name) => Some(name.to_owned()),
        // The current folder, or `..`.
        None => fs::canonicalize(Path::new(".").join(folder)).ok()?.file_name().map(OsStr::to_owned),
    }
}

/// Whether a folder has only what tools made or fetched: Cargo's `target` and every other folder that is tagged as a
/// cache (`CACHEDIR.TAG`), and `node_modules`. A folder of one's own may be called `target`, too.
fn holds_others(entry: &DirEntry) -> bool {
    let folder = entry.path();
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (entry.file_name() == "node_modules"
            || folder.join("CACHEDIR.TAG").is_file()
            || entry.file_name() == "target" && folder.with_file_name("Cargo.toml").is_file())
}

/// The path without what does not lead anywhere: `./a//b` is `a/b`.
fn clean(path: &Path) -> PathBuf {
    let clean: PathBuf = path.components().filter(|component| *component != Component::CurDir).collect();
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

/// What two names of one file have in common.
fn identity(input: &Input) -> Option<PathBuf> {
    match input {
        Input::Stdin => None,
        Input::File(path) => Some(fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
    }
}
