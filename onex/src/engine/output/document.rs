//! The JSON of a run's output, in the field names and shapes of the output model.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{ErrorType, RunError, RunOutput, rfc3339};
use crate::engine::action::Action;

#[derive(Serialize)]
struct Document<'a> {
    execution_status: &'static str,
    execution_time_ms: u64,
    start_time: String,
    end_time: String,
    completed_steps: &'a [&'static str],
    failed_steps: Vec<&'static str>,
    skipped_steps: Vec<&'static str>,
    step_outputs: BTreeMap<&'static str, Object<'a>>,
    final_result: Option<&'a RawValue>,
    output_variables: &'a BTreeMap<&'static str, Box<RawValue>>,
    actions_emitted: &'a [Action],
    errors: Vec<ErrorDocument<'a>>,
    metrics: &'a BTreeMap<&'static str, f64>,
    parallel_executions: u32,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    step_id: &'static str,
    error_type: ErrorType,
    message: Cow<'a, str>,
}

/// The model has an object for each step: what is none is its `value`.
struct Object<'a>(&'a RawValue);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.get().trim_start().starts_with('{') {
            return self.0.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("value", self.0)?;
        map.end()
    }
}

impl Serialize for RunOutput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let execution_time_ms = u64::try_from(self.execution_time.as_millis()).unwrap_or(u64::MAX);
        Document {
            execution_status: self.standing.status(),
            execution_time_ms,
            start_time: rfc3339::format(self.started_unix_ms),
            end_time: rfc3339::format(self.started_unix_ms.saturating_add(execution_time_ms)),
            completed_steps: &self.completed_steps,
            failed_steps: self.standing.failed_steps().collect(),
            skipped_steps: self.skipped_steps.iter().map(|skipped| skipped.step).collect(),
            step_outputs: self.step_outputs.iter().map(|(step, output)| (*step, Object(output))).collect(),
            final_result: self.final_result.as_deref(),
            output_variables: &self.output_variables,
            actions_emitted: &self.actions_emitted,
            errors: self.standing.errors().map(ErrorDocument::from).collect(),
            metrics: &self.metrics,
            parallel_executions: self.parallel_executions,
        }
        .serialize(serializer)
    }
}

impl<'a> From<&'a RunError> for ErrorDocument<'a> {
    fn from(error: &'a RunError) -> Self {
        // The model has no place for the item.
        let message = match error.item {
            Some(item) => format!("item {item}: {}", error.message).into(),
            None => Cow::Borrowed(&*error.message),
        };
        ErrorDocument { step_id: error.at.step_id(), error_type: error.error_type, message }
    }
}
