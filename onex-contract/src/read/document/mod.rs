//! The files beside a node's contract: what kind a file is, and what each says.

mod header;
mod manifest;
mod monitoring;
mod specification;
mod subcontract;
mod values;
mod workflow;

pub(crate) use header::{expect_kind, kind_of};
pub(crate) use manifest::{ManifestDeclaration, manifest};
pub(crate) use subcontract::{ExampleDeclaration, SubcontractDeclaration, subcontract};
pub(crate) use workflow::{WorkflowFileDeclaration, workflow_file};

use crate::document::DocumentKind;
use crate::language::Section;

/// The keys of a file of a kind.
pub(crate) fn root_of(kind: DocumentKind) -> &'static Section {
    match kind {
        DocumentKind::WorkflowDefinition => &workflow::WORKFLOW_FILE,
        DocumentKind::InputSubcontract
        | DocumentKind::OutputSubcontract
        | DocumentKind::ConfigSubcontract => &subcontract::SUBCONTRACT,
        DocumentKind::NodeManifest => &manifest::MANIFEST,
    }
}
