//! Pages that say what onex does about something, row by row, and name the tests that show it: each test exists, and expects the
//! codes that the row names.

use std::path::PathBuf;

/// A row of a page: a number, what it is about, a verdict in bold, tests.
pub(crate) struct Row {
    pub(crate) number: usize,
    /// The word in bold: `compile error`.
    pub(crate) verdict: String,
    /// `ONEX0207` and `E0277`.
    pub(crate) codes: Vec<String>,
    pub(crate) tests: Vec<String>,
}

fn read(path: &str) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).ok()
}

pub(crate) fn text(page: &str) -> String {
    read(page).expect("the page is there")
}

pub(crate) fn rows(page: &str) -> Vec<Row> {
    let page = text(page);
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        Some((cells.first()?.parse().ok()?, cells))
    });
    rows.map(|(number, cells): (usize, Vec<&str>)| {
        let [_, about, verdict, tests] = cells[..] else { panic!("the row of {number} has four cells") };
        assert!(about.ends_with('.'), "{number} is told in sentences");
        let (word, _) = verdict.strip_prefix("**").and_then(|rest| rest.split_once("**")).expect("a verdict");
        let words = verdict.split(|character: char| !character.is_ascii_alphanumeric());
        let is_code = |word: &&str| {
            let digits = word.strip_prefix("ONEX").or(word.strip_prefix('E'));
            digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        Row {
            number,
            verdict: word.to_owned(),
            codes: words.filter(is_code).map(str::to_owned).collect(),
            tests: tests.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        }
    })
    .collect()
}

/// What a test expects to be said; nothing, if it is a function. `None`: there is no such test.
fn expected(test: &str) -> Option<String> {
    if let Some((file, function)) = test.split_once("::") {
        let text = read(file)?;
        let at = text.find(&format!("fn {function}("))?;
        let before = text[..at].trim_end_matches("async ").lines().rev();
        let mut attributes =
            before.map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| line.starts_with('#'));
        attributes.find(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))?;
        return Some(String::new());
    }
    match test.split_once('/')? {
        ("compile_fail", name) => {
            read(&format!("tests/compile_fail/{name}.rs"))?;
            read(&format!("tests/compile_fail/{name}.stderr"))
        }
        ("cases", name) => {
            read(&format!("onex-contract/tests/cases/{name}.yaml"))?;
            read(&format!("onex-contract/tests/cases/{name}.expected"))
        }
        ("systems", name) => read(&format!("onex-contract/tests/systems/{name}.expected")),
        _ => None,
    }
}

/// Each row is shown by tests that exist, and each code that it names is in what one of them expects. What the tests expect, row by
/// row.
pub(crate) fn shown(page: &str) -> Vec<(Row, Vec<String>)> {
    let rows = rows(page).into_iter().map(|row| {
        let Row { number, codes, tests, .. } = &row;
        assert!(!tests.is_empty(), "{number} is shown by no test");
        let said: Vec<String> = tests
            .iter()
            .map(|test| expected(test).unwrap_or_else(|| panic!("{number}: there is no test {test}")))
            .collect();
        for code in codes {
            assert!(
                said.iter().any(|said| said.contains(code.as_str())),
                "{number}: no test of {tests:?} expects {code}"
            );
        }
        (row, said)
    });
    rows.collect()
}
