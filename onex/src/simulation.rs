//! The wall clock of a test. Delays are tokio's, whose clock a test can pause; what is written down is the time of day, and with
//! the feature `simulation` a test can say what that is: set back by an hour, ahead by a year, the same for the same seed.
//! Without the feature there is nothing here.
//!
//! It holds for the thread that sets it, so for an engine that tokio drives on that thread alone.

use std::cell::Cell;

thread_local! {
    static WALL_CLOCK: Cell<Option<fn() -> u64>> = const { Cell::new(None) };
}

/// On this thread the engine takes the time of day, in milliseconds since the Unix epoch, from `now`; `None`: from the machine.
///
/// ```
/// onex::simulation::set_wall_clock(Some(|| 1_700_000_000_000));
/// ```
pub fn set_wall_clock(now: Option<fn() -> u64>) {
    WALL_CLOCK.set(now);
}

pub(crate) fn unix_ms() -> Option<u64> {
    WALL_CLOCK.get().map(|now| now())
}
