//! The `onex` command. Thin: it parses arguments, finds files, asks `onex-contract` (or, about a
//! journal, `onex-sqlite`), and prints. One subcommand a file.

mod args;
mod check;
mod completions;
mod explain;
mod find;
mod fmt;
mod graph;
mod input;
mod man;
mod output;
mod schema;
#[cfg(feature = "store")]
mod store;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;
use output::Exit;

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::set_color(cli.color);
    let done = match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Fmt(args) => fmt::run(&args),
        Command::Graph(args) => graph::run(&args),
        Command::Schema(args) => schema::run(&args),
        #[cfg(feature = "store")]
        Command::Store(command) => command.run(),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    let exit = done.unwrap_or_else(|failure| {
        output::complain(&failure);
        Exit::Failed
    });
    exit.into()
}
