//! A file of any kind: which kind it is, and its way through the stages.

use crate::contract::Contract;
use crate::diagnostic::{Diagnostics, Reported, Sink};
use crate::document::{Document, DocumentKind, SubcontractKind};
use crate::language::{self, Section};
use crate::schema::Budget;
use crate::source::Source;
use crate::syntax::{self, Node};
use crate::{check, executable, read};

/// Reads and checks a file of any kind: the contract of a node, or what its `kind` says.
///
/// ```
/// use onex_contract::document::Document;
/// use onex_contract::{Source, parse_document};
///
/// let source = Source::new(
///     "input_subcontract.yaml",
///     r#"
/// api_version: v1.0.0
/// kind: InputSubcontract
/// metadata: { name: orders-input, version: 1.0.0, node_type: orchestrator }
/// schema:
///   properties: { order_id: { type: string, format: uuid } }
///   required: [order_id]
/// examples:
///   - { name: an_order, data: { order_id: 550e8400-e29b-41d4-a716-446655440000 } }
/// "#,
/// );
/// let Ok(Document::Subcontract(subcontract)) = parse_document(&source) else { panic!("a valid subcontract") };
/// assert_eq!(subcontract.examples[0].name.value, "an_order");
/// ```
///
/// # Errors
///
/// Every fault of the file, in its order.
pub fn parse_document(source: &Source) -> Result<Document, Diagnostics> {
    let mut sink = Sink::default();
    document(source, &mut sink).map_err(|reported| sink.into_diagnostics(source.clone(), reported))
}

fn document(source: &Source, sink: &mut Sink) -> Result<Document, Reported> {
    let tree = syntax::compose(source, sink)?;
    let subcontract = |of, sink: &mut Sink| {
        let mut budget = Budget::new();
        let declared = read::subcontract(&tree, &mut budget, sink)?;
        check::document::subcontract(of, source, declared, &mut budget, sink)
            .map(|subcontract| Document::Subcontract(Box::new(subcontract)))
    };
    match read::kind_of(&tree, sink)? {
        None => node(source, &tree, sink).map(|contract| Document::Node(Box::new(contract))),
        Some(DocumentKind::InputSubcontract) => subcontract(SubcontractKind::Input, sink),
        Some(DocumentKind::OutputSubcontract) => subcontract(SubcontractKind::Output, sink),
        Some(DocumentKind::ConfigSubcontract) => subcontract(SubcontractKind::Config, sink),
        Some(DocumentKind::WorkflowDefinition) => {
            let declared = read::workflow_file(&tree, sink)?;
            defer(&tree, read::root_of(DocumentKind::WorkflowDefinition), sink);
            check::document::workflow(source, declared, sink)
                .map(|workflow| Document::Workflow(Box::new(workflow)))
        }
        Some(DocumentKind::NodeManifest) => {
            let declared = read::manifest(&tree, sink)?;
            check::document::manifest(source, declared, sink)
                .map(|manifest| Document::Manifest(Box::new(manifest)))
        }
    }
}

/// The contract of a node, and of nothing else.
pub(crate) fn contract(source: &Source, sink: &mut Sink) -> Result<Contract, Reported> {
    let tree = syntax::compose(source, sink)?;
    match read::other_than_a_node(&tree) {
        Some(fault) => Err(sink.report(fault)),
        None => node(source, &tree, sink),
    }
}

fn node(source: &Source, tree: &Node, sink: &mut Sink) -> Result<Contract, Reported> {
    let declarations = read::read(tree, sink)?;
    defer(tree, language::contract(), sink);
    check::check(source, &declarations, sink)
}

fn defer(tree: &Node, root: &'static Section, sink: &mut Sink) {
    executable::unexecuted(tree, root).into_iter().for_each(|unexecuted| sink.defer(unexecuted));
}
