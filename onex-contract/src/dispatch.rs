//! A file of any kind: which kind it is, and its way through the stages.

use crate::diagnostic::{Diagnostics, Reported, Sink};
use crate::document::{ContractFile, Document, DocumentKind, Role, SubcontractKind};
use crate::include::{IncludeError, ReadFile};
use crate::language;
use crate::limits::Limits;
use crate::read::Given;
use crate::schema::Budget;
use crate::source::{Source, Spanned};
use crate::stages::{defer, node};
use crate::syntax::{self, Node};
use crate::{check, read};

/// Reads and checks a file of any kind: the contract of a node, or what its `kind` says. It touches no file system: a
/// value that is included from another file is a fault, and the files that a manifest names are not read. See
/// [`load_document`](crate::load_document) and [`parse_document_with`].
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
    parse(source, &mut |_| Err(IncludeError::NoFiles), Named::Left)
}

/// The same for a file that includes others, or is a manifest that names them: `read` gives their bytes, as for
/// [`parse_with`](crate::parse_with). What a manifest and its files both say, they must say alike.
///
/// # Errors
///
/// Every fault of the file and of what it includes and names.
pub fn parse_document_with(
    source: &Source,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, IncludeError>,
) -> Result<Document, Diagnostics> {
    parse(source, read, Named::Followed)
}

/// What becomes of the files that a manifest names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Followed,
    Left,
}

fn parse(source: &Source, read: &mut ReadFile<'_>, named: Named) -> Result<Document, Diagnostics> {
    let mut sink = Sink::default();
    let mut source = source.without_includes();
    document(&mut source, read, named, &mut sink).map_err(|reported| sink.into_diagnostics(source, reported))
}

fn document(
    source: &mut Source,
    read: &mut ReadFile<'_>,
    named: Named,
    sink: &mut Sink,
) -> Result<Document, Reported> {
    let tree = syntax::compose(source, &Limits::default(), read, sink)?;
    match read::kind_of(&tree, sink)? {
        None => node(source, &tree, sink).map(|contract| Document::Node(Box::new(contract))),
        Some(DocumentKind::WorkflowDefinition) => workflow(source, &tree, sink),
        Some(DocumentKind::InputSubcontract) => subcontract(SubcontractKind::Input, source, &tree, sink),
        Some(DocumentKind::OutputSubcontract) => subcontract(SubcontractKind::Output, source, &tree, sink),
        Some(DocumentKind::ConfigSubcontract) => subcontract(SubcontractKind::Config, source, &tree, sink),
        Some(DocumentKind::NodeManifest) => manifest(source, &tree, read, named, sink),
    }
}

fn workflow(source: &Source, tree: &Node, sink: &mut Sink) -> Result<Document, Reported> {
    let declared = read::workflow_file(tree, sink)?;
    defer(tree, language::document(DocumentKind::WorkflowDefinition), sink);
    check::document::workflow(source, declared, sink).map(|workflow| Document::Workflow(Box::new(workflow)))
}

fn subcontract(
    of: SubcontractKind,
    source: &Source,
    tree: &Node,
    sink: &mut Sink,
) -> Result<Document, Reported> {
    let mut budget = Budget::new();
    let declared = read::subcontract(tree, &mut budget, sink)?;
    check::document::subcontract(of, source, declared, &mut budget, sink)
        .map(|subcontract| Document::Subcontract(Box::new(subcontract)))
}

fn manifest(
    source: &mut Source,
    tree: &Node,
    read: &mut ReadFile<'_>,
    named: Named,
    sink: &mut Sink,
) -> Result<Document, Reported> {
    let declared = read::manifest(tree, sink)?;
    let files = match (&declared.contracts, named) {
        (Ok(contracts), Named::Followed) => follow(contracts, source, read, sink),
        _ => Vec::new(),
    };
    let mut manifest = check::document::manifest(source, declared, sink)?;
    manifest.files = files.into_iter().collect::<Given<_>>()?;
    check::document::agreement(&manifest, sink)?;
    Ok(Document::Manifest(Box::new(manifest)))
}

/// The files that a manifest names, each checked on its own.
fn follow(
    contracts: &[ContractFile],
    source: &mut Source,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Vec<Given<(Role, Document)>> {
    let paths: Vec<Spanned<&str>> =
        contracts.iter().map(|file| Spanned::new(file.file.value.as_str(), file.file.span)).collect();
    let trees = syntax::compose_named(&paths, source, &Limits::default(), read, sink);
    let mut file = |(contract, tree): (&ContractFile, Given<Node>)| {
        let tree = tree?;
        read::expect_kind(contract, &tree, sink)?;
        let document = match contract.role {
            Role::Input => subcontract(SubcontractKind::Input, source, &tree, sink),
            Role::Output => subcontract(SubcontractKind::Output, source, &tree, sink),
            Role::Config => subcontract(SubcontractKind::Config, source, &tree, sink),
            Role::Workflow => workflow(source, &tree, sink),
        };
        Ok((contract.role, document?))
    };
    contracts.iter().zip(trees).map(&mut file).collect()
}
