//! `docs/errors.md` shows what is really printed: each of its blocks is the beginning of a file of this repository.

use std::path::PathBuf;

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_block_is_what_is_printed() {
    let page = read("docs/errors.md");
    let mut blocks = 0;
    for part in page.split("<!-- ").skip(1) {
        let (path, rest) = part.split_once(" -->\n```text\n").expect("a comment is followed by a block");
        let (shown, _) = rest.split_once("\n```\n").expect("the block is closed");
        let shown = shown.strip_suffix("\n...").unwrap_or(shown);
        let printed = read(path);
        let left_out =
            printed.strip_prefix(shown).unwrap_or_else(|| panic!("{path} does not begin so:\n{shown}"));
        assert!(left_out.starts_with('\n'), "{path}: a line is cut");
        blocks += 1;
    }
    assert_eq!(blocks, 20, "ten faults, each of ours and of another's");
}

#[test]
fn every_program_of_others_is_shown() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/errors/src/bin");
    let page = read("docs/errors.md");
    for program in std::fs::read_dir(folder).expect("the folder of the programs") {
        let name =
            program.expect("a program").path().file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(page.contains(&format!("<!-- docs/errors/{name}.stderr -->")), "{name}");
    }
}
