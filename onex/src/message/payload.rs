//! What an envelope carries: a typed value in process, JSON at the edge, the same to whoever reads it.

use std::any::Any;
use std::fmt;
use std::io;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::StepValue;

/// A value that is typed for whoever knows its type and JSON for everyone else. Cheap to clone.
#[derive(Clone)]
pub struct Payload(Repr);

#[derive(Clone)]
enum Repr {
    Typed(Arc<dyn Erased>),
    Json(Arc<RawValue>),
}

/// A [`StepValue`] whose type is forgotten.
trait Erased: Any + Send + Sync {
    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error>;
    fn json_len(&self) -> Result<usize, serde_json::Error>;
}

impl<T: StepValue> Erased for T {
    fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        serde_json::value::to_raw_value(self)
    }

    fn json_len(&self) -> Result<usize, serde_json::Error> {
        let mut counted = Counted(0);
        serde_json::to_writer(&mut counted, self)?;
        Ok(counted.0)
    }
}

/// Counts what is written, and keeps nothing of it.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A payload that is not what its reader expects.
#[derive(Debug, thiserror::Error)]
#[error("the payload is no `{expected}`: {source}")]
pub struct DecodeError {
    /// The Rust type that was asked for.
    pub expected: &'static str,
    /// What serde found wrong, with line and column.
    pub source: serde_json::Error,
}

impl Payload {
    /// A payload that hands the value over as it is, without serialising it.
    #[must_use]
    pub fn new<T: StepValue>(value: T) -> Self {
        Self::shared(Arc::new(value))
    }

    /// The same for a value that is shared already.
    #[must_use]
    pub fn shared<T: StepValue>(value: Arc<T>) -> Self {
        Payload(Repr::Typed(value))
    }

    /// A payload from outside. It is decoded when someone asks for a type.
    #[must_use]
    pub fn json(text: Box<RawValue>) -> Self {
        Payload(Repr::Json(text.into()))
    }

    /// The value as a `T`: the very one that was put in, or decoded from JSON.
    ///
    /// # Errors
    /// The payload is JSON that is no `T`, or another type whose JSON is no `T`.
    pub fn get<T: StepValue>(&self) -> Result<Arc<T>, DecodeError> {
        let expected = std::any::type_name::<T>();
        let decode = |text: &RawValue| {
            serde_json::from_str(text.get()).map(Arc::new).map_err(|source| DecodeError { expected, source })
        };
        match &self.0 {
            Repr::Json(text) => decode(text),
            Repr::Typed(value) => {
                let any: Arc<dyn Any + Send + Sync> = value.clone();
                match any.downcast::<T>() {
                    Ok(value) => Ok(value),
                    Err(_) => decode(&value.to_json().map_err(|source| DecodeError { expected, source })?),
                }
            }
        }
    }

    /// The value by reference, if it was put in as a `T`.
    #[must_use]
    pub fn downcast_ref<T: StepValue>(&self) -> Option<&T> {
        match &self.0 {
            Repr::Typed(value) => (&**value as &dyn Any).downcast_ref(),
            Repr::Json(_) => None,
        }
    }

    /// The value as JSON.
    ///
    /// # Errors
    /// The value's own `Serialize` refused (for example a map whose keys are no strings).
    pub fn to_json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        match &self.0 {
            Repr::Typed(value) => value.to_json(),
            Repr::Json(text) => Ok(RawValue::from_string(text.get().to_owned())?),
        }
    }
}

impl Payload {
    /// How many bytes the value takes as JSON.
    pub(crate) fn json_len(&self) -> Result<usize, serde_json::Error> {
        match &self.0 {
            Repr::Typed(value) => value.json_len(),
            Repr::Json(text) => Ok(text.get().len()),
        }
    }
}

impl fmt::Debug for Payload {
    /// Never prints the value: payloads do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Repr::Typed(_) => "Payload(typed)",
            Repr::Json(_) => "Payload(json)",
        })
    }
}
