//! Why a handler failed, in the engine's terms.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the engine may do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultClass {
    /// Another attempt may succeed.
    Retryable,
    /// Another attempt would fail in the same way.
    Permanent,
    /// The other side understood and said no.
    Refused,
}

/// Tells the engine what to do about an error.
///
/// Implement it for the error of a step or an effect. An error without it is [`Retryable`](FaultClass::Retryable)
/// where the step is an effect and [`Permanent`](FaultClass::Permanent) everywhere else.
///
/// ```
/// #[derive(Debug, serde::Serialize, serde::Deserialize)]
/// enum BankError { Declined, Unreachable }
///
/// impl onex::Classify for BankError {
///     fn class(&self) -> onex::FaultClass {
///         match self {
///             BankError::Declined => onex::FaultClass::Refused,
///             BankError::Unreachable => onex::FaultClass::Retryable,
///         }
///     }
/// }
/// ```
pub trait Classify {
    /// What the engine may do about this error.
    fn class(&self) -> FaultClass;
}

/// An error of a handler, its type forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `None`: unclassified, so the kind of the step decides.
    pub class: Option<FaultClass>,
    /// The error's `Display`, or its JSON where it has none.
    pub message: String,
}

impl Fault {
    /// A fault that another attempt would not mend.
    #[must_use]
    pub fn permanent(message: impl Into<String>) -> Self {
        Fault { class: Some(FaultClass::Permanent), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
