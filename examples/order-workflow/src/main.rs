//! The command: reads its arguments, runs the job, prints the table.

use std::fmt::Display;
use std::io::Write as _;
use std::process::ExitCode;

use order_workflow::args::{self, Args, Command, Orders};
use order_workflow::dead_letters;
use order_workflow::durable;
use order_workflow::input::Input;
use order_workflow::job::{self, Outcome};
use order_workflow::progress::Progress;
use order_workflow::table::Table;

fn main() -> ExitCode {
    let arguments = match args::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(arguments)) => arguments,
        Ok(Command::Help) => {
            print(args::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(outcome) => {
            print(Table(&outcome));
            ExitCode::from(u8::from(!outcome.reconciliation.holds()))
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: &Args) -> anyhow::Result<Outcome> {
    let input = match &arguments.orders {
        Orders::File(path) => Input::existing(path)?,
        Orders::Generated { plan, keep } => Input::generated(*plan, keep.as_deref())?,
    };
    let dead_letters = arguments.dead_letters.clone().unwrap_or_else(dead_letters::default_path);
    let progress = Progress::on_stderr();
    match &arguments.durable {
        Some(journal) => durable::run(&input, journal, &dead_letters, &progress).await,
        None => job::run(&input, &dead_letters, &progress).await,
    }
}

/// Whoever reads may have read enough (`| head`): that is no error.
fn print(text: impl Display) {
    let _ = write!(std::io::stdout(), "{text}");
}
