//! `NodeManifest`: its sections, and those that name files and packages.

use super::header::{API_VERSION, KIND, METADATA_KEY, header};
use super::monitoring::{self, Monitoring};
use super::{specification, values};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::document::{
    ContractFile, InternalDependency, Metadata, Role, Specification, Testing, ValidationLevel,
};
use crate::language::{Key, Section as Table, Shape, Text, Words};
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::source::{Spanned, resolve};
use crate::syntax::{Node, Shortened, Value};

pub(super) static MANIFEST: Table = Table::new(
    "a manifest",
    "What a node is, needs and promises where it is deployed. Nothing of it is executed.",
    &[
        API_VERSION,
        KIND,
        METADATA_KEY,
        Key::required(
            "specification",
            Shape::Section(&specification::SPECIFICATION),
            "What the node is and promises.",
        ),
        Key::optional("dependencies", Shape::Section(&DEPENDENCIES), "What the node needs.").documents(),
        Key::optional("contracts", Shape::Section(&CONTRACTS), "The files that belong to the node."),
        Key::optional("testing", Shape::Section(&monitoring::TESTING), "How the node is tested.").documents(),
        Key::optional("monitoring", Shape::Section(&monitoring::MONITORING), "How the node is watched.")
            .documents(),
    ],
);

static PACKAGE: Text = Text { name: "package", rule: "", pattern: None };

static DEPENDENCIES: Table = Table::new(
    "`dependencies` of a manifest",
    "What a node needs.",
    &[
        Key::optional(
            "runtime",
            Shape::Table { keys: &PACKAGE, values: &Shape::Text(&values::REQUIREMENT) },
            "Packages and the versions of them that are needed.",
        )
        .documents(),
        Key::optional(
            "internal",
            Shape::Table { keys: &PACKAGE, values: &Shape::Section(&INTERNAL) },
            "Packages of the platform.",
        )
        .documents(),
    ],
);

static INTERNAL: Table = Table::new(
    "an entry of `internal`",
    "A package of the platform.",
    &[
        Key::optional("version", Shape::Text(&values::REQUIREMENT), "The versions that are needed.")
            .documents(),
        Key::optional("components", Shape::TEXTS, "What of it is used, each once.").documents(),
    ],
);

/// A path from the folder of the manifest.
static FILE: Text = Text {
    name: "path of a file",
    rule: "relative to the folder of the manifest, with `/` between its parts",
    pattern: Some("^[^/\\\\][^\\\\]*$"),
};

static CONTRACTS: Table = Table::new(
    "`contracts`",
    "The files that belong to a node. They are read with the manifest, and must agree with it.",
    &[
        Key::optional("input", Shape::Section(&CONTRACT_FILE), "An `InputSubcontract`."),
        Key::optional("output", Shape::Section(&CONTRACT_FILE), "An `OutputSubcontract`."),
        Key::optional("config", Shape::Section(&CONTRACT_FILE), "A `ConfigSubcontract`."),
        Key::optional("workflow", Shape::Section(&CONTRACT_FILE), "A `WorkflowDefinition`."),
    ],
);

static CONTRACT_FILE: Table = Table::new(
    "an entry of `contracts`",
    "A file that belongs to a node.",
    &[
        Key::required("contract_file", Shape::Text(&FILE), "Where it is."),
        Key::default(
            "validation_level",
            Shape::Word(ValidationLevel::WORDS),
            "strict",
            "How what does not fit is taken.",
        ),
    ],
);

/// A manifest whose parts have not been compared.
#[derive(Debug)]
pub(crate) struct ManifestDeclaration {
    pub(crate) metadata: Given<Metadata>,
    pub(crate) specification: Given<Specification>,
    pub(crate) dependencies: Given<Dependencies>,
    pub(crate) contracts: Given<Vec<ContractFile>>,
    pub(crate) testing: Given<Testing>,
    pub(crate) monitoring: Given<Option<Monitoring>>,
}

/// `dependencies`.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    pub(crate) runtime: Vec<(Spanned<String>, Spanned<String>)>,
    pub(crate) internal: Vec<InternalDependency>,
}

