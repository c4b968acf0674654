//! A contract that asks for runs that survive the process, and journals that do not last.

use onex::engine::BuildProblem;
use onex::journal::Durability;
use onex::run::RunState;
use onex::{BuildError, Runtime, RuntimeBuilder, handler, orchestrator};
use onex_sqlite::{Durable as _, Options};

use crate::support::Folder;

#[orchestrator(contract = "tests/contracts/archive.yaml")]
struct Archive;

#[handler(step = archive::store)]
async fn store() -> u32 {
    1
}

fn builder() -> RuntimeBuilder<()> {
    Runtime::builder(()).mount::<Archive>()
}

#[tokio::test]
async fn a_contract_that_asks_for_runs_that_last_is_not_built_on_a_journal_in_memory() {
    let told = |error: BuildError| {
        assert!(matches!(error.problems[..], [BuildProblem::NothingLasts { .. }]), "{error}");
        error.to_string()
    };
    let refused = told(builder().build().unwrap_err());
    assert_eq!(
        refused,
        "tests/contracts/archive.yaml:5:27: `checkpoint_interval_ms` asks for runs of the workflow `archive` that survive the \
         process, and the journal is in memory; give it one that lasts, `.durable(..)` of `onex-sqlite`, or remove the key"
    );
    let folder = Folder::new();
    let path = folder.path("archive.db");
    let memory = Options::default().durability(Durability::Memory);
    assert_eq!(told(builder().durable_with(&path, memory).await.unwrap_err()), refused);

    for durability in [Durability::Relaxed, Durability::Strict] {
        let path = folder.path(durability.as_str());
        let runtime = builder().durable_with(path, Options::default().durability(durability)).await.unwrap();
        assert_eq!(runtime.run::<Archive>((), None).await.unwrap().state, RunState::Completed);
    }
}
