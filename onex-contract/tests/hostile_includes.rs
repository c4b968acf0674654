//! Files that include others to do harm: each is refused at a place, without panic, in little time, memory and stack.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use onex_contract::{Code, Contract, Diagnostics, IncludeError, MAX_BYTES, Source, parse_with};

/// Far above what any of these takes on a busy machine, far below what an exponential one would.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the files below replace or stand beside.
const HEAD: &str = "name: node_order_effect\nnode_type: effect\ncontract_version: \"1.0.0\"\n";

/// Reads `contract.yaml` and whatever it includes of some files, each at most once.
fn judge(files: &[(String, Vec<u8>)]) -> Result<Contract, Diagnostics> {
    let started = Instant::now();
    let mut files: HashMap<&str, &[u8]> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let contract = files.remove("contract.yaml").expect("the contract itself");
    let verdict = Source::from_bytes("contract.yaml", contract).and_then(|source| {
        parse_with(&source, &mut |path| {
            let bytes = files.remove(path).ok_or(IncludeError::Missing { neighbours: Vec::new() })?;
            Ok(bytes.to_vec())
        })
    });
    if let Err(faults) = &verdict {
        let first = faults.list().first().expect("at least one fault").render_plain(faults.source());
        assert!(first.len() < 8_000, "a message of {} bytes", first.len());
    }
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    verdict
}

fn file(path: &str, text: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (path.to_owned(), text.into())
}

fn contract(rest: &str) -> (String, Vec<u8>) {
    file("contract.yaml", format!("{HEAD}{rest}"))
}

/// The only fault: its code, and its place with the name of the file.
fn only_fault(files: &[(String, Vec<u8>)]) -> (Code, String) {
    let faults = judge(files).expect_err("refused");
    let [fault] = faults.list() else { panic!("one fault, not {faults}") };
    let (line, column) = faults.source().line_col(fault.primary.span.start);
    (fault.code, format!("{}:{line}:{column}", faults.source().file_of(fault.primary.span).name()))
}

fn at(code: Code, place: &str) -> (Code, String) {
    (code, place.to_owned())
}

#[test]
fn ten_thousand_includes() {
    let one = file("one.yaml", "1");
    let list = |count: usize| contract(&format!("metadata:\n{}", "  - !include one.yaml\n".repeat(count)));
    judge(&[list(1_000), one.clone()]).expect("as many as there may be");
    assert_eq!(only_fault(&[list(10_000), one]), at(Code::Include, "contract.yaml:1005:5"));
}

#[test]
fn ten_thousand_files_that_are_not_there() {
    let list: String = (0..10_000).map(|number| format!("  - !include {number}.yaml\n")).collect();
    let faults = judge(&[contract(&format!("metadata:\n{list}"))]).expect_err("refused");
    assert_eq!(faults.list().len(), 1_001);
}

#[test]
fn a_missing_file_is_missed_once() {
    let list = "  - !include missing.yaml\n".repeat(900);
    let found = only_fault(&[contract(&format!("metadata:\n{list}"))]);
    assert_eq!(found, at(Code::Include, "contract.yaml:5:14"));
}

#[test]
fn includes_that_multiply() {
    // Each file includes the next ten times: ten million values, were nobody to count.
    let mut files = vec![contract("metadata: !include 0.yaml\n")];
    for level in 0..7 {
        files.push(file(&format!("{level}.yaml"), format!("- !include {}.yaml\n", level + 1).repeat(10)));
    }
    files.push(file("7.yaml", "x"));
    assert_eq!(only_fault(&files).0, Code::Include);
}

#[test]
fn values_that_multiply_by_includes_and_aliases() {
    let hundred = format!("- &x [{}]\n{}", "1, ".repeat(100), "- *x\n".repeat(9));
    let files = [
        contract(&format!("metadata:\n{}", "  - !include hundred.yaml\n".repeat(900))),
        file("hundred.yaml", hundred),
    ];
    // 1,021 values each time: the 49th is too much.
    assert_eq!(only_fault(&files).0, Code::TooManyValues);
}

#[test]
fn text_that_multiplies_by_anchors() {
    let files = [
        contract(&format!("metadata:\n  - &x !include x.yaml\n{}", "  - *x\n".repeat(40_000))),
        file("x.yaml", "x".repeat(100_000)),
    ];
    let (code, place) = only_fault(&files);
    assert_eq!(code, Code::TooManyValues);
    assert!(place.starts_with("contract.yaml:"), "{place}");
}

#[test]
fn a_chain_of_files() {
    let chain = |length: usize| {
        let mut files = vec![file("contract.yaml", "!include 1.yaml")];
        files.extend(
            (1..length).map(|link| file(&format!("{link}.yaml"), format!("!include {}.yaml", link + 1))),
        );
        files.push(file(&format!("{length}.yaml"), HEAD));
        files
    };
    judge(&chain(16)).expect("as deep as may be");
    assert_eq!(only_fault(&chain(17)), at(Code::Include, "16.yaml:1:1"));
    assert_eq!(only_fault(&chain(5_000)), at(Code::Include, "16.yaml:1:1"));
}

