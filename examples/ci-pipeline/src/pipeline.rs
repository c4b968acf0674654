//! A function for each step of the contract. What they share is the folder of releases.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use onex::{Classify, Container, Dep, Event, FaultClass, handler, orchestrator};
use serde::{Deserialize, Serialize};

use crate::releases::Releases;
use crate::script::{self, ScriptError};

/// Somebody has pushed a commit. Its key is the commit: pushed twice, it is built once.
#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct CommitPushed {
    /// Its id, which is the name of its release.
    pub commit: String,
    /// The branch that it was pushed to.
    pub branch: String,
    /// Where its sources are checked out.
    pub sources: PathBuf,
}

/// What the steps work on.
#[derive(Debug, Clone, Container)]
pub struct Forge {
    /// The folder of releases.
    pub releases: Arc<Releases>,
}

/// The contract, compiled in.
#[orchestrator(contract = "contract.yaml")]
#[derive(Debug)]
pub struct Ci;

#[handler(step = ci::lint)]
async fn lint(pushed: &CommitPushed) -> Result<(), ScriptError> {
    script::run(&pushed.sources, "lint.sh", None).await
}

#[handler(step = ci::test)]
async fn test(pushed: &CommitPushed) -> Result<(), ScriptError> {
    script::run(&pushed.sources, "test.sh", None).await
}

/// The name of what was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// The commit.
    pub commit: String,
}

#[handler(step = ci::build)]
async fn build(pushed: &CommitPushed, releases: Dep<Releases>) -> Result<Built, ScriptError> {
    let not_started =
        |error: io::Error| ScriptError::NotStarted { script: "build.sh".to_owned(), why: error.to_string() };
    releases.clear(&pushed.commit).map_err(not_started)?;
    script::run(&pushed.sources, "build.sh", Some(&releases.of(&pushed.commit))).await?;
    Ok(Built { commit: pushed.commit.clone() })
}

/// Also where it is unknown whether anything was built: then there may be half of it.
#[handler(compensation = ci::discard)]
async fn discard(pushed: Option<&CommitPushed>, releases: Dep<Releases>) -> Result<(), Unwritable> {
    pushed.map_or(Ok(()), |pushed| Ok(releases.clear(&pushed.commit)?))
}

#[handler(step = ci::deploy)]
async fn deploy(build: &Built, releases: Dep<Releases>) -> Result<Built, Unwritable> {
    releases.serve(&build.commit)?;
    Ok(build.clone())
}

#[handler(compensation = ci::roll_back)]
async fn roll_back(build: Option<&Built>, releases: Dep<Releases>) -> Result<(), Unwritable> {
    build.map_or(Ok(()), |build| Ok(releases.take_back(&build.commit)?))
}

/// A branch that is not `main` is built and served to nobody.
#[handler(step = ci::preview)]
async fn preview(build: &Built, releases: Dep<Releases>) -> PathBuf {
    releases.of(&build.commit)
}

#[handler(step = ci::smoke)]
async fn smoke(deploy: &Built, releases: Dep<Releases>) -> Result<(), ScriptError> {
    script::run(&releases.of(&deploy.commit), "smoke.sh", None).await
}

/// The folder of releases could not be changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Unwritable(String);

impl From<io::Error> for Unwritable {
    fn from(error: io::Error) -> Self {
        Unwritable(error.to_string())
    }
}

impl Classify for Unwritable {
    fn class(&self) -> FaultClass {
        FaultClass::Retryable
    }
}
