//! `WorkflowDefinition`: the sections of a contract's workflow in a file of their own.

use super::header::{API_VERSION, KIND, METADATA_KEY, header};
use crate::diagnostic::Sink;
use crate::document::Metadata;
use crate::language::{Section as Table, Shape};
use crate::read::WorkflowDeclaration;
use crate::read::field::Field;
use crate::read::section::Section;
use crate::read::{Given, workflow};
use crate::syntax::Node;

pub(super) static WORKFLOW_FILE: Table = Table::new(
    "a workflow definition",
    "A workflow in a file of its own.",
    &[
        API_VERSION,
        KIND,
        METADATA_KEY,
        workflow::WORKFLOW_METADATA,
        workflow::EXECUTION_GRAPH,
        workflow::COORDINATION_RULES,
        workflow::WORKFLOW_CONDITIONS,
    ],
);

/// A workflow whose parts have not been put together.
#[derive(Debug)]
pub(crate) struct WorkflowFileDeclaration {
    pub(crate) metadata: Given<Metadata>,
    pub(crate) workflow: WorkflowDeclaration,
}

pub(crate) fn workflow_file(root: &Node, sink: &mut Sink) -> Given<WorkflowFileDeclaration> {
    static ROOT: Shape = Shape::Section(&WORKFLOW_FILE);
    let field = Field::of("the workflow definition", root, &ROOT);
    let mut section = Section::open(field, &WORKFLOW_FILE, sink)?;
    let declaration = WorkflowFileDeclaration {
        metadata: header(&mut section, sink),
        workflow: workflow::parts(&mut section, sink),
    };
    section.close();
    Ok(declaration)
}
