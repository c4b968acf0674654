//! What a journal promises of what it has acknowledged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What outlives what, of all that a journal has acknowledged. Of two, the greater promises more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// It is gone with its process, and on no disk.
    Memory,
    /// The operating system has it. A process may be killed at any moment; a power failure may take what was acknowledged
    /// last, and leaves a journal that is whole up to there.
    Relaxed,
    /// It is on the disk.
    Strict,
}

impl Durability {
    /// All, the least first.
    pub const ALL: [Durability; 3] = [Self::Memory, Self::Relaxed, Self::Strict];

    /// As it is written in files and printed: `memory`, `relaxed` or `strict`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
