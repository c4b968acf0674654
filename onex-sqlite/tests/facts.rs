//! How a fact begins in the file: partial indices and views look at its first bytes.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod support;

use onex::run::{Fact, RunState};
use onex_sqlite::Sqlite;
use support::{Folder, client, fill};
use uuid::Uuid;

/// The beginnings of facts that a text in SQL compares them with, and how many bytes of them it takes.
fn beginnings(sql: &str) -> Vec<(usize, String)> {
    let compared = sql.split("substr(").skip(1).map(|compared| {
        let (_, rest) = compared.split_once(", 1, ").expect("from the first byte");
        let (bytes, rest) = rest.split_once(')').expect("it is closed");
        let (_, beginning) = rest.split_once('\'').expect("it is compared with a text");
        (bytes.parse().expect("a number"), beginning.split('\'').next().unwrap().to_owned())
    });
    compared.collect()
}

/// They would be empty without a word if serde wrote the tag elsewhere, or something in front of it.
#[test]
fn indices_and_views_look_for_what_facts_begin_with() {
    let facts = [
        Fact::RunEnded { state: RunState::Completed },
        Fact::RunMigrated { to: Uuid::nil(), version: (1, 0, 0) },
    ];
    let written = facts.map(|fact| serde_json::to_string(&fact).unwrap());
    let texts = [include_str!("../src/schema.sql"), include_str!("../src/views.sql")];
    let compared: Vec<_> = texts.iter().flat_map(|sql| beginnings(sql)).collect();
    assert!(compared.len() >= 4, "{compared:?}");
    for (bytes, beginning) in compared {
        assert_eq!(bytes, beginning.len(), "all of `{beginning}`");
        let begin = written.iter().filter(|fact| fact.starts_with(&beginning));
        assert_eq!(begin.count(), 1, "`{beginning}` in {written:?}");
    }
}

#[tokio::test]
async fn what_is_in_the_file_begins_so() {
    let folder = Folder::new();
    let path = folder.path("runs.db");
    let journal = Sqlite::open(&path).unwrap();
    fill(&journal, 0..8).await;
    let count = |of: &str| -> u32 {
        let sql = format!("SELECT count(*) FROM fact WHERE {of}");
        client(&path).query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let ended = count("fact ->> '$.fact' = 'run_ended'");
    assert!(ended > 0);
    assert_eq!(count(r#"substr(fact, 1, 19) = '{"fact":"run_ended"'"#), ended);
}
