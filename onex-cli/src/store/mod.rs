//! What a journal holds, and what its owner is asked for: the subcommands that take the file of `.durable(FILE)`.
//!
//! They look through `onex_sqlite::Inspect` and ask through `onex_sqlite::Requests`. What is in the file, and what a
//! request comes to, is known there.

mod again;
mod ask;
mod copy;
mod file;
mod id;
mod journal;
mod letters;
mod migrate;
mod requests;
mod run;
mod runs;
mod steer;
mod table;
mod time;
mod timers;

use std::error::Error;

use clap::Subcommand;

use crate::output::Exit;

#[derive(Subcommand)]
pub(crate) enum Command {
    Runs(runs::Args),
    Run(run::Args),
    Timers(timers::Args),
    DeadLetters(letters::Args),
    Journal(journal::Args),
    Cancel(steer::Cancel),
    Kill(steer::Kill),
    Pause(steer::Pause),
    Resume(steer::Resume),
    Retry(again::Retry),
    Fork(again::Fork),
    Migrate(migrate::Args),
    Outcome(ask::Args),
    Requests(requests::Args),
    Backup(copy::Backup),
    Restore(copy::Restore),
}

impl Command {
    pub(crate) fn run(&self) -> Result<Exit, Box<dyn Error>> {
        match self {
            Command::Runs(args) => runs::run(args),
            Command::Run(args) => run::run(args),
            Command::Timers(args) => timers::run(args),
            Command::DeadLetters(args) => letters::run(args),
            Command::Journal(args) => journal::run(args),
            Command::Cancel(args) => steer::cancel(args),
            Command::Kill(args) => steer::kill(args),
            Command::Pause(args) => steer::pause(args),
            Command::Resume(args) => steer::resume(args),
            Command::Retry(args) => again::retry(args),
            Command::Fork(args) => again::fork(args),
            Command::Migrate(args) => migrate::run(args),
            Command::Outcome(args) => ask::run(args),
            Command::Requests(args) => requests::run(args),
            Command::Backup(args) => copy::backup(args),
            Command::Restore(args) => copy::restore(args),
        }
    }
}
