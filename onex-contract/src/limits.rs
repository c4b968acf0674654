//! How much of a contract is read, so that a hostile one costs little.

use crate::source::MAX_BYTES;

/// Bounds on what is read. The defaults are far above what people write and far below what hurts.
///
/// ```
/// use onex_contract::{IncludeError, Limits, Source, parse_within};
///
/// let source = Source::new("contract.yaml", "name: node_a\nnode_type: effect\ncontract_version: 1.0.0\n");
/// let limits = Limits { values: 5, ..Limits::default() };
/// let faults = parse_within(&source, &limits, &mut |_| Err(IncludeError::NoFiles)).expect_err("seven values");
/// assert_eq!(faults.list()[0].code.as_str(), "ONEX0007");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of the contract and of all that it includes; the default is [`MAX_BYTES`].
    pub bytes: usize,
    /// The values in it, keys counted, aliases counted by what they stand for; the default is 50,000.
    pub values: usize,
}

impl Limits {
    /// How many bytes the texts that anchors and aliases copy may have together.
    pub(crate) fn copied_text(&self) -> usize {
        self.bytes.saturating_mul(4)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: MAX_BYTES, values: 50_000 }
    }
}
