//! The items of a batch, as one value that a journal can keep.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use crate::message::Payload;

/// The input of each item.
#[derive(Debug, Clone)]
pub(crate) struct BatchInput(pub(crate) Vec<Payload>);

impl Serialize for BatchInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for item in &self.0 {
            list.serialize_element(&item.to_json().map_err(S::Error::custom)?)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for BatchInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::<Box<RawValue>>::deserialize(deserializer)?;
        Ok(BatchInput(items.into_iter().map(Payload::json).collect()))
    }
}
