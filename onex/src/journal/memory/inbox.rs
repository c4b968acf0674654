//! Which envelopes were handled by whom, of the latest so many. Knows nothing of commits.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use uuid::Uuid;

use crate::hashing::IdMap;
use crate::journal::InboxMark;

/// Marks in the order in which they were made, numbered from 1, each found by its envelope.
#[derive(Debug)]
pub(super) struct Inbox {
    most: usize,
    marks: VecDeque<Marked>,
    /// The number of the first of `marks`.
    first: u64,
    /// The number of the latest mark of each envelope.
    latest: IdMap<Uuid, u64>,
}

#[derive(Debug)]
struct Marked {
    mark: InboxMark,
    /// The number of the mark that another subscriber had made of the same envelope before; 0 if there is none. It may be
    /// forgotten already.
    before: u64,
}

impl Inbox {
    pub(super) fn new(most: usize) -> Self {
        Inbox { most, marks: VecDeque::new(), first: 1, latest: IdMap::default() }
    }

    pub(super) fn contains(&self, mark: &InboxMark) -> bool {
        let mut number = self.latest.get(&mark.envelope_id).copied().unwrap_or(0);
        // An envelope has few subscribers.
        while let Some(index) = number.checked_sub(self.first) {
            let Some(marked) = self.marks.get(index as usize) else { return false };
            if marked.mark.subscriber == mark.subscriber {
                return true;
            }
            number = marked.before;
        }
        false
    }

    /// Expects a mark that it does not contain. Forgets the oldest where there are too many.
    pub(super) fn insert(&mut self, mark: &InboxMark) {
        let number = self.first + self.marks.len() as u64;
        let before = self.latest.insert(mark.envelope_id, number).unwrap_or(0);
        self.marks.push_back(Marked { mark: mark.clone(), before });
        if self.marks.len() > self.most
            && let Some(oldest) = self.marks.pop_front()
        {
            // A later mark of the same envelope is found all the same.
            if let Entry::Occupied(latest) = self.latest.entry(oldest.mark.envelope_id)
                && *latest.get() == self.first
            {
                latest.remove();
            }
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against the list of the latest marks.
        #[test]
        fn it_knows_the_latest_marks_and_no_other(
            most in 0..6_usize,
            moves in prop::collection::vec((0..3_usize, 0..5_u128), 0..60),
        ) {
            let mark = |(subscriber, envelope): (usize, u128)| InboxMark {
                subscriber: ["a/b", "a/c", "d/b"][subscriber].into(),
                envelope_id: Uuid::from_u128(envelope),
            };
            let (mut inbox, mut model) = (Inbox::new(most), VecDeque::new());
            for made in moves {
                if !model.contains(&made) {
                    inbox.insert(&mark(made));
                    model.push_back(made);
                    if model.len() > most {
                        model.pop_front();
                    }
                }
                for any in (0..3).flat_map(|subscriber| (0..5).map(move |envelope| (subscriber, envelope))) {
                    prop_assert_eq!(inbox.contains(&mark(any)), model.contains(&any));
                }
                let envelopes: std::collections::BTreeSet<u128> = model.iter().map(|(_, of)| *of).collect();
                prop_assert_eq!(inbox.latest.len(), envelopes.len(), "nothing is left of what is forgotten");
            }
        }
    }
}
