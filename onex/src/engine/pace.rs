//! A bounded rate of retries: who asks is told when its turn is. The arithmetic knows no clock, only what has passed
//! since some beginning.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many retries there may be in all runs and routes together. What exceeds it waits, in the order in which it
/// became due; none is lost, and none of a contract's retries is spared.
///
/// Many runs that fail for one cause retry together. Each alone keeps its distance, and all together still may keep a
/// target down that is about to recover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryBudget {
    /// How many retries there may be in a second, in the long run. 1 to 1,000,000.
    pub per_second: u32,
    /// How many of them may come at once after a time without any. 1 to 1,000,000.
    pub burst: u32,
}

/// Turns at a bounded rate: a token bucket that remembers one moment (the generic cell rate algorithm).
#[derive(Debug)]
struct Pace {
    interval: Duration,
    /// How far ahead of an even pace a burst may be.
    tolerance: Duration,
    /// When the next turn would be at an even pace.
    even: Duration,
}

impl Pace {
    fn new(budget: RetryBudget) -> Self {
        let interval = Duration::from_secs(1) / budget.per_second.max(1);
        let tolerance = interval.saturating_mul(budget.burst.saturating_sub(1));
        Pace { interval, tolerance, even: Duration::ZERO }
    }

    /// The earliest turn that is not before `now`. It is taken.
    fn take(&mut self, now: Duration) -> Duration {
        let turn = self.even.saturating_sub(self.tolerance).max(now);
        self.even = self.even.max(turn).saturating_add(self.interval);
        turn
    }
}

/// The turns of an engine's retries.
#[derive(Debug)]
pub(crate) struct RetryTurns {
    since: Instant,
    pace: Option<Mutex<Pace>>,
}

impl RetryTurns {
    pub(crate) fn new(budget: Option<RetryBudget>) -> Self {
        RetryTurns { since: Instant::now(), pace: budget.map(|budget| Mutex::new(Pace::new(budget))) }
    }

    /// Takes the next turn: `None` if that is now.
    pub(crate) fn take(&self, now: Instant) -> Option<Instant> {
        let mut pace = self.pace.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = self.since.checked_add(pace.take(now.saturating_duration_since(self.since)))?;
        (turn > now).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by its meaning: from each turn on, no more than a burst and what an even pace adds.
    fn naive(turns: &[Duration], interval: Duration, burst: u32, now: Duration) -> Duration {
        let earliest = turns.iter().rev().enumerate().map(|(since, turn)| {
            let ahead = (since as u32 + 2).saturating_sub(burst);
            *turn + interval * ahead
        });
        earliest.fold(now, Duration::max)
    }

    proptest! {
        #[test]
        fn r12_each_turn_is_the_earliest_that_the_budget_allows(
            per_second in 1..2_000_u32,
            burst in 1..6_u32,
            gaps in prop::collection::vec(prop_oneof![3 => Just(0), 2 => 0..2_000_u64], 1..60),
        ) {
            let budget = RetryBudget { per_second, burst };
            let interval = Duration::from_secs(1) / per_second;
            let (mut pace, mut turns, mut now) = (Pace::new(budget), Vec::new(), Duration::ZERO);
            for gap in gaps {
                now += Duration::from_millis(gap);
                let turn = pace.take(now);
                prop_assert_eq!(turn, naive(&turns, interval, burst, now));
                turns.push(turn);
            }
            prop_assert!(turns.is_sorted(), "first come, first served");
        }
    }
}
