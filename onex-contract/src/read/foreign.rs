//! The sections that belong to other tools. They may stand in a contract, and nothing in them is read.

use crate::language::Foreign;

pub(super) const FOREIGN: &[Foreign] = &[
    foreign("metadata", "Authors, tags and links, for catalogues."),
    foreign("mcp", "How the node is offered as a tool of the Model Context Protocol."),
    foreign("feature_flags", "Switches that a deployment reads."),
    foreign("descriptor", "What a registry shows of the node."),
    foreign("capabilities", "What a registry finds the node by."),
    foreign("runtime_profiles", "Which deployments run the node."),
    foreign("tags", "Words for catalogues."),
    foreign("author", "Who wrote the contract."),
    foreign("license", "Under which terms the contract may be used."),
];

const fn foreign(name: &'static str, what: &'static str) -> Foreign {
    Foreign { name, what }
}
