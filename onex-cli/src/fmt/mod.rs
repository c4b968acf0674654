//! `onex fmt`: contracts in their canonical form. What that is is decided in `onex_contract`.

mod diff;
mod replace;

use std::error::Error;
use std::path::PathBuf;

use onex_contract::{Diagnostics, LoadError, Source, format, render};

use crate::find::{self, Found};
use crate::input::Input;
use crate::output::{self, Exit, PrintError, counted};

/// Format contracts
///
/// Files are found as by `onex check`, and written in place if their form is not canonical. Comments are kept, and so is
/// what a contract means. A file that cannot be read as YAML is reported and left alone; whether a contract is valid is
/// the concern of `onex check`. Standard input is formatted to standard output.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders, glob patterns, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing: list the files that would change, and end with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing: print what would change
    #[arg(long)]
    diff: bool,
    /// Print no summary
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex fmt                           all contracts below this folder
  onex fmt contract.yaml             one contract
  onex fmt --check                   for CI
  onex fmt --diff | less             what would change
  onex fmt - < contract.yaml         for editors";

/// What came of all inputs.
#[derive(Debug, Default)]
struct Outcome {
    canonical: usize,
    changed: usize,
    /// Not read, or not written.
    failed: usize,
    faulty: Vec<Diagnostics>,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let Found { inputs, problems } = find::contracts(&args.paths);
    problems.iter().for_each(output::complain);
    let mut outcome = Outcome { failed: problems.len(), ..Outcome::default() };
    for input in &inputs {
        match formatted(input) {
            Ok((before, after)) => args.deliver(input, &before, &after, &mut outcome)?,
            Err(LoadError::Invalid(faults)) => outcome.faulty.push(faults),
            Err(error) => {
                outcome.failed += 1;
                output::complain(&error);
            }
        }
    }
    if !outcome.faulty.is_empty() {
        output::remark(&render(&outcome.faulty, onex_contract::Format::Terminal).trim_end());
    }
    let only_printed = inputs == [Input::Stdin] && args.writes();
    if !args.quiet && !only_printed && !inputs.is_empty() {
        output::remark(&args.summary(&outcome));
    }
    Ok(args.exit(&outcome))
}

/// What an input has, and what it is to have.
fn formatted(input: &Input) -> Result<(Vec<u8>, String), LoadError> {
    let bytes = input.read()?;
    let source = Source::from_bytes(input.name(), &bytes).map_err(LoadError::Invalid)?;
    let text = format(&source).map_err(LoadError::Invalid)?;
    Ok((bytes, text))
}

impl Args {
    fn writes(&self) -> bool {
        !self.check && !self.diff
    }

    fn deliver(
        &self,
        input: &Input,
        before: &[u8],
        after: &str,
        outcome: &mut Outcome,
    ) -> Result<(), PrintError> {
        let changed = before != after.as_bytes();
        match input {
            Input::Stdin if self.writes() => output::print(after)?,
            _ if !changed => {}
            _ if self.diff => {
                output::print(&diff::diff(&input.name(), &String::from_utf8_lossy(before), after))?;
            }
            Input::File(path) if self.writes() => {
                if let Err(error) = replace::replace(path, after) {
                    outcome.failed += 1;
                    output::complain(&error);
                    return Ok(());
                }
            }
            _ => output::print(&format!("{}\n", input.name()))?,
        }
        if changed {
            outcome.changed += 1;
        } else {
            outcome.canonical += 1;
        }
        Ok(())
    }

    /// `formatted 2 of 174 files`
    fn summary(&self, outcome: &Outcome) -> String {
        let all = outcome.changed + outcome.canonical + outcome.faulty.len();
        let (changed, all) = (outcome.changed, counted(all, "file"));
        let faulty = match outcome.faulty.len() {
            0 => String::new(),
            faulty => format!(", {faulty} cannot be read"),
        };
        if self.writes() {
            format!("formatted {changed} of {all}{faulty}")
        } else {
            format!("would format {changed} of {all}{faulty}")
        }
    }

    fn exit(&self, outcome: &Outcome) -> Exit {
        if outcome.failed > 0 {
            Exit::Failed
        } else if !outcome.faulty.is_empty() || (self.check && outcome.changed > 0) {
            Exit::Faults
        } else {
            Exit::Fine
        }
    }
}
