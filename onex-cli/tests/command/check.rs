//! `onex check`: what it says, how it ends, and that nothing stops it early.

use std::fmt::Write as _;
use std::io::Read;
use std::process::Stdio;

use onex_contract::{Format, Source, parse, render};

use crate::run::{BAD, GOOD, assert_snapshot, finished, folder, onex, run, run_with_input, write};

#[test]
fn a_good_contract_is_fine() {
    let folder = folder("check_good");
    write(&folder, "contract.yaml", GOOD);
    let run = run(&folder, &["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "checked 1 file, no errors\n");
}

#[test]
fn faults_are_printed_and_counted() {
    let folder = folder("check_bad");
    write(&folder, "a/contract.yaml", BAD);
    write(&folder, "b/contract.yaml", GOOD);
    write(&folder, "c/contract.yaml", BAD.replace("1.0.0", "one"));
    let run = run(&folder, &["check"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr, "checked 3 files, 3 errors in 2 files\n");
    assert_snapshot("check.txt", &run.stdout);
}

#[test]
fn each_format_is_what_it_says() {
    let folder = folder("check_formats");
    write(&folder, "contract.yaml", BAD);
    let faults = parse(&Source::new("contract.yaml", BAD)).expect_err("it has a fault");
    for (name, format) in [
        ("human", Format::Plain),
        ("plain", Format::Plain),
        ("json", Format::Json),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
    ] {
        let run = run(&folder, &["check", "--format", name]);
        assert_eq!(run.code, 1, "{name}");
        let document = render(std::slice::from_ref(&faults), format);
        assert_eq!(run.stdout.trim_end(), document.trim_end(), "{name}");
        assert_eq!(run.stderr, "checked 1 file, 1 error in 1 file\n");
    }
    let coloured = run(&folder, &["check", "--color", "always"]);
    assert_eq!(coloured.stdout.trim_end(), render(&[faults], Format::Terminal).trim_end());
}

#[test]
fn a_document_about_nothing_is_a_document() {
    let folder = folder("check_empty_documents");
    write(&folder, "contract.yaml", GOOD);
    let sarif = run(&folder, &["check", "--format", "sarif"]);
    assert_eq!((sarif.code, sarif.stdout), (0, render(&[], Format::Sarif)));
}

#[test]
fn quiet_is_without_a_summary() {
    let folder = folder("check_quiet");
    write(&folder, "contract.yaml", BAD);
    let quiet = run(&folder, &["check", "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (1, ""));
    assert_eq!(quiet.stdout, run(&folder, &["check"]).stdout);
}

#[test]
fn colours_are_for_those_who_see_them() {
    let folder = folder("check_colours");
    write(&folder, "contract.yaml", BAD);
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let output = onex(&folder).arg("check").args(args).envs(variables.iter().copied()).output();
        let run = finished(output);
        assert_eq!(run.code, 1);
        run.stdout.contains('\u{1b}')
    };
    let force = [("CLICOLOR_FORCE", "1")];
    assert!(!coloured(&[], &[]), "a pipe");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&[], &force));
    assert!(!coloured(&["--color", "never"], &force));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    for format in ["plain", "json", "sarif", "github"] {
        assert!(!coloured(&["--color", "always", "--format", format], &[]), "{format}");
    }
}

#[test]
fn standard_input_is_checked() {
    let folder = folder("check_stdin");
    let run = run_with_input(&folder, &["check", "-"], BAD.as_bytes());
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("--> <stdin>:2:12"), "{}", run.stdout);
    assert_eq!(run_with_input(&folder, &["check", "-"], GOOD.as_bytes()).code, 0);

    let not_utf8 = run_with_input(&folder, &["check", "-"], b"name: \xff");
    assert!(not_utf8.stdout.contains("ONEX0002"), "{}", not_utf8.stdout);
    let too_large = run_with_input(&folder, &["check", "-"], &vec![b' '; (1 << 20) + 1]);
    assert!(too_large.stdout.contains("ONEX0001"), "{}", too_large.stdout);
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_is_checked() {
    let folder = folder("check_unreadable");
    write(&folder, "bad.yaml", BAD);
    write(&folder, "good.yaml", GOOD);
    let run = run(&folder, &["check", "nowhere.yaml", "bad.yaml", "no_match_*.yaml", "good.yaml"]);
    assert_eq!(run.code, 2, "what was not checked weighs more than what was found");
    assert!(run.stdout.contains("ONEX0105"), "{}", run.stdout);
    assert_eq!(
        run.stderr,
        "error: cannot read `nowhere.yaml`: No such file or directory (os error 2)\n\
         error: no file matches `no_match_*.yaml`\n\
         checked 2 files, 1 error in 1 file\n"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_reported() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder("check_permission");
    write(&folder, "a.yaml", GOOD);
    write(&folder, "b.yaml", BAD);
    let secret = folder.join("a.yaml");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).expect("the file is ours");
    if std::fs::read(&secret).is_ok() {
        eprintln!("not tested: this user may read everything");
        return;
    }
    let run = run(&folder, &["check", "a.yaml", "b.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot read the contract `a.yaml`"), "{}", run.stderr);
    assert!(run.stdout.contains("ONEX0105"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_reported() {
    let folder = folder("check_links");
    std::os::unix::fs::symlink("loop.yaml", folder.join("loop.yaml")).expect("the folder is writable");
    let run = run(&folder, &["check", "loop.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: cannot read `loop.yaml`: "), "{}", run.stderr);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let folder = folder("check_pipe");
    // More than a pipe holds.
    (0..400).for_each(|number| write(&folder, &format!("{number}.contract.yaml"), BAD));
    for args in [&["check"][..], &["check", "--format", "sarif"]] {
        let mut child = onex(&folder)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command was built");
        let mut first = [0; 10];
        child.stdout.take().expect("it is piped").read_exact(&mut first).expect("it prints something");
        let run = finished(child.wait_with_output());
        assert!(!run.stderr.contains("panicked") && !run.stderr.contains("error:"), "{}", run.stderr);
        assert_eq!(run.code, 1, "the verdict is what it is");
    }
}

#[test]
fn a_thousand_contracts_are_checked_in_the_order_of_their_paths() {
    let folder = folder("check_thousand");
    let mut expected = String::new();
    for number in 0..1_000 {
        let path = format!("nodes/n{:02}/{number:04}.contract.yaml", number % 97);
        write(&folder, &path, if number % 3 == 0 { BAD } else { GOOD });
    }
    let run = run(&folder, &["check", "--isolated", "--format", "github"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, "checked 1000 files, 334 errors in 334 files\n"));
    for group in 0..97 {
        for number in (group..1_000).step_by(97).filter(|number| number % 3 == 0) {
            writeln!(expected, "nodes/n{group:02}/{number:04}.contract.yaml").expect("a String");
        }
    }
    let files: String = run
        .stdout
        .lines()
        .map(|line| line.trim_start_matches("::error file=").split(',').next().unwrap_or_default())
        .flat_map(|file| [file, "\n"])
        .collect();
    assert_eq!(files, expected);
}

/// Of the node whose files follow, and whose input has a default that does not fit.
const MANIFEST: &str = "\
api_version: v1.0.0
kind: NodeManifest
metadata: { name: orders, version: 1.0.0, node_type: orchestrator }
specification: { node_class: orchestrator }
contracts:
  input: { contract_file: contracts/input.yaml }
  workflow: { contract_file: contracts/workflow.yaml }
";
const INPUT: &str = "\
api_version: v1.0.0
kind: InputSubcontract
metadata: { name: orders-input, version: 1.0.0, node_type: orchestrator }
schema: { properties: { count: { type: integer, default: many } } }
";
/// Valid, and not all of it is executed.
const WORKFLOW: &str = "\
api_version: v1.0.0
kind: WorkflowDefinition
metadata: { name: orders-workflow, version: 1.0.0, node_type: orchestrator }
workflow_metadata: { workflow_name: orders, workflow_version: 1.0.0 }
execution_graph: { nodes: [{ node_id: charge, node_type: effect }] }
coordination_rules: { load_balancing_enabled: true }
";

#[test]
fn a_file_is_checked_as_what_it_says_that_it_is() {
    let folder = folder("check_kinds");
    write(&folder, "contracts/contract.yaml", GOOD);
    write(&folder, "contracts/input.yaml", INPUT.replace("many", "1"));
    write(&folder, "contracts/workflow.yaml", WORKFLOW.replace("true", "false"));
    write(&folder, "manifest.yaml", MANIFEST);
    let good = run(&folder, &["check"]);
    assert_eq!((good.code, good.stdout.as_str()), (0, ""));
    assert_eq!(good.stderr, "checked 4 files, no errors\n");
    let of_input = run_with_input(&folder, &["check", "-"], INPUT.as_bytes());
    assert_eq!(of_input.code, 1);
    assert!(
        of_input.stdout.contains("error[ONEX0511]: `default`: expected an integer"),
        "{}",
        of_input.stdout
    );
    assert_eq!(run_with_input(&folder, &["check", "-"], MANIFEST.as_bytes()).code, 0);
}

#[test]
fn a_fault_of_a_file_that_a_manifest_names_is_told_once() {
    let folder = folder("check_named_twice");
    write(&folder, "contracts/input.yaml", INPUT);
    write(&folder, "contracts/workflow.yaml", WORKFLOW.replace("orders-workflow", "order-workflow"));
    write(&folder, "manifest.yaml", MANIFEST);
    let run = run(&folder, &["check", "--format", "github"]);
    assert_eq!(run.code, 1);
    let lines: Vec<&str> =
        run.stdout.lines().map(|line| line.split("::").nth(1).unwrap_or_default()).collect();
    assert_eq!(
        lines.iter().filter(|line| line.contains("contracts/input.yaml,line=4")).count(),
        1,
        "{lines:#?}"
    );
    assert_eq!(
        lines.iter().filter(|line| line.contains("contracts/workflow.yaml,line=6")).count(),
        1,
        "{lines:#?}"
    );
}

#[test]
fn what_is_not_executed_is_a_warning_that_can_be_denied() {
    let folder = folder("check_warnings");
    write(&folder, "contracts/workflow.yaml", WORKFLOW);
    let warned = run(&folder, &["check"]);
    assert_eq!(warned.code, 0, "{}", warned.stdout);
    assert!(
        warned.stdout.starts_with("warning[ONEX0106]: `load_balancing_enabled: true`"),
        "{}",
        warned.stdout
    );
    assert_eq!(warned.stderr, "checked 1 file, no errors, 1 warning in 1 file\n");
    let denied = run(&folder, &["check", "--deny-warnings"]);
    assert_eq!((denied.code, denied.stdout), (1, warned.stdout));
    write(&folder, "contracts/workflow.yaml", WORKFLOW.replace("true", "false"));
    assert_eq!(run(&folder, &["check", "--deny-warnings"]).code, 0);
}
