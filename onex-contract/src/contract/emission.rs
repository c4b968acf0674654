//! The intents that a node may emit.

use super::TypeRef;
use crate::intent_type::IntentType;
use crate::source::{Span, Spanned};

/// `intent_emission`, unless it is switched off.
#[derive(Debug, Clone)]
pub struct Emission {
    /// `intents`, each type once.
    pub intents: Vec<EmittedIntent>,
    /// `target`: the node that gets them all, where no routing table says otherwise.
    pub target: Option<Spanned<String>>,
    /// The key.
    pub span: Span,
}

/// An entry of `intent_emission.intents`.
#[derive(Debug, Clone)]
pub struct EmittedIntent {
    /// `intent_type`.
    pub intent_type: Spanned<IntentType>,
    /// `payload_model` in `payload_module`.
    pub model: Option<TypeRef>,
    /// `target_pattern`: what the intent is about, such as `postgres://orders/{order_id}`.
    pub target_pattern: Option<Spanned<String>>,
    /// `description`.
    pub description: Option<String>,
}
