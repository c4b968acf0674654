//! A journal as a configuration says: where, and how durable.

use std::error::Error as _;
use std::fs;
use std::time::Duration;

use onex::config::{Config, Source};
use onex::journal::Durability;
use onex::{BuildError, Runtime};
use onex_sqlite::{Durable as _, Options};

use crate::support::Folder;

/// What the journal of a program with such a file promises, and how many files there are beside.
async fn configured(folder: &Folder, text: &str) -> Result<(Durability, usize), BuildError> {
    let file = folder.path("onex.toml");
    fs::write(&file, text).unwrap();
    let config = Config::load(Source::new().file(&file)).unwrap();
    let builder = Runtime::builder(()).config(&config);
    let runtime = builder.durable_as(&config.journal, Options::default()).await?;
    let durability = runtime.health().await.durability;
    runtime.close(Duration::ZERO).await;
    Ok((durability, fs::read_dir(folder.path("")).unwrap().count() - 1))
}

#[tokio::test]
async fn the_configuration_says_where_the_journal_is_and_what_it_promises() {
    let folder = Folder::new();
    let path = toml_path(&folder);
    assert_eq!(configured(&folder, "").await.unwrap(), (Durability::Memory, 0));
    let memory = format!("[journal]\npath = {path}\ndurability = \"memory\"\n");
    assert_eq!(configured(&folder, &memory).await.unwrap(), (Durability::Memory, 0));
    let (durability, files) = configured(&folder, &format!("[journal]\npath = {path}\n")).await.unwrap();
    assert!((durability, files > 0) == (Durability::Strict, true), "{durability}, {files}");
    let relaxed = format!("[journal]\npath = {path}\ndurability = \"relaxed\"\n");
    assert_eq!(configured(&folder, &relaxed).await.unwrap().0, Durability::Relaxed);

    let refused = configured(&folder, "[journal]\ndurability = \"strict\"\n").await.unwrap_err();
    let told = format!("{refused}: {:?}", refused.source().map(ToString::to_string));
    assert!(
        told.contains("`journal.durability` is strict, which needs a file, and `journal.path` is not given"),
        "{told}"
    );
}

fn toml_path(folder: &Folder) -> String {
    format!("'{}'", folder.path("orders.db").display())
}
