//! `ci-pipeline` pushes the demo project's four commits; `ci-pipeline SOURCES COMMIT BRANCH RELEASES` one of your own.

use std::sync::Arc;
use std::{env, fs, process};

use anyhow::Context as _;
use ci_pipeline::pipeline::{Ci, CommitPushed, Forge};
use ci_pipeline::releases::Releases;
use ci_pipeline::{demo, show};
use onex::Runtime;
use onex::run::RunState;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => {
            let folder = env::temp_dir().join(format!("ci-pipeline-{}", process::id()));
            let done = demonstrate(&folder).await;
            fs::remove_dir_all(&folder).context("the demo's folder cannot be removed")?;
            done
        }
        [sources, commit, branch, releases] => {
            let (commit, branch) = (commit.clone(), branch.clone());
            let pushed = CommitPushed { commit, branch, sources: sources.into() };
            let deployed = push(&Releases::open(releases)?, vec![pushed]).await?;
            anyhow::ensure!(deployed, "the pipeline failed");
            Ok(())
        }
        _ => anyhow::bail!("usage: ci-pipeline [SOURCES COMMIT BRANCH RELEASES]"),
    }
}

async fn demonstrate(folder: &std::path::Path) -> anyhow::Result<()> {
    let commits = demo::commits(&folder.join("sources")).context("the demo cannot be written")?;
    push(&Releases::open(folder.join("releases"))?, commits).await?;
    Ok(())
}

/// Pushes one after the other, and says what came of each. True if every run completed.
async fn push(releases: &Releases, commits: Vec<CommitPushed>) -> anyhow::Result<bool> {
    let forge = Forge { releases: Arc::new(releases.clone()) };
    let runtime = Runtime::builder(forge).mount::<Ci>().build()?;
    let mut all = true;
    for pushed in commits {
        let report = runtime.run::<Ci>(pushed, None).await?;
        println!("{}", show::run(&report, releases.served()?.as_deref()));
        all &= report.state == RunState::Completed;
    }
    Ok(all)
}
