//! Paths of included files: from the folder of the contract, with `/`, without detours.
//!
//! They are read as text, as the paths of URLs are, so that what a path means depends on no machine.

use std::path::is_separator;

/// Why a text is not the path of a file that can be included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathFault {
    Empty,
    Absolute,
    Url,
    /// It is written with `\`.
    Backslash,
    /// It ends in `/`, `.` or `..`.
    Folder,
}

/// The path that is written in a file, from the folder of the contract. `from` is the path of the file.
pub(crate) fn resolve(from: &str, written: &str) -> Result<String, PathFault> {
    let drive = matches!(written.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if written.is_empty() {
        return Err(PathFault::Empty);
    }
    if written.contains("://") {
        return Err(PathFault::Url);
    }
    if drive || written.starts_with(['/', '\\']) {
        return Err(PathFault::Absolute);
    }
    if written.contains('\\') {
        return Err(PathFault::Backslash);
    }
    if matches!(file_name(written), "" | "." | "..") {
        return Err(PathFault::Folder);
    }
    Ok(walk(folder(from), written))
}

/// What a file goes by in messages, when the contract goes by `root`: `src/contract.yaml` and `parts/events.yaml` are
/// `src/parts/events.yaml`.
pub(super) fn beside(root: &str, path: &str) -> String {
    walk(folder(root), path)
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(is_separator).next().unwrap_or(path)
}

fn folder(path: &str) -> Option<&str> {
    path.strip_suffix(file_name(path)).and_then(|folder| folder.strip_suffix(is_separator))
}

/// Goes from a folder along a path.
fn walk(folder: Option<&str>, path: &str) -> String {
    let mut parts: Vec<&str> = folder.iter().flat_map(|folder| folder.split(is_separator)).collect();
    for part in path.split('/') {
        match (part, parts.last().copied()) {
            ("" | ".", _) => {}
            // Above the root there is nothing.
            ("..", Some("")) => {}
            ("..", Some(".")) => {
                parts.pop();
                parts.push("..");
            }
            ("..", Some(last)) if last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_file_that_it_is_written_in() {
        for (from, written, path) in [
            ("contract.yaml", "events.yaml", "events.yaml"),
            ("contract.yaml", "./parts//./events.yaml", "parts/events.yaml"),
            ("parts/routing.yaml", "events.yaml", "parts/events.yaml"),
            ("parts/routing.yaml", "../events.yaml", "events.yaml"),
            ("parts/routing.yaml", "../../common/events.yaml", "../common/events.yaml"),
            ("../common/all.yaml", "events.yaml", "../common/events.yaml"),
            ("../common/all.yaml", "../../events.yaml", "../../events.yaml"),
            ("contract.yaml", "parts/../parts/../events.yaml", "events.yaml"),
            ("contract.yaml", "Größe.yaml", "Größe.yaml"),
        ] {
            assert_eq!(resolve(from, written).as_deref(), Ok(path), "{written} in {from}");
        }
    }

    #[test]
    fn only_relative_paths_of_files_are_paths() {
        for (written, fault) in [
            ("", PathFault::Empty),
            ("/etc/passwd", PathFault::Absolute),
            ("C:/events.yaml", PathFault::Absolute),
            ("c:events.yaml", PathFault::Absolute),
            (r"\\server\events.yaml", PathFault::Absolute),
            ("https://example.com/events.yaml", PathFault::Url),
            ("file:///events.yaml", PathFault::Url),
            (r"parts\events.yaml", PathFault::Backslash),
            ("parts/", PathFault::Folder),
            ("parts/..", PathFault::Folder),
            (".", PathFault::Folder),
        ] {
            assert_eq!(resolve("contract.yaml", written), Err(fault), "{written}");
        }
    }

    #[test]
    fn a_file_is_named_as_its_contract_is() {
        for (root, path, name) in [
            ("contract.yaml", "parts/events.yaml", "parts/events.yaml"),
            ("contract.yaml", "../events.yaml", "../events.yaml"),
            ("src/contract.yaml", "parts/events.yaml", "src/parts/events.yaml"),
            ("src/contract.yaml", "../events.yaml", "events.yaml"),
            ("src/contract.yaml", "../../events.yaml", "../events.yaml"),
            ("./contract.yaml", "events.yaml", "./events.yaml"),
            ("./contract.yaml", "../events.yaml", "../events.yaml"),
            ("../contract.yaml", "../events.yaml", "../../events.yaml"),
            ("/contract.yaml", "../../events.yaml", "/events.yaml"),
            ("/a/contract.yaml", "events.yaml", "/a/events.yaml"),
        ] {
            assert_eq!(beside(root, path), name, "{path} beside {root}");
        }
    }
}
