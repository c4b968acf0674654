//! What is shown of a journal that nobody owns, and what is said of a file that is none.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use onex::run::RunState;
use serde_json::Value;

use crate::orders::{self, COMPLETED, FAILED, PAUSED, RETRYING, settled};
use crate::run::{Run, assert_snapshot, finished, folder, onex, run};

/// A folder with the journal `orders.db`.
fn with_orders(test: &str) -> PathBuf {
    let folder = folder(test);
    orders::make(&folder);
    folder
}

fn fine(folder: &Path, args: &[&str]) -> Run {
    let run = run(folder, args);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}: {}", run.stdout);
    run
}

/// What is said where nothing is printed.
fn refused(folder: &Path, args: &[&str]) -> String {
    let run = run(folder, args);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
    run.stderr
}

fn objects(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// The ids of the runs that are listed.
fn listed(folder: &Path, args: &[&str]) -> Vec<String> {
    let run = run(folder, &[&["runs", "orders.db", "--json"], args].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    objects(&run).iter().map(|line| line["run"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn everything_is_shown_to_people() {
    let folder = with_orders("store_tables");
    for (name, args) in [
        ("runs", &["runs", "orders.db"][..]),
        ("run", &["run", "orders.db", "01a7b2c4-5"]),
        ("run_retrying", &["run", "orders.db", RETRYING]),
        ("timers", &["timers", "orders.db"]),
        ("letters", &["dead-letters", "orders.db"]),
        ("letter", &["dead-letters", "orders.db", "show", "1"]),
        ("journal", &["journal", "orders.db", "--verify"]),
    ] {
        assert_snapshot(&format!("store_{name}.txt"), &settled(&fine(&folder, args).stdout));
    }
}

#[test]
fn everything_is_given_to_programs() {
    let folder = with_orders("store_json");
    let runs = objects(&fine(&folder, &["runs", "orders.db", "--json"]));
    assert_eq!(runs.len(), 4);
    assert_eq!(runs[0]["run"], PAUSED);
    assert_eq!((&runs[0]["state"], &runs[0]["reason"]), (&"paused".into(), &"maintenance".into()));
    let [run] = &objects(&fine(&folder, &["run", "orders.db", FAILED, "--json"]))[..] else { panic!("one") };
    assert_eq!((&run["run"], &run["steps"][1]["state"]), (&FAILED.into(), &"failed".into()));
    assert_eq!(run["attempts"][3]["error"], "the card is refused");
    let [timer] = &objects(&fine(&folder, &["timers", "orders.db", "--json"]))[..] else { panic!("one") };
    assert_eq!((&timer["run"], &timer["step"]), (&RETRYING.into(), &"charge".into()));
    let letters = objects(&fine(&folder, &["dead-letters", "orders.db", "--json"]));
    assert_eq!((letters.len(), &letters[1]["letter"]["cause"]["cause"]), (3, &"unroutable".into()));
    let letter = objects(&fine(&folder, &["dead-letters", "orders.db", "show", "2", "--json"]));
    assert_eq!(letter[0], letters[1]);
    let journal = objects(&fine(&folder, &["journal", "orders.db", "--json", "--verify"]));
    assert_eq!((&journal[0]["runs"], &journal[0]["holder"]), (&4.into(), &Value::Null));
    assert_eq!(journal[0]["damage"], serde_json::json!([]));
}

#[test]
fn runs_are_chosen_and_come_in_pages() {
    let folder = with_orders("store_filters");
    assert_eq!(listed(&folder, &[]), [PAUSED, RETRYING, FAILED, COMPLETED]);
    assert_eq!(listed(&folder, &["--oldest-first", "--limit", "2"]), [COMPLETED, FAILED]);
    assert_eq!(listed(&folder, &["--oldest-first", "--after", FAILED]), [RETRYING, PAUSED]);
    assert_eq!(listed(&folder, &["--state", "failed"]), [FAILED]);
    assert_eq!(listed(&folder, &["--unfinished"]), [PAUSED, RETRYING]);
    assert_eq!(listed(&folder, &["--key", "order 1"]), [COMPLETED]);
    assert_eq!(listed(&folder, &["--workflow", "fulfil_order", "--limit", "1"]), [PAUSED]);
    assert_eq!(listed(&folder, &["--node", "node_shop_orchestrator"]).len(), 4);
    assert_eq!(listed(&folder, &["--node", "node_mail_effect"]).len(), 0);

    let page = run(&folder, &["runs", "orders.db", "--limit", "2"]);
    assert_eq!(page.stderr, format!("more of them: --after {RETRYING}\n"));
    let last = run(&folder, &["runs", "orders.db", "--limit", "2", "--after", RETRYING]);
    assert_eq!((last.stderr.as_str(), last.stdout.lines().count()), ("", 3));
    let none = run(&folder, &["runs", "orders.db", "--key", "order 9"]);
    assert_eq!((none.code, none.stdout.as_str(), none.stderr.as_str()), (0, "", "no runs\n"));
    let letters = run(&folder, &["dead-letters", "orders.db", "list", "--after", "1", "--limit", "1"]);
    assert_eq!(letters.stderr, "more of them: list --after 2\n");
}

#[test]
fn every_state_can_be_asked_for() {
    let folder = with_orders("store_states");
    let mut state = Some(RunState::Running);
    let mut asked = 0;
    while let Some(this) = state {
        let word = serde_json::to_value(this).expect("a word");
        listed(&folder, &["--state", word.as_str().expect("a word")]);
        asked += 1;
        // A state that is added does not compile here.
        state = match this {
            RunState::Running => Some(RunState::Paused),
            RunState::Paused => Some(RunState::Stopping),
            RunState::Stopping => Some(RunState::Compensating),
            RunState::Compensating => Some(RunState::Completed),
            RunState::Completed => Some(RunState::CompletedWithErrors),
            RunState::CompletedWithErrors => Some(RunState::Failed),
            RunState::Failed => Some(RunState::Cancelled),
            RunState::Cancelled => Some(RunState::TimedOut),
            RunState::TimedOut => Some(RunState::Parked),
            RunState::Parked => None,
        };
    }
    assert_eq!(asked, 10);
    assert!(refused(&folder, &["runs", "orders.db", "--state", "faild"]).contains("'failed'"));
}

#[test]
fn a_run_is_named_by_as_much_of_its_id_as_is_needed() {
    let folder = with_orders("store_ids");
    assert!(fine(&folder, &["run", "orders.db", "01A7B2C9"]).stdout.contains(RETRYING));
    assert_eq!(
        refused(&folder, &["run", "orders.db", "01a7b2c4"]),
        format!(
            "error: more than one id begins with `01a7b2c4`; give more of it:\n  {COMPLETED}  fulfil_order order 1\n  \
             {FAILED}  fulfil_order order 2\n"
        )
    );
    let unknown = refused(&folder, &["run", "orders.db", "02"]);
    assert!(unknown.contains("has no run whose id begins with `02`: `onex runs` lists"), "{unknown}");
    let no_id = refused(&folder, &["cancel", "orders.db", "order 1", "--reason", "x"]);
    assert!(no_id.contains("`order 1` is no id of a run") && no_id.contains("`onex runs --key`"), "{no_id}");
    let longer = refused(&folder, &["run", "orders.db", &format!("{FAILED}0")]);
    assert!(longer.contains("is no id of a run"), "{longer}");
}

#[test]
fn the_environment_names_the_journal_where_no_argument_does() {
    let folder = with_orders("store_variable");
    let with = |args: &[&str]| finished(onex(&folder).env("ONEX_JOURNAL", "orders.db").args(args).output());
    for args in [
        &["runs"][..],
        &["run", FAILED],
        &["run", "--json", FAILED],
        &["timers"],
        &["dead-letters"],
        &["dead-letters", "show", "1"],
        &["journal"],
        &["backup", "copy.db"],
    ] {
        let run = with(args);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
    }
    assert!(folder.join("copy.db").is_file());
    let other = with(&["runs", "none.db"]);
    assert!(other.stderr.starts_with("error: cannot read `none.db`: "), "{}", other.stderr);
    assert_eq!(with(&["run"]).stderr, "error: which run? It follows the file of the journal\n");

    let which = "error: which journal? Give its file, or set `ONEX_JOURNAL`\n";
    assert_eq!(refused(&folder, &["runs"]), which);
    assert_eq!(refused(&folder, &["run", "01a7b2c9"]), which);
    assert_eq!(
        refused(&folder, &["run", "orders.db"]),
        "error: which run? It follows the file of the journal\n"
    );
}

#[test]
fn what_is_no_journal_is_said_to_be_none() {
    let folder = with_orders("store_no_journal");
    fs::write(folder.join("notes.txt"), "no database, and long enough to have a header: ".repeat(40))
        .expect("the folder is writable");
    fs::copy(folder.join("orders.db"), folder.join("newer.db")).expect("the folder is writable");
    let newer = rusqlite::Connection::open(folder.join("newer.db")).expect("a database");
    newer.pragma_update(None, "user_version", 99).expect("it can be written");
    drop(newer);
    for args in [&["runs"][..], &["journal"], &["timers"], &["dead-letters"]] {
        let said = |file: &str| refused(&folder, &[args, &[file]].concat());
        assert!(said("none.db").starts_with("error: cannot read `none.db`: "), "{}", said("none.db"));
        assert_eq!(said("."), "error: `.` is a folder, and a journal is a file\n");
        assert_eq!(
            said("notes.txt"),
            "error: `notes.txt` is no journal of onex; nothing in it was changed; a journal is the file that a program \
             gives to `.durable(..)`\n"
        );
        let newer = said("newer.db");
        assert!(
            newer.starts_with("error: the journal `newer.db` has format 99, and this release reads format")
        );
        assert!(
            newer.ends_with("; take the `onex` of the release that the journal's program is built with\n")
        );
    }
    assert!(!folder.join("none.db").exists(), "looking makes nothing");
}

#[test]
fn damage_is_reported() {
    let folder = with_orders("store_damage");
    let database = rusqlite::Connection::open(folder.join("orders.db")).expect("a database");
    database
        .execute("UPDATE entry SET details = replace(details, 'the card is refused', 'all is well')", [])
        .expect("it can be written");
    drop(database);
    let verify = run(&folder, &["journal", "orders.db", "--verify"]);
    assert_eq!(verify.code, 1);
    assert_eq!(
        verify.stderr,
        format!(
            "error: `orders.db` is damaged: run `{FAILED}` is not what was written\nits program does not open it as it is; \
             `onex restore BACKUP FILE --replace` puts a backup in its place\n"
        )
    );
    let shown = refused(&folder, &["run", "orders.db", FAILED]);
    assert!(shown.contains(&format!("run {FAILED} is not what was written")), "{shown}");
    assert!(shown.ends_with("; `onex journal orders.db --verify` looks for damage\n"), "{shown}");
    fine(&folder, &["run", "orders.db", RETRYING]);
    let copy = refused(&folder, &["backup", "orders.db", "copy.db"]);
    assert!(copy.contains("is damaged") && !folder.join("copy.db").exists(), "{copy}");

    fs::write(folder.join("cut.db"), &fs::read(folder.join("orders.db")).expect("a file")[..8192])
        .expect("the folder is writable");
    let cut = run(&folder, &["journal", "cut.db", "--verify"]);
    assert!(cut.code > 0 && cut.stderr.starts_with("error: "), "{}", cut.stderr);
}

#[test]
fn a_terminal_is_told_by_colours_and_by_nothing_else() {
    let folder = with_orders("store_colours");
    let database = rusqlite::Connection::open(folder.join("orders.db")).expect("a database");
    database
        .execute(
            "UPDATE run SET key = 'order' || char(27) || '[2J' || char(10) || 'é' WHERE key = 'order 4'",
            [],
        )
        .expect("it can be written");
    drop(database);
    let plain = fine(&folder, &["runs", "orders.db"]).stdout;
    assert!(plain.contains("order\\u{1b}[2J\\né  maintenance\n"), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let coloured = fine(&folder, &["runs", "orders.db", "--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[31mfailed\u{1b}[0m"), "{coloured}");
    let no_color =
        onex(&folder).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").args(["runs", "orders.db"]).output();
    assert_eq!(finished(no_color).stdout, plain);
}

#[test]
fn timers_say_what_they_are_for() {
    let folder = with_orders("store_timers");
    let shown = |attempt: u32, compensation: bool| {
        orders::set_timer(&folder, attempt, compensation);
        fine(&folder, &["timers", "orders.db"]).stdout
    };
    assert!(shown(3, false).ends_with("  charge  attempt 4\n"));
    assert!(shown(1, true).ends_with("  charge  attempt 2 to undo it\n"));
    assert!(shown(0, false).ends_with("  charge  waits no longer for its event\n"));
}

#[test]
fn a_backup_is_taken_and_put_back() {
    let folder = with_orders("store_copies");
    let copied = fine(&folder, &["backup", "orders.db", "copy.db", "--json"]);
    let copied = &objects(&copied)[0];
    assert_eq!((&copied["to"], &copied["transactions"]), (&"copy.db".into(), &6.into()));
    assert_eq!(
        refused(&folder, &["backup", "orders.db", "copy.db"]),
        "error: `copy.db` exists; nothing was written over it\n"
    );
    assert_eq!(
        refused(&folder, &["restore", "copy.db", "orders.db"]),
        "error: `orders.db` exists; nothing was written over it. With `--replace` it is, if it is a journal that nobody \
         owns\n"
    );
    fs::write(folder.join("orders.db"), "").expect("the folder is writable");
    let restored = fine(&folder, &["restore", "copy.db", "orders.db", "--replace"]).stdout;
    assert!(restored.starts_with("`orders.db`: 6 transactions, "), "{restored}");
    assert_eq!(listed(&folder, &[]).len(), 4);
    let nothing = refused(&folder, &["restore", "none.db", "other.db"]);
    assert!(nothing.starts_with("error: cannot read `none.db`: "), "{nothing}");
    assert!(!folder.join("other.db-owner").exists(), "nothing was begun");
}

#[test]
fn whoever_watches_a_run_that_nobody_drives_is_told() {
    let folder = with_orders("store_watch");
    let ended = fine(&folder, &["run", "orders.db", FAILED, "--watch"]);
    assert_eq!(
        ended.stdout,
        fine(&folder, &["run", "orders.db", FAILED]).stdout,
        "there is nothing to wait for"
    );
    let mut command = onex(&folder);
    command.args(["run", "orders.db", PAUSED, "--watch"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command was built");
    let mut said = String::new();
    let stderr = child.stderr.take().expect("it is piped");
    BufReader::new(stderr).read_line(&mut said).expect("it is UTF-8");
    child.kill().and_then(|()| child.wait()).expect("it was alive");
    assert_eq!(said, "nobody owns the journal: the run goes on when its program is started\n");
}

#[test]
fn what_is_asked_while_nobody_owns_the_journal_waits() {
    let folder = with_orders("store_waiting");
    let asked = run(&folder, &["resume", "orders.db", PAUSED]);
    assert_eq!((asked.code, asked.stdout.as_str()), (3, ""));
    assert_eq!(
        asked.stderr,
        "request 1 waits: nobody owns the journal, and whoever does next carries it out; `onex outcome orders.db 1` says \
         what came of it\n"
    );
    let asked = run(&folder, &["fork", "orders.db", FAILED, "--from", "charge", "--json", "--wait", "10ms"]);
    let object = &objects(&asked)[0];
    assert_eq!((asked.code, &object["request"], &object["outcome"]), (3, &2.into(), &"waiting".into()));
    assert_eq!(object["fork"].as_str().map(str::len), Some(36));
    assert_eq!(run(&folder, &["outcome", "orders.db", "1"]).code, 3);
    assert_eq!(
        refused(&folder, &["outcome", "orders.db", "one"]),
        "error: `one` is no number of a request\n"
    );

    let before = objects(&fine(&folder, &["journal", "orders.db", "--verify", "--json"]));
    assert_eq!(before[0]["damage"], serde_json::json!([]));
    let step = refused(&folder, &["retry", "orders.db", FAILED, "--from", "chrage"]);
    assert_eq!(step, format!("error: run {FAILED} has no step `chrage`; perhaps `charge` is meant\n"));
    let step = refused(&folder, &["fork", "orders.db", FAILED, "--from", "mail"]);
    assert!(step.ends_with("; its steps are `reserve`, `charge`, `receipt`\n"), "{step}");
    let letter = refused(&folder, &["dead-letters", "orders.db", "redrive", "9"]);
    assert!(letter.contains("has no dead letter at 9, or not any more"), "{letter}");
    let reason = refused(&folder, &["cancel", "orders.db", PAUSED]);
    assert!(reason.contains("--reason <TEXT>"), "{reason}");
    assert_eq!(run(&folder, &["outcome", "orders.db", "3", "--json"]).code, 3, "nothing more was asked");

    let database = rusqlite::Connection::open(folder.join("orders.db")).expect("a database");
    let no_room = "CREATE TRIGGER no_room BEFORE INSERT ON request BEGIN SELECT RAISE(ABORT, 'no room'); END";
    database.execute_batch(no_room).expect("it can be written");
    let unwritten = refused(&folder, &["resume", "orders.db", PAUSED]);
    assert!(unwritten.starts_with("error: cannot note the request in `orders.db`: no room"), "{unwritten}");
}