pub(crate) fn manifest(root: &Node, sink: &mut Sink) -> Given<ManifestDeclaration> {
    static ROOT: Shape = Shape::Section(&MANIFEST);
    let mut section = Section::open(Field::of("the manifest", root, &ROOT), &MANIFEST, sink)?;
    let declaration = ManifestDeclaration {
        metadata: header(&mut section, sink),
        specification: section.required("specification", sink, specification::specification),
        dependencies: section.optional("dependencies", sink, dependencies).map(Option::unwrap_or_default),
        contracts: section.optional("contracts", sink, contracts).map(Option::unwrap_or_default),
        testing: section.optional("testing", sink, monitoring::testing).map(Option::unwrap_or_default),
        monitoring: section.optional("monitoring", sink, monitoring::monitoring),
    };
    section.close();
    Ok(declaration)
}

fn dependencies(field: Field<'_>, sink: &mut Sink) -> Given<Dependencies> {
    let mut section = Section::open(field, &DEPENDENCIES, sink)?;
    let runtime = section.optional("runtime", sink, |field, sink| {
        packages(field, sink, |name, field, sink| Ok((name, values::requirement(field, sink)?)))
    });
    let internal = section.optional("internal", sink, |field, sink| packages(field, sink, internal));
    section.close();
    Ok(Dependencies { runtime: runtime?.unwrap_or_default(), internal: internal?.unwrap_or_default() })
}

/// What is under the name of each package.
fn packages<T>(
    field: Field<'_>,
    sink: &mut Sink,
    mut read: impl FnMut(Spanned<String>, Field<'_>, &mut Sink) -> Given<T>,
) -> Given<Vec<T>> {
    let mapping = match &field.node.value {
        Value::Map(mapping) => mapping,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of packages", sink)),
    };
    let mut read = |(key, node): &(Spanned<String>, Node)| {
        let value = Field::under(Spanned::new(key.value.as_str(), key.span), node, field.shape.of_values());
        read(key.clone(), value, sink)
    };
    // All are read before the first that cannot be is the answer for all.
    let packages: Vec<Given<T>> = mapping.entries.iter().map(&mut read).collect();
    mapping.broken.map_or(Ok(()), Err)?;
    packages.into_iter().collect()
}

fn internal(name: Spanned<String>, field: Field<'_>, sink: &mut Sink) -> Given<InternalDependency> {
    let mut section = Section::open(field, &INTERNAL, sink)?;
    let version = section.optional("version", sink, values::requirement);
    let components = section.optional("components", sink, values::distinct);
    section.close();
    Ok(InternalDependency { name, version: version?, components: components?.unwrap_or_default() })
}

fn contracts(field: Field<'_>, sink: &mut Sink) -> Given<Vec<ContractFile>> {
    let mut section = Section::open(field, &CONTRACTS, sink)?;
    let files: Vec<Given<Option<ContractFile>>> = Role::ALL
        .iter()
        .map(|role| section.optional(role.as_str(), sink, |field, sink| contract_file(*role, field, sink)))
        .collect();
    section.close();
    files.into_iter().filter_map(Given::transpose).collect()
}

fn contract_file(role: Role, field: Field<'_>, sink: &mut Sink) -> Given<ContractFile> {
    let mut section = Section::open(field, &CONTRACT_FILE, sink)?;
    let file = section.required("contract_file", sink, path);
    let level = section.optional("validation_level", sink, field::word);
    section.close();
    Ok(ContractFile { role, file: file?, level: level?.map(|level| level.value).unwrap_or_default() })
}

fn path(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let path = field::spanned_text(field, sink)?;
    if resolve("manifest.yaml", &path.value).is_ok() {
        return Ok(path);
    }
    let message = format!("{field}: `{}` is not the path of a file", Shortened(&path.value));
    let fault = Diagnostic::new(Code::Malformed, message, path.span, "not the path of a file");
    Err(sink.report(fault.help(format!("a {} is {}", FILE.name, FILE.rule))))
}
