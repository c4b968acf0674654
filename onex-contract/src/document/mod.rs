//! The files that stand beside a node's contract: what goes in and out, workflows, manifests.
//!
//! Only the checks make them, as with a [`Contract`]. It must not know YAML: spans are the only thing that is left of
//! the file.

mod manifest;
mod subcontract;
mod workflow;

pub use manifest::*;
pub use subcontract::*;
pub use workflow::WorkflowDefinition;

use crate::contract::{Contract, NodeKind, Version};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::language::words;
use crate::source::{Source, Spanned};

/// A file without a fault, of any kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Document {
    /// The contract of a node, which has no `kind`.
    Node(Box<Contract>),
    /// `kind: WorkflowDefinition`.
    Workflow(Box<WorkflowDefinition>),
    /// `kind: InputSubcontract`, `OutputSubcontract` or `ConfigSubcontract`.
    Subcontract(Box<Subcontract>),
    /// `kind: NodeManifest`.
    Manifest(Box<Manifest>),
}

impl Document {
    /// What the file says and this version does not execute, as warnings in the order of the file, if it says such; of a
    /// manifest, what the files say that it names.
    pub fn unexecuted(&self) -> Option<Diagnostics> {
        match self {
            Self::Node(contract) => contract.unexecuted(),
            Self::Workflow(workflow) => workflow.unexecuted(),
            Self::Subcontract(subcontract) => subcontract.unexecuted(),
            Self::Manifest(manifest) => manifest.unexecuted(),
        }
    }
}

words! {
    /// `kind`: what a file is that is not the contract of a node.
    pub enum DocumentKind {
        /// A workflow in a file of its own.
        WorkflowDefinition = "WorkflowDefinition";
        /// What a node is given.
        InputSubcontract = "InputSubcontract";
        /// What a node gives back.
        OutputSubcontract = "OutputSubcontract";
        /// What a node is configured with.
        ConfigSubcontract = "ConfigSubcontract";
        /// What a node is, needs and promises where it is deployed.
        NodeManifest = "NodeManifest";
    }
}

words! {
    /// `api_version`: the version of the language that a file is written in.
    pub enum ApiVersion {
        /// The first.
        V1 = "v1.0.0" | "1.0.0";
    }
}

/// `metadata`: who a file is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Metadata {
    /// `name`.
    pub name: Spanned<String>,
    /// `description`.
    pub description: Option<String>,
    /// `version`.
    pub version: Version,
    /// `domain`: what the node's work belongs to.
    pub domain: Option<Spanned<String>>,
    /// `microservice_name`.
    pub microservice_name: Option<Spanned<String>>,
    /// `node_type`: the kind of the node that the file belongs to.
    pub node_type: Spanned<NodeKind>,
    /// `created_at`, as in RFC 3339.
    pub created_at: Option<Spanned<String>>,
    /// `updated_at`, as in RFC 3339.
    pub updated_at: Option<Spanned<String>>,
    /// `maintainers`.
    pub maintainers: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
}

/// What is valid and not executed, as warnings.
fn warnings<'d>(
    source: &Source,
    unexecuted: impl IntoIterator<Item = &'d Diagnostic>,
) -> Option<Diagnostics> {
    let warnings: Vec<Diagnostic> = unexecuted.into_iter().cloned().map(Diagnostic::warning).collect();
    (!warnings.is_empty()).then(|| Diagnostics::new(source.clone(), warnings))
}
