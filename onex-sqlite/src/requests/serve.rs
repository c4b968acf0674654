//! Carrying out what is asked of the owner.

use onex::Runtime;
use onex::engine::AgainError;
use onex::journal::{CommitError, StorageError};
use tokio::sync::mpsc::Receiver;

use super::{Outcome, Request};
use crate::Sqlite;

/// Carries out what is asked whenever the journal says that somebody has written to it, until it is closed. Does not keep
/// the runtime.
pub(crate) fn serve<C: Send + Sync + 'static>(runtime: &Runtime<C, Sqlite>, mut doorbell: Receiver<()>) {
    let weak = runtime.downgrade();
    tokio::spawn(async move {
        while doorbell.recv().await.is_some() {
            let Some(runtime) = weak.upgrade() else { return };
            // What cannot be read or answered now is looked at again when the journal is opened.
            drop(carry_out_all(&runtime).await);
        }
    });
}

async fn carry_out_all<C: Send + Sync + 'static>(runtime: &Runtime<C, Sqlite>) -> Result<(), StorageError> {
    loop {
        let unanswered = runtime.journal().unanswered().await?;
        if unanswered.is_empty() {
            return Ok(());
        }
        for (asked, request) in unanswered {
            let outcome = match carry_out(runtime, request).await? {
                Ok(()) => Outcome::Done,
                Err(why) => Outcome::Refused { why },
            };
            runtime.journal().answer(runtime.lease(), asked, &outcome).await?;
        }
    }
}

/// Or says why not.
async fn carry_out<C: Send + Sync + 'static>(
    runtime: &Runtime<C, Sqlite>,
    request: Request,
) -> Result<Result<(), String>, StorageError> {
    let said = |error: &dyn std::error::Error| error.to_string();
    Ok(match request {
        Request::Cancel { run, reason } => match runtime.cancel(run, reason) {
            true => Ok(()),
            false => Err(format!("run {run} is not alive, or was cancelled before")),
        },
        Request::Kill { run, reason } => match runtime.kill(run, reason) {
            true => Ok(()),
            false => Err(format!("run {run} is not alive, or was killed before")),
        },
        Request::Pause { run, reason } => runtime.pause(run, reason).await.map_err(|error| said(&error)),
        Request::Resume { run } => runtime.resume(run).await.map_err(|error| said(&error)),
        Request::RetryFrom { run, step } => {
            runtime.retry_from(run, &step).await.map(drop).map_err(|error| said(&error))
        }
        Request::ForkFrom { run, step, fork } => match runtime.fork_as(fork, run, &step).await {
            Ok(_handle) => Ok(()),
            // By the owner before, whose process ended before it could say so.
            Err(AgainError::Journal(CommitError::WrongSeq { run, .. }) | AgainError::Live { run })
                if run == fork =>
            {
                Ok(())
            }
            Err(error) => Err(said(&error)),
        },
        Request::Migrate { run, map, dry_run } => {
            let moved = if dry_run {
                runtime.try_migration(run, &map).await
            } else {
                runtime.migrate(run, &map).await
            };
            moved.map(drop).map_err(|error| said(&error))
        }
        Request::Redrive { position } => match runtime.journal().dead_letter(position).await? {
            Some(letter) => runtime.redrive(&letter).await.map(drop).map_err(|error| said(&error)),
            None => Err(no_letter(position)),
        },
        Request::GiveUp { position, reason } => match runtime.journal().dead_letter(position).await? {
            Some(letter) => runtime.give_up(&letter, reason).await.map_err(|error| said(&error)),
            None => Err(no_letter(position)),
        },
    })
}

fn no_letter(position: u64) -> String {
    format!("there is no dead letter at {position}, or not any more")
}
