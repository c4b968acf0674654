//! The traits of values that cross a boundary: into an envelope, a journal, another process.

use serde::{Serialize, de::DeserializeOwned};

/// A value that can be journalled: what steps return, what their errors are, what events and intents carry.
///
/// Implemented for every type that is `Serialize + DeserializeOwned + Send + Sync + 'static`. In memory such a value
/// is shared, not serialised; the bound stands so that a program does not change when its journal gets a disk.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be journalled",
    label = "must be serialisable",
    note = "what steps and events carry outlives the process: add `#[derive(serde::Serialize, serde::Deserialize)]`"
)]
pub trait StepValue: Serialize + DeserializeOwned + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> StepValue for T {}

/// Something that happened. Derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`.
///
/// An event has no topic of its own: the contract of the node that consumes or publishes it names one, and its wire
/// type is derived from that, in one place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "does not implement `onex::Event`",
    note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
)]
pub trait Event: StepValue {
    /// The type's name as contracts write it.
    const NAME: &'static str;

    /// Where the type is defined, which tells two types of one name apart. The derive knows; an impl by hand need not say.
    #[doc(hidden)]
    const DEFINED: Option<RustType> = None;
}

/// A type, by where it is defined: no two types are defined at one place.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RustType {
    /// Its path, `shop::events::OrderPlaced`.
    pub path: &'static str,
    /// The package that it is in, with its version, and the line.
    pub at: &'static str,
}

/// Work that an orchestrator asks an effect for. Derive it, with the name that routing tables use:
///
/// ```
/// #[derive(onex::Intent, serde::Serialize, serde::Deserialize)]
/// #[intent("payment.process")]
/// pub struct ProcessPayment { pub order_id: String, pub cents: u64 }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an intent",
    label = "does not implement `onex::Intent`",
    note = "derive it: `#[derive(onex::Intent, serde::Serialize, serde::Deserialize)] #[intent(\"domain.action\")]`"
)]
pub trait Intent: StepValue {
    /// The name that routing tables use, for example `payment.process`.
    const TYPE: &'static str;
    /// [`TYPE`](Intent::TYPE) as a type, so that a routing table of names can be a table of types.
    type Id;
}

/// An intent's name as a type: its [`intent_hash`].
#[derive(Debug)]
pub enum IntentId<const HASH: u64> {}

/// FNV-1a of an intent's name. `const`, so that two macros that never see each other agree on a type.
#[must_use]
pub const fn intent_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}