#[test]
fn the_depth_of_values_is_that_of_the_whole() {
    let nested = |depth: usize, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
    let files = |inner: usize| {
        [
            contract(&format!("metadata: {}\n", nested(30, "!include middle.yaml"))),
            file("middle.yaml", nested(20, "!include inner.yaml")),
            file("inner.yaml", nested(inner, "x")),
        ]
    };
    // The contract is a mapping: the 64th level is the 13th of the innermost file.
    judge(&files(13)).expect("as deep as may be");
    assert_eq!(only_fault(&files(14)), at(Code::TooDeep, "inner.yaml:1:14"));
}

#[test]
fn an_alias_of_a_deep_file() {
    let nested = format!("{}x{}", "[".repeat(40), "]".repeat(40));
    let list =
        format!("metadata:\n  - &deep !include deep.yaml\n  - {}*deep{}\n", "[".repeat(30), "]".repeat(30));
    assert_eq!(
        only_fault(&[contract(&list), file("deep.yaml", nested)]),
        at(Code::TooDeep, "contract.yaml:6:35")
    );
}

#[test]
fn all_files_together_are_no_larger_than_one_may_be() {
    let text = |bytes: usize| format!("'{}'", "x".repeat(bytes - 2));
    let list = contract("metadata:\n  - !include x.yaml\n  - !include x.yaml\n");
    let rest = MAX_BYTES - list.1.len();
    judge(&[list.clone(), file("x.yaml", text(rest / 2))]).expect("as large as may be");
    assert_eq!(
        only_fault(&[list.clone(), file("x.yaml", text(rest / 2 + 1))]),
        at(Code::FileTooLarge, "contract.yaml:6:5")
    );
    assert_eq!(
        only_fault(&[list, file("x.yaml", text(MAX_BYTES + 1))]),
        at(Code::FileTooLarge, "contract.yaml:5:5")
    );
}

#[test]
fn large_files_that_are_no_text() {
    let bytes = vec![0xFF; MAX_BYTES / 2 - 100];
    let list = contract("metadata: [!include a.yaml, !include b.yaml, !include c.yaml]\n");
    let faults =
        judge(&[list, file("a.yaml", bytes.clone()), file("b.yaml", bytes.clone()), file("c.yaml", bytes)])
            .expect_err("refused");
    let codes: Vec<Code> = faults.list().iter().map(|fault| fault.code).collect();
    assert_eq!(codes, [Code::NotUtf8, Code::NotUtf8, Code::FileTooLarge]);
}

#[test]
fn bytes_that_are_no_text() {
    let of = |bytes: &[u8]| only_fault(&[contract("metadata: !include x.yaml\n"), file("x.yaml", bytes)]);
    assert_eq!(of(b"a: \xff"), at(Code::NotUtf8, "x.yaml:1:4"));
    assert_eq!(of(b"a: b\0"), at(Code::Syntax, "x.yaml:1:5"));
    assert_eq!(of(b"a: {\n"), at(Code::Syntax, "x.yaml:1:4"));
    assert_eq!(of(b""), at(Code::Empty, "x.yaml:1:1"));
    assert_eq!(of(b"# nothing\n---\n"), at(Code::Empty, "x.yaml:1:1"));
    assert_eq!(of(b"1\n---\n2\n"), at(Code::SeveralDocuments, "x.yaml:2:1"));
    assert_eq!(of("\u{feff}a: 1\na: 2\n".as_bytes()), at(Code::DuplicateKey, "x.yaml:2:1"));
}

#[test]
fn every_file_includes_every_file() {
    let all = |indent: &str| {
        (0..30).map(|number| format!("{indent}- !include {number}.yaml\n")).collect::<String>()
    };
    let mut files = vec![contract(&format!("metadata:\n{}", all("  ")))];
    files.extend((0..30).map(|number| file(&format!("{number}.yaml"), all(""))));
    let faults = judge(&files).expect_err("refused");
    let cycles = faults.list().iter().filter(|fault| fault.code == Code::IncludeCycle).count();
    assert!(cycles > 0, "{faults}");
}

#[test]
fn paths_without_end() {
    let long = "a/../".repeat(100_000);
    let found = only_fault(&[contract(&format!("metadata: !include {long}x.yaml\n"))]);
    assert_eq!(found, at(Code::Include, "contract.yaml:4:20"));
    let up = "../".repeat(200_000);
    let found = only_fault(&[contract(&format!("metadata: !include {up}x.yaml\n"))]);
    assert_eq!(found, at(Code::Include, "contract.yaml:4:20"));
    let found = only_fault(&[contract("metadata: !include \"a\\0\\n\\e[31mb\"\n")]);
    assert_eq!(found, at(Code::Include, "contract.yaml:4:20"));
}
