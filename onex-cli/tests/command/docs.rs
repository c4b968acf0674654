//! The manual shows what is printed: each block behind a comment `<!-- onex ARGUMENTS, exit CODE -->` is what a run in the
//! root of the repository prints. A block that ends with `...` is the start of it.

use std::fs;

use crate::orders::{self, settled};
use crate::run::{bless, folder, root, run};

const MANUAL: &str = "docs/cli.md";

#[test]
fn the_manual_shows_what_is_printed() {
    let path = root().join(MANUAL);
    let manual = fs::read_to_string(&path).expect("the manual");
    let mut parts = manual.split("<!-- onex ");
    let mut real = parts.next().expect("a text has a start").to_owned();
    let mut blocks = 0;
    let journals = folder("manual");
    orders::make(&journals);
    for part in parts {
        let (call, rest) = part.split_once(" -->\n```").expect("a block follows the comment");
        let (language, rest) = rest.split_once('\n').expect("the fence has a line");
        let (block, after) = rest.split_once("\n```").expect("the block is closed");
        let (args, code) = call.split_once(", exit ").expect("the comment has an exit code");
        let place = if args.contains("orders.db") { &journals } else { &root() };
        let run = run(place, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(run.code.to_string(), code, "onex {args}");
        let printed = format!("{}{}", settled(&run.stdout), run.stderr);
        let mut printed = printed.trim_end();
        let shown;
        if let Some(start) = block.strip_suffix("\n...") {
            let lines: Vec<&str> = printed.lines().take(start.lines().count()).collect();
            shown = format!("{}\n...", lines.join("\n"));
            printed = &shown;
        }
        real += &format!("<!-- onex {call} -->\n```{language}\n{printed}\n```{after}");
        blocks += 1;
    }
    if bless() {
        fs::write(&path, &real).expect("the manual is writable");
    }
    assert!(real == manual || bless(), "{MANUAL} is otherwise:\n{real}");
    assert!(blocks >= 10, "the manual shows each command");
}
