//! `onex check`: every fault of every contract.

use std::error::Error;
use std::path::PathBuf;

use clap::ValueEnum;
use onex_contract::{Diagnostics, LoadError, Severity, render};

use crate::find::{self, Found};
use crate::output::{self, Exit};

/// Check contracts
///
/// In a folder, the files `contract.yaml`, `NAME_contract.yaml`, `NAME.contract.yaml` and all YAML files of a folder
/// `contracts` are checked, but not in hidden folders, `node_modules`, Cargo's `target`, and what git ignores. A file that
/// is named is always checked. What is wrong is printed to standard output, a summary to standard error.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders, glob patterns, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print what is wrong
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Print no summary
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex check                                 all contracts below this folder
  onex check nodes/payment/contract.yaml     one contract
  onex check 'nodes/**/*.yaml'               all files that match
  onex check --format sarif > onex.sarif     for a code scanning service
  generate | onex check -                    standard input";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As rustc prints, in colours on a terminal
    Human,
    /// The same without colours
    Plain,
    /// One JSON object a line, for editors
    Json,
    /// A SARIF 2.1.0 log, for code scanning services
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// What came of all inputs.
#[derive(Debug, Default)]
struct Verdict {
    checked: usize,
    unreadable: usize,
    faulty: Vec<Diagnostics>,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let Found { inputs, problems } = find::contracts(&args.paths);
    problems.iter().for_each(output::complain);
    let mut verdict = Verdict { unreadable: problems.len(), ..Verdict::default() };
    for input in &inputs {
        match input.load() {
            Ok(_) => verdict.checked += 1,
            Err(LoadError::Invalid(faults)) => {
                verdict.checked += 1;
                verdict.faulty.push(faults);
            }
            Err(error) => {
                verdict.unreadable += 1;
                output::complain(&error);
            }
        }
    }
    output::print(&document(&verdict.faulty, args.format))?;
    if !args.quiet && verdict.checked > 0 {
        output::remark(&verdict.summary());
    }
    Ok(verdict.exit())
}

fn document(faulty: &[Diagnostics], format: Format) -> String {
    let mut document = render(faulty, format.of_library());
    if matches!(format, Format::Human | Format::Plain) && !document.is_empty() {
        // As rustc does it: what is said next is no part of the last fault.
        document.push('\n');
    }
    document
}

impl Verdict {
    fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Failed
        } else if self.faulty.iter().any(Diagnostics::has_errors) {
            Exit::Faults
        } else {
            Exit::Fine
        }
    }

    /// `checked 174 contracts, 3 errors in 2 files`
    fn summary(&self) -> String {
        let checked = counted(self.checked, "contract");
        let errors = match self.of(Severity::Error) {
            (0, _) => "no errors".to_owned(),
            (errors, files) => format!("{} in {}", counted(errors, "error"), counted(files, "file")),
        };
        let warnings = match self.of(Severity::Warning) {
            (0, _) => String::new(),
            (warnings, files) => format!(", {} in {}", counted(warnings, "warning"), counted(files, "file")),
        };
        format!("checked {checked}, {errors}{warnings}")
    }

    /// How many diagnostics, in how many files.
    fn of(&self, severity: Severity) -> (usize, usize) {
        let in_file = |file: &Diagnostics| file.list().iter().filter(|one| one.severity == severity).count();
        let counts = self.faulty.iter().map(in_file).filter(|count| *count > 0);
        counts.fold((0, 0), |(all, files), count| (all + count, files + 1))
    }
}

impl Format {
    fn of_library(self) -> onex_contract::Format {
        match self {
            Self::Human if output::styled() => onex_contract::Format::Terminal,
            Self::Human | Self::Plain => onex_contract::Format::Plain,
            Self::Json => onex_contract::Format::Json,
            Self::Sarif => onex_contract::Format::Sarif,
            Self::Github => onex_contract::Format::Github,
        }
    }
}

fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
