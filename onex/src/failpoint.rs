//! Places at which a test may end the process: before and after all that changes what a journal, a source or the outside
//! knows. With the feature `failpoints` and `ONEX_FAILPOINT` in the environment the process aborts there, as if the machine had
//! stopped: nothing is unwound, nothing is closed. Without the feature there is nothing here.
//!
//! `ONEX_FAILPOINT=17` ends it at the 17th crossing, whatever it is; `ONEX_FAILPOINT=outbox_before:3` where that place is
//! crossed for the third time.

/// A place at which a process may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A journal is to be acquired.
    LeaseBefore,
    /// It is acquired.
    LeaseAfter,
    /// The engine asks for a commit.
    AppendBefore,
    /// The commit is acknowledged to the engine, which does not act on it yet.
    AppendAfter,
    /// An envelope from outside is committed; whoever sent it is not told yet.
    AcceptAfter,
    /// An effect's schedule is committed, and it is to begin.
    DispatchBefore,
    /// It is called, and has not been polled.
    DispatchAfter,
    /// An attempt is over, of an effect or another step; the kernel is not told yet.
    EffectAfter,
    /// An envelope is committed, and is to be handed to its subscribers.
    OutboxBefore,
    /// It is handed over.
    OutboxAfter,
    /// A run that another process had begun is to go on.
    TakeOver,
    /// A journal begins a transaction.
    TransactionBefore,
    /// All of it is written, and not committed.
    CommitBefore,
    /// It is committed and synced.
    CommitAfter,
    /// How far the journal is synced is noted; nobody is told yet.
    AcknowledgeBefore,
    /// Everybody is told.
    AcknowledgeAfter,
    /// The journal's log is to be copied into its file.
    CheckpointBefore,
    /// It is copied.
    CheckpointAfter,
}

impl Place {
    /// All of them.
    pub const ALL: [Place; 18] = [
        Place::LeaseBefore,
        Place::LeaseAfter,
        Place::AppendBefore,
        Place::AppendAfter,
        Place::AcceptAfter,
        Place::DispatchBefore,
        Place::DispatchAfter,
        Place::EffectAfter,
        Place::OutboxBefore,
        Place::OutboxAfter,
        Place::TakeOver,
        Place::TransactionBefore,
        Place::CommitBefore,
        Place::CommitAfter,
        Place::AcknowledgeBefore,
        Place::AcknowledgeAfter,
        Place::CheckpointBefore,
        Place::CheckpointAfter,
    ];

    /// As `ONEX_FAILPOINT` says it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Place::LeaseBefore => "lease_before",
            Place::LeaseAfter => "lease_after",
            Place::AppendBefore => "append_before",
            Place::AppendAfter => "append_after",
            Place::AcceptAfter => "accept_after",
            Place::DispatchBefore => "dispatch_before",
            Place::DispatchAfter => "dispatch_after",
            Place::EffectAfter => "effect_after",
            Place::OutboxBefore => "outbox_before",
            Place::OutboxAfter => "outbox_after",
            Place::TakeOver => "take_over",
            Place::TransactionBefore => "transaction_before",
            Place::CommitBefore => "commit_before",
            Place::CommitAfter => "commit_after",
            Place::AcknowledgeBefore => "acknowledge_before",
            Place::AcknowledgeAfter => "acknowledge_after",
            Place::CheckpointBefore => "checkpoint_before",
            Place::CheckpointAfter => "checkpoint_after",
        }
    }
}

/// Crosses a place. For the engine and for journals.
#[inline]
pub fn cross(place: Place) {
    #[cfg(feature = "failpoints")]
    armed::cross(place);
    #[cfg(not(feature = "failpoints"))]
    let _ = place;
}

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Place;

    /// Where the process ends.
    struct Failpoint {
        place: Option<Place>,
        left: AtomicU64,
    }

    pub(super) fn cross(place: Place) {
        static FAILPOINT: OnceLock<Option<Failpoint>> = OnceLock::new();
        let Some(failpoint) = FAILPOINT.get_or_init(read) else { return };
        let is_it = failpoint.place.is_none_or(|of| of == place);
        if is_it && failpoint.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            eprintln!("the process ends at {}", place.name());
            std::process::abort();
        }
    }

    /// What cannot be read is a mistake in a test, which is told by the process not ending.
    fn read() -> Option<Failpoint> {
        let text = std::env::var("ONEX_FAILPOINT").ok()?;
        let (place, number) = match text.split_once(':') {
            Some((name, number)) => {
                (Some(Place::ALL.into_iter().find(|place| place.name() == name)?), number)
            }
            None => (None, &*text),
        };
        Some(Failpoint { place, left: AtomicU64::new(number.parse().ok()?) })
    }
}
