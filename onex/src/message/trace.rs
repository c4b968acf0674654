//! The trace that a message belongs to, as W3C Trace Context writes it: `00-<trace id>-<parent id>-<flags>`.
//!
//! onex makes no traces: it carries the one that a message came with to all that follows from it, so that who traces
//! before it and behind it see one trace.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The value of a `traceparent` header. Cheap to copy.
///
/// ```
/// use onex::message::TraceParent;
///
/// let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let trace: TraceParent = header.parse()?;
/// assert!(trace.is_sampled());
/// assert_eq!(trace.to_string(), header);
/// # Ok::<(), onex::message::TraceParentError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceParent {
    trace_id: [u8; 16],
    parent_id: [u8; 8],
    flags: u8,
}

/// Why a text is no `traceparent`. Who receives one is to go on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TraceParentError {
    /// Its form is another one.
    #[error("it is not of the form `00-<32 hexadecimal digits>-<16>-<2>`, in lower case")]
    Form,
    /// The version `ff`, which there is none of, or more fields than version 00 has.
    #[error("it is of no version that can be read")]
    Version,
    /// An id is zero, which stands for none.
    #[error("its trace id or parent id is zero")]
    Zero,
}

impl TraceParent {
    /// The whole trace.
    #[must_use]
    pub fn trace_id(&self) -> [u8; 16] {
        self.trace_id
    }

    /// The span in it that the message was sent by.
    #[must_use]
    pub fn parent_id(&self) -> [u8; 8] {
        self.parent_id
    }

    /// Whether somebody before has recorded the trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags & 1 == 1
    }

    /// The same trace, as seen by what the span `parent_id` sends. `None` if it is zero.
    #[must_use]
    pub fn child_of(self, parent_id: [u8; 8]) -> Option<Self> {
        (parent_id != [0; 8]).then_some(TraceParent { parent_id, ..self })
    }
}

impl FromStr for TraceParent {
    type Err = TraceParentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let (version, trace_id, parent_id, flags) = match bytes.split_at_checked(55) {
            Some((known, rest)) if [known[2], known[35], known[52]] == [b'-'; 3] => {
                let [version] = hex(&known[..2])?;
                match (version, rest.first()) {
                    (0xff, _) => return Err(TraceParentError::Version),
                    (_, None) => {}
                    (0, Some(_)) => return Err(TraceParentError::Version),
                    // What a later version adds comes after what this one knows.
                    (_, Some(b'-')) => {}
                    (_, Some(_)) => return Err(TraceParentError::Form),
                }
                let [flags] = hex(&known[53..])?;
                (version, hex(&known[3..35])?, hex(&known[36..52])?, flags)
            }
            _ => return Err(TraceParentError::Form),
        };
        if trace_id == [0; 16] || parent_id == [0; 8] {
            return Err(TraceParentError::Zero);
        }
        // It is passed on as version 00, which knows one flag.
        let flags = if version == 0 { flags } else { flags & 1 };
        Ok(TraceParent { trace_id, parent_id, flags })
    }
}

fn hex<const N: usize>(digits: &[u8]) -> Result<[u8; N], TraceParentError> {
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(bytes)
}

fn digit(digit: u8) -> Result<u8, TraceParentError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(TraceParentError::Form),
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, parent) = (u128::from_be_bytes(self.trace_id), u64::from_be_bytes(self.parent_id));
        write!(f, "00-{trace:032x}-{parent:016x}-{:02x}", self.flags)
    }
}

impl TryFrom<String> for TraceParent {
    type Error = TraceParentError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TraceParent> for String {
    fn from(trace: TraceParent) -> Self {
        trace.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_is_none_is_refused_for_its_own_reason() {
        use TraceParentError::{Form, Version, Zero};
        let replaced = |from: &str, to: &str| HEADER.replacen(from, to, 1);
        for (text, why) in [
            (String::new(), Form),
            (HEADER[..54].to_owned(), Form),
            (replaced("4bf9", "4BF9"), Form),
            (replaced("-", "_"), Form),
            (replaced("4bf9", "4bé"), Form),
            (replaced("00-", "ff-"), Version),
            (format!("{HEADER}-00"), Version),
            (format!("{}x", replaced("00-", "01-")), Form),
            (replaced("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)), Zero),
            (replaced("00f067aa0ba902b7", &"0".repeat(16)), Zero),
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_later_version_is_read_as_far_as_this_one_goes() {
        let later = format!("{}-what-comes", HEADER.replacen("00-", "cc-", 1).replace("-01", "-ff"));
        assert_eq!(later.parse::<TraceParent>().unwrap().to_string(), HEADER);
    }

    #[test]
    fn a_child_is_in_the_same_trace() {
        let trace: TraceParent = HEADER.parse().unwrap();
        let child = trace.child_of([7; 8]).unwrap();
        assert_eq!(
            (child.trace_id(), child.parent_id(), child.is_sampled()),
            (trace.trace_id(), [7; 8], true)
        );
        assert_eq!(trace.child_of([0; 8]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(trace_id in 1_u128.., parent_id in 1_u64.., flags in any::<u8>()) {
            let text = format!("00-{trace_id:032x}-{parent_id:016x}-{flags:02x}");
            prop_assert_eq!(text.parse::<TraceParent>().unwrap().to_string(), text);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}") {
            let _ = text.parse::<TraceParent>();
        }
    }
}
