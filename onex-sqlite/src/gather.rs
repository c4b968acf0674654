//! When a batch is complete: whoever was just acknowledged is likely to commit again at once, and one sync for all is better than
//! two by turns, in each of which half of them waits for the other half's. Knows nothing of commits but their number.

use std::time::Duration;

/// No batch waits longer than this, however long a sync takes.
const MOST: Duration = Duration::from_millis(1);
/// After waits that were in vain, so many batches at most are written without waiting.
const REST: u32 = 256;

/// How long the next batch is waited for, and for how many.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    /// How long the latest batch took to come to the disk.
    sync: Duration,
    expected: usize,
    /// So many batches are still to be written without waiting, and so many will be if the next wait is in vain.
    rests: u32,
    next_rest: u32,
}

impl Gathering {
    /// A batch of `acknowledged` is on the disk after so long, and `waiting` have come meanwhile.
    pub(crate) fn synced(&mut self, sync: Duration, acknowledged: usize, waiting: usize) {
        self.sync = sync;
        self.expected = acknowledged + waiting;
    }

    /// How many are worth waiting for, and for how long; `None` if none are.
    pub(crate) fn wait(&mut self, present: usize) -> Option<(usize, Duration)> {
        if present >= self.expected {
            return None;
        }
        if self.rests > 0 {
            self.rests -= 1;
            return None;
        }
        Some((self.expected, self.most()))
    }

    /// Whether all came who were waited for.
    pub(crate) fn waited(&mut self, all_came: bool) {
        if all_came {
            self.next_rest = 0;
            return;
        }
        self.rests = self.next_rest;
        self.next_rest = (self.next_rest * 2).clamp(1, REST);
    }

    /// Nobody has come for so long: whoever was acknowledged may be doing something else.
    pub(crate) fn nobody_came_for(&mut self, idle: Duration) {
        if idle > self.most() {
            self.expected = 0;
        }
    }

    /// Half a sync: who is not back by then waits for the next one as well as for this.
    fn most(&self) -> Duration {
        (self.sync / 2).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNC: Duration = Duration::from_micros(300);

    #[test]
    fn two_halves_become_one_batch_and_one_alone_waits_for_nobody() {
        let mut gathering = Gathering::default();
        assert_eq!(gathering.wait(1), None, "nobody is known yet");
        gathering.synced(SYNC, 4, 4);
        assert_eq!(gathering.wait(4), Some((8, SYNC / 2)));
        gathering.synced(SYNC, 8, 0);
        assert_eq!(gathering.wait(8), None, "all are there");
        gathering.synced(SYNC, 1, 0);
        assert_eq!(gathering.wait(1), None);
        gathering.synced(Duration::from_secs(1), 2, 0);
        assert_eq!(gathering.wait(1), Some((2, MOST)));
        gathering.nobody_came_for(MOST);
        assert!(gathering.wait(1).is_some());
        gathering.nobody_came_for(MOST * 2);
        assert_eq!(gathering.wait(1), None);
    }

    #[test]
    fn waits_that_are_in_vain_become_rare() {
        let mut gathering = Gathering::default();
        gathering.synced(SYNC, 4, 0);
        let mut waits = Vec::new();
        for batch in 0..40 {
            if gathering.wait(1).is_some() {
                waits.push(batch);
                gathering.waited(false);
            }
        }
        assert_eq!(waits, [0, 1, 3, 6, 11, 20, 37]);
        gathering.rests = 0;
        gathering.waited(true);
        assert!(
            gathering.wait(1).is_some() && gathering.wait(1).is_some(),
            "one that was not, and they are back"
        );
    }
}
