//! Which files `onex check` takes for contracts.

use std::fs;
use std::path::Path;

use crate::run::{BAD, folder, run, write};

/// The files that are checked: each has a fault, and so a line.
fn checked(folder: &Path, args: &[&str]) -> Vec<String> {
    let run = run(folder, &[&["check", "--format", "github"], args].concat());
    assert_eq!(run.code, 1, "{}", run.stderr);
    let file = |line: &str| {
        let file = line.strip_prefix("::error file=").and_then(|rest| rest.split(',').next());
        file.expect("a line of an annotation").to_owned()
    };
    run.stdout.lines().map(file).collect()
}

#[test]
fn in_a_folder_the_name_decides() {
    let folder = folder("find_names");
    let contracts = [
        "a/contract.yaml",
        "a/manifest.yaml",
        "b/x_contract.yml",
        "c/x.contract.yaml",
        "contracts/subcontracts/x.yaml",
        "contracts/y.yaml",
        "contracts/z.yml",
        "manifest.yml",
    ];
    let others = [
        "a/contracts.yaml",
        "b/subcontract.yaml",
        "c/contract.yaml.bak",
        "c/manifest.yaml",
        "contracts/parts/x.yaml",
        "x.yaml",
    ];
    contracts.iter().chain(&others).for_each(|path| write(&folder, path, BAD));
    assert_eq!(checked(&folder, &[]), contracts);
    assert_eq!(checked(&folder, &["."]), contracts);
    assert_eq!(checked(&folder.join("contracts"), &[]), ["subcontracts/x.yaml", "y.yaml", "z.yml"]);
    assert_eq!(
        checked(&folder.join("a"), &["../contracts"]),
        ["../contracts/subcontracts/x.yaml", "../contracts/y.yaml", "../contracts/z.yml"]
    );
    assert_eq!(checked(&folder, &["x.yaml"]), ["x.yaml"], "what is named is checked");
}

#[test]
fn what_tools_made_is_not_searched() {
    let folder = folder("find_skipped");
    let contract = |path: &str| write(&folder, &format!("{path}/contract.yaml"), BAD);
    for skipped in ["target/package", "node_modules/x", "cache/x", ".hidden", "ignored", "also_ignored"] {
        contract(skipped);
    }
    for found in ["nodes/target", "src"] {
        contract(found);
    }
    write(&folder, "Cargo.toml", "");
    write(&folder, "cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    fs::create_dir(folder.join(".git")).expect("the folder is writable");
    write(&folder, ".gitignore", "/ignored\n");
    write(&folder, ".ignore", "/also_ignored\n");
    assert_eq!(checked(&folder, &[]), ["nodes/target/contract.yaml", "src/contract.yaml"]);
    assert_eq!(
        checked(&folder, &[".hidden", "target", "ignored", "node_modules/x/contract.yaml"]),
        [
            ".hidden/contract.yaml",
            "ignored/contract.yaml",
            "node_modules/x/contract.yaml",
            "target/package/contract.yaml"
        ],
        "what is named is searched"
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_they_are_named() {
    use std::os::unix::fs::symlink;

    let folder = folder("find_links");
    write(&folder, "elsewhere/one.yaml", BAD);
    write(&folder, "elsewhere/contract.yaml", BAD);
    fs::create_dir(folder.join("nodes")).expect("the folder is writable");
    symlink("../elsewhere/one.yaml", folder.join("nodes/contract.yaml")).expect("the folder is writable");
    symlink("../elsewhere", folder.join("nodes/linked")).expect("the folder is writable");
    assert_eq!(checked(&folder, &[]), ["elsewhere/contract.yaml"]);
    assert_eq!(
        checked(&folder, &["nodes/contract.yaml", "nodes/linked"]),
        ["nodes/contract.yaml", "nodes/linked/contract.yaml"]
    );
}

#[test]
fn a_pattern_finds_files_of_any_name() {
    let folder = folder("find_patterns");
    for path in ["a/one.yaml", "a/b/two.yaml", "a/b/three.yml", ".hidden/four.yaml", "[x].yaml"] {
        write(&folder, path, BAD);
    }
    assert_eq!(checked(&folder, &["**/*.yaml"]), ["[x].yaml", "a/b/two.yaml", "a/one.yaml"]);
    assert_eq!(checked(&folder, &["./a/*.yaml"]), ["a/one.yaml"], "`*` is no folder");
    assert_eq!(checked(&folder, &["a/b/{two,three}.*"]), ["a/b/three.yml", "a/b/two.yaml"]);
    assert_eq!(checked(&folder.join("a"), &["../a/b/*.yaml"]), ["../a/b/two.yaml"]);
    assert_eq!(checked(&folder, &["[x].yaml"]), ["[x].yaml"], "a file of this name is meant");
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let folder = folder("find_twice");
    write(&folder, "a/contract.yaml", BAD);
    write(&folder, "b/contract.yaml", BAD);
    let absolute = folder.join("a/contract.yaml");
    let absolute = absolute.to_str().expect("the folder's name is UTF-8");
    assert_eq!(
        checked(&folder, &["./a/contract.yaml", "a", "a/*.yaml", "b/../a/contract.yaml", absolute, "."]),
        ["./a/contract.yaml", "b/contract.yaml"]
    );
}

#[test]
fn to_check_nothing_is_no_success() {
    let folder = folder("find_nothing");
    write(&folder, "notes/x.yaml", BAD);
    let nothing = run(&folder, &["check", "notes"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (2, ""));
    assert!(
        nothing.stderr.starts_with("error: there is no contract in `notes`: a contract is called"),
        "{}",
        nothing.stderr
    );
    let nowhere = run(&folder, &["check", "nowhere/*.yaml"]);
    assert_eq!(nowhere.stderr, "error: no file matches `nowhere/*.yaml`\n");
    let pattern = run(&folder, &["check", "notes/[.yaml"]);
    assert_eq!(pattern.code, 2);
    assert!(pattern.stderr.starts_with("error: `notes/[.yaml` is no glob pattern: "), "{}", pattern.stderr);
}
