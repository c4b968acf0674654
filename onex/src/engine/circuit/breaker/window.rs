//! How attempts ended within the latest time, counted in a fixed number of parts, so that it costs the same however many there
//! are. Knows nothing of what follows from it.

use std::time::Duration;

/// A window moves on by one of these at a time.
pub(super) const PARTS: usize = 30;

/// How many attempts failed, and how many there were that tell anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) failures: u32,
    pub(super) attempts: u32,
}

#[derive(Debug)]
pub(super) struct Window {
    part: Duration,
    counts: [Counts; PARTS],
    /// The number of the part that was counted in last; it is at this place, modulo their number.
    latest: u64,
}

impl Window {
    /// An empty one.
    pub(super) fn new(length: Duration) -> Self {
        let part = (length / PARTS as u32).max(Duration::from_nanos(1));
        Window { part, counts: [Counts::default(); PARTS], latest: 0 }
    }

    pub(super) fn note(&mut self, now: Duration, failed: bool) {
        let number = self.number(now);
        if number >= self.latest.saturating_add(PARTS as u64) {
            self.counts = [Counts::default(); PARTS];
        } else {
            for passed in self.latest..number {
                self.counts[place(passed + 1)] = Counts::default();
            }
        }
        self.latest = self.latest.max(number);
        let counts = &mut self.counts[place(self.latest)];
        counts.attempts = counts.attempts.saturating_add(1);
        counts.failures = counts.failures.saturating_add(u32::from(failed));
    }

    /// What was noted in the part of this moment and those before it that are within the window.
    pub(super) fn counts(&self, now: Duration) -> Counts {
        let gone = self.number(now).saturating_sub(self.latest);
        let left = (PARTS as u64).saturating_sub(gone);
        let numbers = (0..left).filter_map(|back| self.latest.checked_sub(back));
        numbers.fold(Counts::default(), |all, number| {
            let part = self.counts[place(number)];
            Counts {
                failures: all.failures.saturating_add(part.failures),
                attempts: all.attempts.saturating_add(part.attempts),
            }
        })
    }

    fn number(&self, now: Duration) -> u64 {
        u64::try_from(now.as_nanos() / self.part.as_nanos()).unwrap_or(u64::MAX)
    }
}

fn place(number: u64) -> usize {
    (number % PARTS as u64) as usize
}
