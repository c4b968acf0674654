//! The canonical form: each contract of `tests/fmt` and its form in the `.formatted` file beside it.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test fmt` writes what comes out now; read the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use onex_contract::{Code, MAX_BYTES, Source, format, parse};

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
}

fn formatted(name: &str, text: &str) -> String {
    format(&Source::new(name, text)).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_file_is_formatted_as_expected() {
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in folder("tests/fmt") {
        let text = fs::read_to_string(&path).expect("a contract");
        let out = formatted(&path.display().to_string(), &text);
        assert_eq!(
            formatted("again", &out),
            out,
            "{} is formatted otherwise the second time",
            path.display()
        );
        let expected = path.with_extension("formatted");
        if bless {
            fs::write(&expected, &out).expect("the folder is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != out {
            wrong.push(format!("{}:\n{out}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} files are formatted otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_contracts_that_show_the_house_style_are_in_it() {
    for path in [
        "../examples/order-workflow/src/orders/contract.yaml",
        "../examples/order-workflow/src/audit/contract.yaml",
        "../examples/tour/contract.yaml",
        "../onex/doc/greeter.yaml",
        "../benches/contracts/diamond.yaml",
        "../benches/contracts/recorder.yaml",
        "../benches/contracts/sequential.yaml",
        "../benches/contracts/switchboard.yaml",
    ] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("an example");
        assert_eq!(formatted(path, &text), text, "{path}");
    }
    let readme = include_str!("../../README.md");
    let contract = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let contract = contract.expect("the README shows a contract");
    assert_eq!(formatted("README.md", contract), contract);
}

/// Each shape in which a contract may say who answers what, in the one that is canonical.
#[test]
fn every_shape_is_formatted_as_expected() {
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut all = String::new();
    for path in folder("tests/cases") {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if name.starts_with("valid_shape_") {
            let text = fs::read_to_string(&path).expect("a contract");
            all.push_str(&format!("# {name}\n---\n{}", formatted(&name, &text)));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fmt/shapes.formatted");
    if bless {
        fs::write(&path, &all).expect("the folder is writable");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(all == expected, "the shapes are formatted otherwise:\n{all}");
}

#[test]
fn the_reference_shows_what_comes_out() {
    let reference = include_str!("../../docs/contract.md");
    let (_, section) = reference.split_once("## The canonical form\n").expect("the section");
    let mut blocks =
        section.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let (before, after) = (blocks.next().expect("a contract"), blocks.next().expect("its form"));
    assert!(parse(&Source::new("contract.md", before)).is_ok());
    assert_eq!(formatted("contract.md", before), after);
}

#[test]
fn what_cannot_be_read_is_reported_as_the_reader_reports_it() {
    let mut refused = 0;
    for path in folder("tests/cases") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let source = Source::new("case.yaml", text);
        let (Err(faults), Err(expected)) = (format(&source), parse(&source)) else { continue };
        let expected: Vec<Code> = expected.list().iter().map(|fault| fault.code).collect();
        for fault in faults.list() {
            // A document that is nothing is no mapping either.
            let known = expected.contains(&fault.code) || fault.code == Code::WrongType;
            assert!(known, "{}: {:?}", path.display(), fault.code);
        }
        refused += 1;
    }
    assert!(refused > 10, "only {refused} cases cannot be read");
}

#[test]
fn what_no_contract_is_is_refused_at_its_place() {
    for (text, code, line, column) in [
        ("", Code::Empty, 1, 1),
        ("# only\n", Code::Empty, 1, 1),
        ("a: [b\n", Code::Syntax, 1, 4),
        ("a: 1\n---\nb: 1\n", Code::SeveralDocuments, 2, 1),
        ("a: 1\n? [b]\n: c\n", Code::KeyNotString, 2, 3),
        ("a: 1\n: c\n", Code::KeyNotString, 2, 1),
        ("a: *b\n", Code::UnknownAlias, 1, 4),
        ("text\n", Code::WrongType, 1, 1),
        ("a:\r\n\tb: 1\r\n", Code::Tab, 2, 1),
    ] {
        let faults = format(&Source::new("it.yaml", text)).expect_err(text);
        let place = faults.source().line_col(faults.list()[0].primary.span.start);
        assert_eq!((faults.list()[0].code, place), (code, (line, column)), "{text:?}");
    }
    let long = format!("? {}\n: 1\n", "k".repeat(1025));
    let faults = format(&Source::new("it.yaml", long)).expect_err("a key that no reader takes without `?`");
    assert_eq!(faults.list()[0].code, Code::KeyNotString);
}

/// Far above what any of these takes on a busy machine, far below what an exponential one would, or a quadratic one in
/// the bytes.
const PATIENCE: Duration = Duration::from_secs(20);

fn in_time(text: &str) {
    let started = Instant::now();
    if let Ok(out) = format(&Source::new("large.yaml", text)) {
        assert_eq!(formatted("again", &out), out);
    }
    assert!(started.elapsed() < PATIENCE, "took {:?} for {:?}...", started.elapsed(), &text[..40]);
}

#[test]
fn large_and_hostile_files_take_no_quadratic_time() {
    let fill = |line: &str| line.repeat(MAX_BYTES / line.len());
    let numbered = |line: &str| -> String {
        let count = (MAX_BYTES / (line.len() + 6)).min(24_000);
        (0..count).map(|at| line.replacen('@', &at.to_string(), 1)).collect()
    };
    in_time(&numbered("key@: { a: [x, y], b: \"z\" }  # comment\n"));
    in_time(&numbered("key@:  # comment\n  # above\n  - x\n  # below\n"));
    in_time(&format!("a:\n{}", fill("# comment\n")));
    in_time(&format!("a: 1  # first\n{}", fill("      # next\n")));
    in_time(&format!("a: |\n{}", fill("  text\n\n")));
    in_time(&format!("a: >+\n  x{}", fill("\n")));
    in_time(&format!("a: \"{}\"\n", fill("text \\\n  ")));
    in_time(&format!("a: {}\n", fill("text\n  ")));
    in_time(&format!("a: [{}]\n", "x, ".repeat(30_000)));
    in_time(&format!("a: [{}]\n", "x".repeat(MAX_BYTES - 10)));
    in_time(&format!("a: {}x{}\n", "[".repeat(62), "]".repeat(62)));
    in_time(&format!("a: {}\n", "[[[[x, y], y], y], y], ".repeat(1_000).replacen("[", "[[", 1) + "x]"));
    in_time(&format!("a: {}{}{}\n", "[a: ".repeat(62), "x".repeat(100_000), "]".repeat(62)));
    in_time(&numbered("- |\n  x@\n\n\n\n\n"));
    in_time(&"- # c\n".repeat(40_000));
    in_time(&"[".repeat(200_000));
    in_time(&"? ".repeat(20_000));
    in_time(&fill("- x\n"));
    let deep: String = (0..64).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    in_time(&deep);
    in_time(&format!("{deep}{}", fill("# c\n")));
    in_time(&format!("{}x\n", "- ".repeat(63)));
}
