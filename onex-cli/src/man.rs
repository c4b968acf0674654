//! `onex man`: manual pages.

use std::error::Error;
use std::fs;
use std::io;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::Cli;
use crate::output::{self, Exit};

/// Print the manual page, or write all manual pages
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Write `onex.1` and a page for each subcommand to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  onex man | man -l -
  onex man --out ~/.local/share/man/man1";

#[derive(Debug, thiserror::Error)]
#[error("cannot write manual pages to `{}`: {error}", folder.display())]
struct WriteError {
    folder: PathBuf,
    error: io::Error,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    match &args.out {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
            .map_err(|error| WriteError { folder: folder.clone(), error })?,
        None => {
            let mut page = Vec::new();
            // As `generate_to` does it: `help` has no page.
            Man::new(Cli::command().disable_help_subcommand(true)).render(&mut page)?;
            output::print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Fine)
}
