//! What every file beside a contract starts with: `api_version`, `kind` and `metadata`.

use super::values;
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::document::{ApiVersion, ContractFile, DocumentKind, Metadata};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::field::{self, Field};
use crate::read::kind::{entry, is_beside_a_contract};
use crate::read::section::Section;
use crate::read::{Given, header};
use crate::syntax::Node;

pub(super) const API_VERSION: Key = Key::required(
    "api_version",
    Shape::Word(ApiVersion::WORDS),
    "The version of the language that the file is written in.",
);
pub(super) const KIND: Key = Key::required("kind", Shape::Word(DocumentKind::WORDS), "What the file is.");
pub(super) const METADATA_KEY: Key = Key::required("metadata", Shape::Section(&METADATA), "Who the file is.");

pub(super) static METADATA: Table = Table::new(
    "`metadata` of a file",
    "Who a file is.",
    &[
        Key::required("name", Shape::Text(&values::NAME), "The file's name."),
        Key::required("version", header::VERSION, "The version of what the file says.").documents(),
        Key::required(
            "node_type",
            Shape::Word(NodeKind::WORDS),
            "The kind of the node that the file belongs to.",
        ),
        Key::optional("description", Shape::TEXT, "What the file is for.").documents(),
        Key::optional("domain", Shape::Text(&values::NAME), "What the node's work belongs to."),
        Key::optional("microservice_name", Shape::Text(&values::NAME), "The service that the node is.")
            .documents(),
        Key::optional("created_at", Shape::Text(&values::TIME), "When the file was first written.")
            .documents(),
        Key::optional("updated_at", Shape::Text(&values::TIME), "When it was last changed.").documents(),
        Key::optional("maintainers", Shape::TEXTS, "Who answers for it.").documents(),
        Key::optional("tags", Shape::TEXTS, "Words to find it by, each once.").documents(),
    ],
);

/// What kind of file a tree is, where it is not the contract of a node.
///
/// # Errors
///
/// It is neither, or `kind` is missing or unknown.
pub(crate) fn kind_of(root: &Node, sink: &mut Sink) -> Given<Option<DocumentKind>> {
    if !is_beside_a_contract(root) {
        return Ok(None);
    }
    if let Some(kind) = entry(root, "kind") {
        return field::word(kind, sink).map(|kind| Some(kind.value));
    }
    let Some(version) = entry(root, "api_version") else { return Ok(None) };
    let words = DocumentKind::WORDS.iter().map(|word| word.name);
    let message = "missing key `kind` in a file with an `api_version`";
    let fault = Diagnostic::new(Code::MissingKey, message, version.key, "this file has no `kind`");
    Err(sink.report(fault.note(format!("it is one of {}", field::listed(words)))))
}

/// Reports a file that is not of the kind that its role in a manifest asks for.
pub(crate) fn expect_kind(file: &ContractFile, root: &Node, sink: &mut Sink) -> Given<()> {
    let (role, expected) = (file.role, file.role.kind());
    let found = kind_of(root, sink)?;
    if found == Some(expected) {
        return Ok(());
    }
    let is = found
        .map_or("the contract of a node".to_owned(), |found| format!("of the kind `{}`", found.as_str()));
    let message = format!(
        "the `{}` of a node is of the kind `{}`, and this file is {is}",
        role.as_str(),
        expected.as_str()
    );
    let fault = Diagnostic::new(Code::OtherDocument, message, file.file.span, "this file");
    Err(sink.report(match entry(root, "kind") {
        Some(kind) => fault.also(kind.span(), "what it is"),
        None => fault,
    }))
}

/// Reads `api_version` and `kind`, which are known by now, and `metadata`.
pub(super) fn header(section: &mut Section<'_>, sink: &mut Sink) -> Given<Metadata> {
    let version = section.required("api_version", sink, field::word::<ApiVersion>);
    let kind = section.required("kind", sink, field::word::<DocumentKind>);
    let metadata = section.required("metadata", sink, metadata);
    version?;
    kind?;
    metadata
}

fn metadata(field: Field<'_>, sink: &mut Sink) -> Given<Metadata> {
    let mut section = Section::open(field, &METADATA, sink)?;
    let name = section.required("name", sink, values::name);
    let version = section.required("version", sink, header::version);
    let node_type = section.required("node_type", sink, field::word);
    let description = section.optional("description", sink, field::text);
    let domain = section.optional("domain", sink, values::name);
    let microservice_name = section.optional("microservice_name", sink, values::name);
    let created_at = section.optional("created_at", sink, values::time);
    let updated_at = section.optional("updated_at", sink, values::time);
    let maintainers = section.optional("maintainers", sink, values::distinct);
    let tags = section.optional("tags", sink, values::distinct);
    section.close();
    Ok(Metadata {
        name: name?,
        version: version?,
        node_type: node_type?,
        description: description?,
        domain: domain?,
        microservice_name: microservice_name?,
        created_at: created_at?,
        updated_at: updated_at?,
        maintainers: maintainers?.unwrap_or_default(),
        tags: tags?.unwrap_or_default(),
    })
}
