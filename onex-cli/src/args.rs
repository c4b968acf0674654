//! The command line as a whole. What a subcommand takes is in the subcommand's file.

use clap::{ColorChoice, Parser, Subcommand};

#[cfg(feature = "store")]
use crate::store;
use crate::{check, completions, explain, fmt, graph, man, schema};

/// Check, explain, format and draw onex contracts, without a compiler run.
#[cfg_attr(feature = "store", doc = " Look into the journals of programs, and steer their runs.")]
#[derive(Parser)]
#[command(name = "onex", version, max_term_width = 100, after_help = CONVENTIONS)]
pub(crate) struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Explain(explain::Args),
    Fmt(fmt::Args),
    Graph(graph::Args),
    Schema(schema::Args),
    #[cfg(feature = "store")]
    #[command(flatten)]
    Store(store::Command),
    Completions(completions::Args),
    Man(man::Args),
}

#[cfg(not(feature = "store"))]
const CONVENTIONS: &str = "\
Environment:
  NO_COLOR=1        no colours, unless `--color` says otherwise
  CLICOLOR_FORCE=1  colours in pipes, too

Exit codes:
  0  all is well
  1  a contract has errors, or warnings that are denied, or `fmt --check` would change one
  2  wrong arguments, or something cannot be read or written";

#[cfg(feature = "store")]
const CONVENTIONS: &str = "\
Environment:
  NO_COLOR=1        no colours, unless `--color` says otherwise
  CLICOLOR_FORCE=1  colours in pipes, too
  ONEX_JOURNAL      the journal, where no argument names one

Exit codes:
  0  all is well
  1  a contract has errors, or warnings that are denied, or `fmt --check` would change one;
     a journal is damaged, or its owner refuses what it is asked for
  2  wrong arguments, or something cannot be read or written, or there is no such run
  3  what the owner of a journal is asked for is on the disk, and not carried out yet";
