//! What a node needs, what it can do, and what it takes and gives back.

use super::{TypeRef, Version};
use crate::language::words;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// `dependencies`, `capabilities`, `io_operations`.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// `dependencies`: what must be there for the node to work, each name once.
    pub dependencies: Vec<Dependency>,
    /// `capabilities`: what the node is found by, each name once.
    pub capabilities: Vec<Capability>,
    /// `io_operations` or `operations`: what the node can be asked to do, each name once.
    pub operations: Vec<IoOperation>,
    /// `state_model`: the type of a reducer's state.
    pub state_model: Option<TypeRef>,
}

/// An entry of `dependencies`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// `name`.
    pub name: Spanned<String>,
    /// `type`, or `dependency_type`.
    pub kind: Option<DependencyKind>,
    /// `class_name` in `module`, or `protocol`.
    pub class: Option<TypeRef>,
    /// `required`: whether the node works without it; default true.
    pub required: bool,
    /// `env_var` or `key`: the variable of the environment that it is.
    pub variable: Option<Spanned<String>>,
    /// `version`: what it must be, as its registry writes it.
    pub version: Option<String>,
    /// `description`.
    pub description: Option<String>,
}

/// What sort of thing a node needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DependencyKind {
    /// One that the language knows.
    Known(DependencySort),
    /// A word or a type's name of the contract's own.
    Other(String),
}

words! {
    /// `type` of a dependency.
    pub enum DependencySort {
        /// A trait that the container provides an implementation of.
        Protocol = "protocol";
        /// Something that runs elsewhere.
        Service = "service";
        /// A package.
        Library = "library" | "package";
        /// A variable of the environment.
        Environment = "environment" | "env" | "env_var";
        /// Another node.
        Node = "node";
        /// A handler of this node or of another.
        Handler = "handler";
        /// A function.
        Utility = "utility";
        /// What stands between the node and a service.
        Adapter = "adapter";
    }
}

/// An entry of `capabilities`.
#[derive(Debug, Clone)]
pub struct Capability {
    /// `name`.
    pub name: Spanned<String>,
    /// `version`.
    pub version: Option<Version>,
    /// `description`.
    pub description: Option<String>,
}

/// An entry of `io_operations`.
#[derive(Debug, Clone)]
pub struct IoOperation {
    /// `operation` or `name`; an operation without either is named after its `operation_type`.
    pub name: Spanned<String>,
    /// Whether the name is its own.
    pub(crate) named: bool,
    /// `description`.
    pub description: Option<String>,
    /// `input_fields`.
    pub inputs: Vec<Parameter>,
    /// `output_fields`.
    pub outputs: Vec<Parameter>,
    /// `output_topic`.
    pub output_topic: Option<Spanned<Topic>>,
    /// `idempotent`: doing it twice is doing it once.
    pub idempotent: Option<bool>,
    /// `atomic`: it is done, or nothing is.
    pub atomic: Option<bool>,
    /// `timeout_seconds`.
    pub timeout_seconds: Option<f64>,
    /// The operation's mapping.
    pub span: Span,
}

/// A field that an operation takes or gives back.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: Spanned<String>,
    /// Its type, as the node's authors write it.
    pub of_type: Option<String>,
}
