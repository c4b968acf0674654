//! `data-pipeline` runs five deliveries of its own in each mode; `data-pipeline DATABASE FOLDER..` loads yours, as a batch.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, process};

use anyhow::Context as _;
use data_pipeline::delivery::Delivery;
use data_pipeline::demo;
use data_pipeline::modes::{self, Mode, Outcome};
use data_pipeline::share::Share;
use data_pipeline::steps::Site;
use data_pipeline::warehouse::Warehouse;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            let folder = env::temp_dir().join(format!("data-pipeline-{}", process::id()));
            let done = demonstrate(&folder).await;
            fs::remove_dir_all(&folder).context("the demo's folder cannot be removed")?;
            done
        }
        [database, folders @ ..] if !folders.is_empty() => load(Path::new(database), folders).await,
        _ => anyhow::bail!("usage: data-pipeline [DATABASE FOLDER..]"),
    }
}

async fn demonstrate(folder: &Path) -> anyhow::Result<()> {
    let all = demo::deliveries(folder).context("the demo cannot be written")?;
    for (title, names, refuses) in [
        ("three deliveries", ["monday", "tuesday", "wednesday"], 0),
        ("the same, and the share does not answer at first", ["monday", "tuesday", "wednesday"], 3),
        ("a line breaks off in one of them", ["monday", "thursday", "wednesday"], 0),
        ("of one of them, half is missing", ["monday", "friday", "wednesday"], 0),
    ] {
        println!("{title}: {}\n{}", names.join(", "), Outcome::HEAD);
        let chosen = all.iter().filter(|delivery| names.contains(&&*delivery.name)).cloned();
        let chosen: Vec<Delivery> = chosen.collect();
        for mode in Mode::ALL {
            let share = Arc::new(Share::flaky(Duration::from_millis(15), refuses));
            let site = Site { share, warehouse: Arc::new(Warehouse::in_memory()?) };
            print(mode, &modes::run(mode, &site, chosen.clone()).await?);
        }
        println!();
    }
    Ok(())
}

async fn load(database: &Path, folders: &[String]) -> anyhow::Result<()> {
    let warehouse = Warehouse::open(database).with_context(|| format!("`{}`", database.display()))?;
    let site = Site { share: Arc::default(), warehouse: Arc::new(warehouse) };
    let deliveries = folders.iter().map(|folder| delivery(folder)).collect::<anyhow::Result<_>>()?;
    let outcome = modes::run(Mode::Batch, &site, deliveries).await?;
    println!("{}", Outcome::HEAD);
    print(Mode::Batch, &outcome);
    for (country, total) in &outcome.totals.0 {
        println!("{country}: {} orders, {}.{:02}", total.orders, total.cents / 100, total.cents % 100);
    }
    anyhow::ensure!(outcome.faults.is_empty(), "nothing of this is loaded");
    Ok(())
}

/// However a folder is called, it is one delivery.
fn delivery(folder: &str) -> anyhow::Result<Delivery> {
    let folder = fs::canonicalize(folder).with_context(|| format!("`{folder}`"))?;
    Ok(Delivery { name: folder.display().to_string(), folder })
}

fn print(mode: Mode, outcome: &Outcome) {
    println!("{}", outcome.line(mode));
    for fault in &outcome.faults {
        println!("    {fault}");
    }
}
