//! What an action is about: which step, and what that is given. Typed for whoever knows the types; JSON only when it was
//! asked for.

use std::any::type_name;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::engine::contain::contained;
use crate::engine::map::map_of;
use crate::message::{DecodeError, Payload, StepValue};

/// What an action is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionPayload {
    /// `node_id`: which function of the target node.
    pub step_id: Cow<'static, str>,
    /// Which item of a batch, or which entry of the list that the step is done once for each of, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
    /// It undoes the step.
    pub compensating: bool,
    #[serde(default, skip_serializing_if = "Inputs::is_kept")]
    pub(super) inputs: Inputs,
}

/// What the function is given, by the names of its parameters.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    pub(super) given: BTreeMap<Cow<'static, str>, Payload>,
    /// It may leave the process.
    disclosed: bool,
}

impl ActionPayload {
    pub(super) fn new(
        step_id: &'static str,
        item: Option<u64>,
        compensating: bool,
        given: BTreeMap<Cow<'static, str>, Payload>,
    ) -> Self {
        let inputs = Inputs { given, disclosed: false };
        ActionPayload { step_id: step_id.into(), item, compensating, inputs }
    }

    /// The steps whose outputs are given, in alphabetical order; `input` where the step depends on none, and is given what
    /// its run began with. Of an action that has not begun, those that are there already.
    ///
    /// For one entry of a list it is `item`, the entry: what all of them are given is with the action of the whole step.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.inputs.given.keys().map(|step| &**step)
    }

    /// What one of [`steps`](Self::steps) gives. `None`: it gives nothing, or that was not disclosed.
    ///
    /// # Errors
    /// It is no `T`.
    pub fn input<T: StepValue>(&self, step: &str) -> Result<Option<Arc<T>>, DecodeError> {
        self.inputs.given.get(step).map(Payload::get).transpose()
    }

    /// Everything that is given, as a struct whose fields have the names of [`steps`](Self::steps).
    ///
    /// # Errors
    /// It is no `T`, or does not serialise.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let decoded = serde_json::to_string(&self.inputs).and_then(|text| serde_json::from_str(&text));
        decoded.map_err(|source| DecodeError { expected: type_name::<T>(), source })
    }

    /// Lets what is given be serialised with the rest. What does not serialise is left out: its journal would not have it
    /// either.
    pub(crate) fn disclose(&mut self) {
        let given = std::mem::take(&mut self.inputs.given);
        let as_json = given.into_iter().filter_map(|(step, payload)| {
            // The value's `Serialize` is the user's, and may panic.
            let json = contained(|| payload.to_json()).ok()?.ok()?;
            Some((step, Payload::json(json)))
        });
        self.inputs = Inputs { given: map_of(as_json), disclosed: true };
    }

    /// Forgets what is given.
    pub(crate) fn conceal(&mut self) {
        self.inputs = Inputs::default();
    }
}

impl Inputs {
    fn is_kept(&self) -> bool {
        !self.disclosed
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut given = serializer.serialize_map(Some(self.given.len()))?;
        for (step, payload) in &self.given {
            given.serialize_entry(step, &payload.to_json().map_err(serde::ser::Error::custom)?)?;
        }
        given.end()
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = BTreeMap::<String, Box<RawValue>>::deserialize(deserializer)?;
        let given = map_of(given.into_iter().map(|(step, json)| (step.into(), Payload::json(json))));
        Ok(Inputs { given, disclosed: true })
    }
}
