//! What becomes of four commits: a release, a preview, nothing, and the release before.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::path::PathBuf;
use std::sync::Arc;
use std::{env, fs, process};

use ci_pipeline::demo;
use ci_pipeline::pipeline::{Ci, CommitPushed, Forge};
use ci_pipeline::releases::Releases;
use onex::run::{CompensationState, RunState, StepState};
use onex::{RunReport, Runtime};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("ci-pipeline-test-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn forge(folder: &Folder) -> (Releases, Runtime<Forge>, Vec<CommitPushed>) {
    let releases = Releases::open(folder.0.join("releases")).unwrap();
    let forge = Forge { releases: Arc::new(releases.clone()) };
    let runtime = Runtime::builder(forge).mount::<Ci>().build().unwrap();
    (releases, runtime, demo::commits(&folder.0.join("sources")).unwrap())
}

fn state(report: &RunReport, step: &str) -> StepState {
    report.step(step).unwrap().state
}

#[tokio::test]
async fn each_commit_of_the_demo_comes_to_its_own_end() {
    let folder = Folder::new("demo");
    let (releases, runtime, commits) = forge(&folder);
    let [first, shout, typo, default] = <[CommitPushed; 4]>::try_from(commits).unwrap();

    let report = runtime.run::<Ci>(first, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(
        (state(&report, "deploy"), state(&report, "preview")),
        (StepState::Completed, StepState::Skipped)
    );
    assert_eq!(releases.served().unwrap().as_deref(), Some("a1-first"));

    let report = runtime.run::<Ci>(shout, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(
        (state(&report, "deploy"), state(&report, "preview")),
        (StepState::Skipped, StepState::Completed)
    );
    assert_eq!(*report.output::<PathBuf>("preview").unwrap(), releases.of("b2-shout"));
    assert_eq!(releases.served().unwrap().as_deref(), Some("a1-first"), "a branch is served to nobody");

    let report = runtime.run::<Ci>(typo, None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let test = report.step("test").unwrap();
    assert_eq!(test.error.as_deref(), Some("test.sh: greet.sh said \"helo, Ada\""));
    assert_eq!(state(&report, "build"), StepState::NotRun);
    assert!(!releases.of("c3-typo").exists());

    let report = runtime.run::<Ci>(default, None).await.unwrap();
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Failed, CompensationState::Done),
        "{report:#?}"
    );
    assert_eq!(
        report.step("smoke").unwrap().error.as_deref(),
        Some("smoke.sh: the release said \"hello, \"")
    );
    assert_eq!(report.step("deploy").unwrap().compensation, CompensationState::Done);
    assert_eq!(releases.served().unwrap().as_deref(), Some("a1-first"), "the release before is back");
    assert!(!releases.of("d4-default").exists(), "what was built is gone");
}

#[tokio::test]
async fn a_commit_that_is_pushed_twice_is_built_once() {
    let folder = Folder::new("twice");
    let (_, runtime, commits) = forge(&folder);
    let mut dead = runtime.dead_letters();

    runtime.publish(commits[0].clone()).await.unwrap();
    runtime.publish(commits[0].clone()).await.unwrap();
    runtime.settled().await;

    assert_eq!(runtime.counters().runs_started, 1);
    assert!(dead.try_recv().is_some(), "the second is set aside, with the reason");
}

#[tokio::test]
async fn a_script_that_is_not_there_fails_and_says_which() {
    let folder = Folder::new("missing");
    let (_, runtime, commits) = forge(&folder);
    fs::remove_file(commits[0].sources.join("lint.sh")).unwrap();

    let report = runtime.run::<Ci>(commits[0].clone(), None).await.unwrap();

    assert_eq!(report.state, RunState::Failed);
    assert!(report.step("lint").unwrap().error.as_deref().unwrap().starts_with("lint.sh: "), "{report:#?}");
}

#[test]
fn what_was_served_before_the_first_release_is_nothing() {
    let folder = Folder::new("releases");
    let releases = Releases::open(&folder.0).unwrap();
    releases.serve("a").unwrap();
    releases.serve("a").unwrap();
    releases.take_back("b").unwrap();
    assert_eq!(releases.served().unwrap().as_deref(), Some("a"), "`b` is not served");
    releases.take_back("a").unwrap();
    assert_eq!(releases.served().unwrap(), None);
    releases.serve("a").unwrap();
    releases.serve("b").unwrap();
    releases.take_back("b").unwrap();
    assert_eq!(releases.served().unwrap().as_deref(), Some("a"));
}

#[test]
fn the_program_says_what_happened_and_what_is_wrong_with_its_arguments() {
    let program = |arguments: &[&str]| {
        process::Command::new(env!("CARGO_BIN_EXE_ci-pipeline")).args(arguments).output().unwrap()
    };
    let demo = program(&[]);
    let said = String::from_utf8_lossy(&demo.stdout);
    assert!(demo.status.success());
    assert_eq!(said.matches("served now: a1-first").count(), 4, "{said}");
    assert!(said.contains("deploy   Completed, undone"), "{said}");

    let wrong = program(&["only-this"]);
    assert!(!wrong.status.success());
    assert!(
        String::from_utf8_lossy(&wrong.stderr)
            .contains("usage: ci-pipeline [SOURCES COMMIT BRANCH RELEASES]")
    );
}
