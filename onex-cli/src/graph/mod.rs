//! `onex graph`: a contract as a picture. What is in the picture is decided in `onex_contract::graph`; here is how it looks.

mod dot;
mod layout;
mod svg;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::path::PathBuf;

use clap::ValueEnum;
use onex_contract::graph::{Graph, Part, mermaid};
use onex_contract::{LoadError, render};

use crate::input::Input;
use crate::output::{self, Exit};

/// Draw a contract's routing and workflow
///
/// The routing is what arrives, who handles it, and what leaves; the workflow is its steps, what starts them, and what
/// undoes them (dashed).
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The contract, or `-` for standard input
    file: PathBuf,
    /// The language of the picture
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    /// What to draw
    #[arg(long, value_enum, default_value_t = What::All)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  onex graph contract.yaml                                     Mermaid, for Markdown
  onex graph contract.yaml --format svg > contract.svg         a picture
  onex graph contract.yaml --what workflow --format dot | dot -Tpdf > workflow.pdf";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A Mermaid flowchart
    Mermaid,
    /// A digraph for Graphviz
    Dot,
    /// A picture
    Svg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Topics, events, handlers, intents
    Routing,
    /// Steps
    Workflow,
    /// Both, joined at the events that they share
    All,
}

#[derive(Debug, thiserror::Error)]
enum DrawError {
    #[error("the contract `{name}` has no {what} to draw")]
    Nothing { name: String, what: &'static str },
    #[error("the picture would be too large to be read; `--format mermaid` and `--format dot` have no limit")]
    TooLarge,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let contract = match Input::new(&args.file).load() {
        Ok(contract) => contract,
        Err(LoadError::Invalid(faults)) => {
            output::remark(&render(&[faults], onex_contract::Format::Terminal).trim_end());
            return Ok(Exit::Faults);
        }
        Err(error) => return Err(error.into()),
    };
    let (part, what) = match args.what {
        What::Routing => (Part::Routing, "routing"),
        What::Workflow => (Part::Workflow, "workflow"),
        What::All => (Part::All, "routing and no workflow"),
    };
    let graph = Graph::of(&contract, part);
    if graph.nodes.is_empty() {
        return Err(DrawError::Nothing { name: contract.name.value, what }.into());
    }
    let picture = match args.format {
        Format::Mermaid => mermaid(&graph),
        Format::Dot => dot::dot(&graph),
        Format::Svg => svg::svg(&graph).map_err(|_| DrawError::TooLarge)?,
    };
    output::print(&picture)?;
    Ok(Exit::Fine)
}
