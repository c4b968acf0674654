//! `onex completions`: what a shell needs to complete arguments.

use std::error::Error;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::output::{self, Exit};

/// Print a shell's completion script
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  onex completions bash > ~/.local/share/bash-completion/completions/onex
  onex completions zsh > ~/.zfunc/_onex
  onex completions fish > ~/.config/fish/completions/onex.fish";

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "onex", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
