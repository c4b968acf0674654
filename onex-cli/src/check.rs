//! `onex check`: every fault of every contract and of the files beside it, what this version does not execute, and what
//! contracts say against each other.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;

use clap::ValueEnum;
use onex_contract::document::Document;
use onex_contract::{Contract, Coverage, Diagnostics, LoadError, Severity, check_system, render};

use crate::find::{self, Found};
use crate::output::{self, Exit, counted};

/// Check contracts
///
/// In a folder, the files `contract.yaml`, `NAME_contract.yaml`, `NAME.contract.yaml` and all YAML files of the folders
/// `contracts` and `subcontracts` are checked, and `manifest.yaml` beside any of these, but not in hidden folders,
/// `node_modules`, Cargo's `target`, and what git ignores. A file that is named is always checked. Each is checked as what
/// it says that it is. What is wrong, and what is valid and not executed by this version, is printed to standard output, a
/// summary to standard error.
///
/// Contracts that are valid are then checked together, as one system: what one of them takes, another gives.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders, glob patterns, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print what is wrong
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Check each contract by itself only, and not all of them as one system
    #[arg(long)]
    isolated: bool,
    /// End with 1 for warnings, too
    #[arg(long)]
    deny_warnings: bool,
    /// Print no summary
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex check                                 all contracts below this folder
  onex check nodes/payment/contract.yaml     one contract
  onex check 'nodes/**/*.yaml'               all files that match
  onex check --deny-warnings                 nothing missing, and no more than this version executes
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
    valid: Vec<Contract>,
    invalid: usize,
    unreadable: usize,
    /// Valid files that are no contracts of nodes.
    others: usize,
    said: Vec<Diagnostics>,
    deny_warnings: bool,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let Found { inputs, problems } = find::contracts(&args.paths);
    problems.iter().for_each(output::complain);
    let (unreadable, deny_warnings) = (problems.len(), args.deny_warnings);
    let mut verdict = Verdict { unreadable, deny_warnings, ..Verdict::default() };
    for input in &inputs {
        match input.load_document() {
            Ok(document) => {
                verdict.said.extend(document.unexecuted());
                match document {
                    Document::Node(contract) => verdict.valid.push(*contract),
                    _ => verdict.others += 1,
                }
            }
            Err(LoadError::Invalid(faults)) => {
                verdict.invalid += 1;
                verdict.said.push(faults);
            }
            Err(error) => {
                verdict.unreadable += 1;
                output::complain(&error);
            }
        }
    }
    verdict.said = Diagnostics::each_once(verdict.said);
    if !args.isolated {
        verdict.said.extend(check_system(&verdict.valid, verdict.coverage()));
    }
    output::print(&document(&verdict.said, args.format))?;
    if !args.quiet && verdict.checked() > 0 {
        output::remark(&verdict.summary());
    }
    Ok(verdict.exit())
}

fn document(said: &[Diagnostics], format: Format) -> String {
    let mut document = render(said, format.of_library());
    if matches!(format, Format::Human | Format::Plain) && !document.is_empty() {
        // As rustc does it: what is said next is no part of the last fault.
        document.push('\n');
    }
    document
}

impl Verdict {
    fn checked(&self) -> usize {
        self.valid.len() + self.others + self.invalid
    }

    /// Whether the valid contracts are all that there are.
    fn coverage(&self) -> Coverage {
        if self.invalid + self.unreadable == 0 { Coverage::Whole } else { Coverage::Part }
    }

    fn exit(&self) -> Exit {
        if self.unreadable > 0 {
            Exit::Failed
        } else if self.deny_warnings && !self.said.is_empty() || self.said.iter().any(Diagnostics::has_errors)
        {
            Exit::Faults
        } else {
            Exit::Fine
        }
    }

    /// `checked 174 files, 3 errors in 2 files`
    fn summary(&self) -> String {
        let checked = counted(self.checked(), "file");
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
        let mut files = BTreeSet::new();
        let mut count = 0;
        for said in &self.said {
            for one in said.list().iter().filter(|one| one.severity == severity) {
                files.insert(said.source().file_of(one.primary.span).name());
                count += 1;
            }
        }
        (count, files.len())
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
