//! The types of errors: one list, of which the output and the metrics are made.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! error_types {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What sort of thing went wrong: `error_type`, in an output and in the metric `workflow_errors_total`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorType { $($(#[$doc])* $name,)* }

        impl ErrorType {
            /// All of them, each at its own place: `ErrorType::ALL[of as usize] == of`.
            pub const ALL: [ErrorType; [$($word),*].len()] = [$(ErrorType::$name),*];

            /// The word for it: `compensation_failed`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(ErrorType::$name => $word,)* }
            }
        }
    };
}

error_types! {
    /// A step's attempt, an item or the run as a whole took too long.
    Timeout = "timeout",
    /// A handler returned an error, or the run came to too little.
    Error = "error",
    /// The target refused what it was asked for.
    Refused = "refused",
    /// A handler panicked.
    Panic = "panic",
    /// An attempt was given up; its outcome is unknown.
    Abandoned = "abandoned",
    /// A step ended its process so often that its run is parked.
    Crashed = "crashed",
    /// A step could not be undone.
    CompensationFailed = "compensation_failed",
    /// Somebody cancelled or killed the run.
    Cancelled = "cancelled",
    /// A run that is a step did not complete, and something that it did stands.
    PartlyDone = "partly_done",
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
