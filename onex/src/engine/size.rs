//! How large a payload may be, if the program says so. Whatever is larger is refused where it would be kept or sent.

use super::contain::contained;
use super::driver::Failed;
use super::settings::Settings;
use crate::message::Payload;
use crate::run::{Failure, FailureCause, FailureClass};

/// A payload is larger than [`Settings::max_payload_bytes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes as JSON, and `max_payload_bytes` is {max}")]
pub struct TooLarge {
    /// How large it is.
    pub bytes: usize,
    /// How large it may be.
    pub max: usize,
}

impl Settings {
    /// What cannot be written as JSON has no size: that is for the journal to refuse, if it writes at all.
    #[inline]
    pub(crate) fn check_size(&self, payload: &Payload) -> Result<(), TooLarge> {
        self.max_payload_bytes.map_or(Ok(()), |max| check_size(max, payload))
    }

    /// What an attempt returned, unless it is too large: the attempt has failed then, and another one would return it again.
    #[inline]
    pub(super) fn take_output(&self, output: Payload) -> Result<Payload, Failed> {
        match self.check_size(&output) {
            Ok(()) => Ok(output),
            Err(too_large) => {
                let class = FailureClass::Permanent;
                let failure = Failure { class, cause: FailureCause::OutputRefused };
                Err(Failed { failure, message: Some(format!("what it returned takes {too_large}").into()) })
            }
        }
    }
}

fn check_size(max: usize, payload: &Payload) -> Result<(), TooLarge> {
    // The value's `Serialize` is the user's, and may panic.
    match contained(|| payload.json_len()) {
        Ok(Ok(bytes)) if bytes > max => Err(TooLarge { bytes, max }),
        _ => Ok(()),
    }
}
