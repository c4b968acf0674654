//! Arguments, help, completions and manual pages.

use std::fs;

use crate::run::{folder, root, run};

const COMMANDS: &[&str] = &[
    "check",
    "explain",
    "fmt",
    "graph",
    "schema",
    #[cfg(feature = "store")]
    "runs",
    #[cfg(feature = "store")]
    "run",
    #[cfg(feature = "store")]
    "timers",
    #[cfg(feature = "store")]
    "dead-letters",
    #[cfg(feature = "store")]
    "journal",
    #[cfg(feature = "store")]
    "cancel",
    #[cfg(feature = "store")]
    "kill",
    #[cfg(feature = "store")]
    "pause",
    #[cfg(feature = "store")]
    "resume",
    #[cfg(feature = "store")]
    "retry",
    #[cfg(feature = "store")]
    "fork",
    #[cfg(feature = "store")]
    "migrate",
    #[cfg(feature = "store")]
    "outcome",
    #[cfg(feature = "store")]
    "requests",
    #[cfg(feature = "store")]
    "backup",
    #[cfg(feature = "store")]
    "restore",
    "completions",
    "man",
];

#[test]
fn wrong_arguments_are_refused_with_a_hint() {
    for (args, hint) in [
        (&["expalin"][..], "a similar subcommand exists: 'explain'"),
        (&["shcema"], "a similar subcommand exists: 'schema'"),
        (&["check", "--format", "jsno"], "a similar value exists: 'json'"),
        (&["explain"], "<CODE>"),
        (&["explain", "204", "--list"], "--list"),
        (&["graph"], "<FILE>"),
        (&[], "Usage: onex"),
    ] {
        let run = run(&root(), args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains(hint), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn help_has_examples() {
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let run = run(&root(), &[command, flag]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""));
            assert!(run.stdout.contains("\nExamples:\n  onex "), "{command}: {}", run.stdout);
        }
    }
    let version = run(&root(), &["--version"]).stdout;
    assert_eq!(version, format!("onex {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn each_shell_has_completions() {
    for (shell, start) in [
        ("bash", "_onex() {"),
        ("zsh", "#compdef onex"),
        ("fish", "# Print an optspec"),
        ("elvish", "\nuse builtin"),
        ("powershell", "\nusing namespace"),
    ] {
        let run = run(&root(), &["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.starts_with(start), "{shell}: {}", run.stdout);
        for command in COMMANDS {
            assert!(run.stdout.contains(command), "{shell} does not know `{command}`");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let page = run(&root(), &["man"]);
    assert_eq!(page.code, 0);
    assert!(page.stdout.contains(".TH onex 1"), "{}", page.stdout);

    let folder = folder("man");
    let written = run(&folder, &["man", "--out", "share/man1"]);
    assert_eq!((written.code, written.stdout.as_str(), written.stderr.as_str()), (0, "", ""));
    for command in COMMANDS {
        let page = fs::read_to_string(folder.join(format!("share/man1/onex-{command}.1"))).expect(command);
        assert!(page.contains("Examples:"), "{page}");
    }
    assert_eq!(fs::read_to_string(folder.join("share/man1/onex.1")).expect("a page"), page.stdout);

    fs::write(folder.join("file"), "").expect("the folder is writable");
    let refused = run(&folder, &["man", "--out", "file"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.starts_with("error: cannot write manual pages to `file`: "), "{}", refused.stderr);
}
