//! `onex fmt`: what is written, what is only said, and what is left alone.

use std::fs;

use crate::run::{folder, onex, run, run_with_input, write};

const CANONICAL: &str = "name: node_a  # comment\n";
const OTHER: &str = "name:   'node_a' # comment";
const BROKEN: &str = "name: [node_a\n";

#[test]
fn files_are_written_in_place() {
    let folder = folder("fmt_in_place");
    write(&folder, "a/contract.yaml", OTHER);
    write(&folder, "b/contract.yaml", CANONICAL);
    write(&folder, "c/contract.yaml", format!("\u{feff}{CANONICAL}").replace('\n', "\r\n"));
    write(&folder, "notes.yaml", OTHER);
    let first = run(&folder, &["fmt"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""));
    assert_eq!(first.stderr, "formatted 2 of 3 files\n");
    for path in ["a/contract.yaml", "b/contract.yaml", "c/contract.yaml"] {
        assert_eq!(fs::read_to_string(folder.join(path)).expect("a contract"), CANONICAL, "{path}");
    }
    assert_eq!(fs::read_to_string(folder.join("notes.yaml")).expect("a file"), OTHER);
    assert_eq!(fs::read_dir(folder.join("a")).expect("a folder").count(), 1, "nothing else is left there");

    let second = run(&folder, &["fmt", "--quiet"]);
    assert_eq!((second.code, second.stdout.as_str(), second.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_check_lists_and_writes_nothing() {
    let folder = folder("fmt_check");
    write(&folder, "a/contract.yaml", OTHER);
    write(&folder, "b/contract.yaml", CANONICAL);
    let check = run(&folder, &["fmt", "--check"]);
    assert_eq!((check.code, check.stdout.as_str()), (1, "a/contract.yaml\n"));
    assert_eq!(check.stderr, "would format 1 of 2 files\n");
    assert_eq!(fs::read_to_string(folder.join("a/contract.yaml")).expect("a contract"), OTHER);

    let fine = run(&folder, &["fmt", "--check", "b"]);
    assert_eq!((fine.code, fine.stdout.as_str()), (0, ""));
}

#[test]
fn a_difference_is_one_that_can_be_applied() {
    let folder = folder("fmt_diff");
    write(&folder, "contract.yaml", OTHER);
    let diff = run(&folder, &["fmt", "--diff"]);
    let expected = "\
--- contract.yaml
+++ contract.yaml
@@ -1 +1 @@
-name:   'node_a' # comment
\\ No newline at end of file
+name: node_a  # comment
";
    assert_eq!((diff.code, diff.stdout.as_str()), (0, expected));
    assert_eq!(run(&folder, &["fmt", "--diff", "--check"]).code, 1);
    let coloured = run(&folder, &["fmt", "--diff", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[32m+name: node_a  # comment\u{1b}[0m\n"), "{coloured}");
    assert_eq!(fs::read_to_string(folder.join("contract.yaml")).expect("a contract"), OTHER);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = folder("fmt_stdin");
    for text in [OTHER, CANONICAL] {
        let run = run_with_input(&folder, &["fmt", "-"], text.as_bytes());
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, CANONICAL, ""));
    }
    let check = run_with_input(&folder, &["fmt", "--check", "-"], OTHER.as_bytes());
    assert_eq!((check.code, check.stdout.as_str()), (1, "<stdin>\n"));
    let broken = run_with_input(&folder, &["fmt", "-"], BROKEN.as_bytes());
    assert_eq!((broken.code, broken.stdout.as_str()), (1, ""));
    assert!(broken.stderr.contains(" --> <stdin>:1:7"), "{}", broken.stderr);
}

#[test]
fn what_cannot_be_read_is_left_alone_and_the_rest_is_not() {
    let folder = folder("fmt_broken");
    write(&folder, "a/contract.yaml", BROKEN);
    write(&folder, "b/contract.yaml", OTHER);
    write(&folder, "c/contract.yaml", b"name: \xff\n");
    let run = run(&folder, &["fmt", ".", "missing.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    for said in [
        "error: cannot read `missing.yaml`",
        "error[ONEX0004]",
        " --> a/contract.yaml:",
        "error[ONEX0002]",
        "\nformatted 1 of 3 files, 2 cannot be read\n",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(fs::read_to_string(folder.join("a/contract.yaml")).expect("a contract"), BROKEN);
    assert_eq!(fs::read_to_string(folder.join("b/contract.yaml")).expect("a contract"), CANONICAL);
    let again = onex(&folder).args(["fmt", "--check", "a"]).output().expect("the command was built");
    assert_eq!(again.status.code(), Some(1), "a check of what cannot be read is no success");
}

#[test]
fn each_file_of_a_contract_is_formatted_by_itself() {
    const CONTRACT: &str = "name:   node_a\nhandler_routing:   !include parts/routing.yaml   # who answers\n";
    const PART: &str = "handlers:\n- {operation: a, handler_class: A}  # first\n";
    let folder = folder("fmt_include");
    write(&folder, "contract.yaml", CONTRACT);
    write(&folder, "parts/routing.yaml", PART);
    let text = |path: &str| fs::read_to_string(folder.join(path)).expect("a file");
    assert_eq!(run(&folder, &["fmt"]).stderr, "formatted 1 of 1 file\n");
    let formatted = "name: node_a\nhandler_routing: !include parts/routing.yaml  # who answers\n";
    assert_eq!((text("contract.yaml").as_str(), text("parts/routing.yaml").as_str()), (formatted, PART));

    assert_eq!(run(&folder, &["fmt", "parts/routing.yaml"]).code, 0);
    assert_eq!(text("parts/routing.yaml"), "handlers:\n  - { operation: a, handler_class: A }  # first\n");
}

#[test]
fn what_is_canonical_is_not_written() {
    let folder = folder("fmt_unchanged");
    write(&folder, "contract.yaml", CANONICAL);
    let path = folder.join("contract.yaml");
    let written = || fs::metadata(&path).and_then(|data| data.modified()).expect("it is there");
    let before = written();
    assert_eq!(run(&folder, &["fmt"]).stderr, "formatted 0 of 1 file\n");
    assert_eq!(written(), before);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder("fmt_permissions");
    write(&folder, "real/contract.yaml", OTHER);
    let real = folder.join("real/contract.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it is ours");
    symlink(&real, folder.join("contract.yaml")).expect("the folder is writable");
    assert_eq!(run(&folder, &["fmt", "contract.yaml"]).code, 0);
    let mode = fs::metadata(&real).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(folder.join("contract.yaml").is_symlink());
    assert_eq!(fs::read_to_string(&real).expect("a contract"), CANONICAL);
}
