//! The job on a file, ended at each place that matters: before and after each append, commit, acknowledgement, dispatch,
//! effect, publication and checkpoint, and while it takes over what another process left.

use std::process::ExitStatus;

use onex::failpoint::Place;

use crate::kill::{Job, variable};

/// Starts the job, to be ended at a failpoint. True: it was; false: it came to its end before.
async fn ends_at(job: &mut Job, seed: &str, failpoint: &str) -> bool {
    let output = job.command(seed).env("ONEX_FAILPOINT", failpoint).output().expect("cargo has built it");
    let said = String::from_utf8_lossy(&output.stderr);
    let is_ended = is_aborted(output.status);
    assert!(is_ended || output.status.success(), "{failpoint}: {said}");
    assert_eq!(is_ended, said.contains("the process ends at"), "{failpoint}: {said}");
    job.note_what_is_recorded().await;
    is_ended
}

#[cfg(unix)]
fn is_aborted(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status).is_some()
}

#[cfg(not(unix))]
fn is_aborted(status: ExitStatus) -> bool {
    !status.success() && status.code() != Some(1)
}

/// Every crossing of a small job, one job for each; then a few of what goes on after it, too.
#[tokio::test]
async fn a_job_that_is_ended_at_any_crossing_comes_to_the_same_end() {
    let stride = variable("ONEX_FAILPOINT_STRIDE", 7).max(1);
    let mut crossing = 1 + fastrand::u64(..stride);
    let mut ended = 0;
    loop {
        let mut job = Job::of(3);
        if !ends_at(&mut job, "7", &crossing.to_string()).await {
            break;
        }
        // The process that goes on may end as well, soon after it began.
        if crossing.is_multiple_of(3) {
            ends_at(&mut job, "7", &(1 + fastrand::u64(..20)).to_string()).await;
        }
        job.ends_well("7").await;
        ended += 1;
        crossing += stride;
    }
    println!("{ended} jobs of {crossing} crossings");
    assert!(ended * stride > 60, "{ended} jobs: where are the failpoints?");
}

/// Each place for itself, the first time and later.
#[tokio::test]
async fn a_job_that_is_ended_before_and_after_all_that_matters_comes_to_the_same_end() {
    for place in Place::ALL {
        let mut reached = false;
        // Few orders do not fill a log.
        let is_rare = matches!(place, Place::CheckpointBefore | Place::CheckpointAfter);
        let (orders, times) = if is_rare { (1500, [1, 1]) } else { (6, [1, 7]) };
        for time in times {
            let mut job = Job::of(orders);
            if place == Place::TakeOver {
                // There is nothing to take over before a process has ended.
                ends_at(&mut job, "3", "effect_after:3").await;
            }
            if !ends_at(&mut job, "3", &format!("{}:{time}", place.name())).await {
                break;
            }
            reached = true;
            job.ends_well("3").await;
        }
        assert!(reached, "{} is never crossed", place.name());
    }
}
