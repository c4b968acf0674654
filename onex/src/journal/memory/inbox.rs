//! Which envelopes were handled by whom, of the latest so many. Knows nothing of commits.
//!
//! The marks lie one behind the other in the order in which they were made, and those whose envelopes have one place in the
//! table are chained there, the latest first, each to the one before. What is forgotten is the oldest, so it is the end of its
//! chain: nothing of it is looked for or taken out, and what forgets a mark touches nothing but the front of the row.
//!
//! Nearly all that is asked for is not there. The row is far too large for a near cache, so a sieve in front of it says so first.

use std::collections::VecDeque;
use std::mem;

use super::sieve::Sieve;
use crate::hashing::IdHashing;
use crate::journal::InboxMark;

/// The first marks begin with a table of so many places.
const FEW: usize = 2;
/// So many marks have one place, on average, before there are more places. Few are looked for there, so it is better that the
/// table is small.
const IN_A_PLACE: usize = 2;

/// Marks in the order in which they were made, numbered in a row, each found by its envelope.
#[derive(Debug)]
pub(super) struct Inbox {
    most: usize,
    marks: VecDeque<Marked>,
    /// The number of the first of `marks`: 1 or more, so that 0 is the number of none.
    first: u32,
    /// For each place the number of the latest mark that has it; that may be forgotten already. At least half as many places
    /// as there are marks, and a power of two.
    latest: Vec<u32>,
    /// Of all marks that are not forgotten.
    sieve: Sieve,
    hashing: IdHashing,
}

#[derive(Debug)]
struct Marked {
    mark: InboxMark,
    /// The number of the mark that was the latest at its place before; 0 if there was none. It may be forgotten already.
    before: u32,
}

impl Inbox {
    pub(super) fn new(most: usize) -> Self {
        // So that the numbers last for a while each time that they begin anew; such a row would take 80 GB.
        let most = most.min(u32::MAX as usize / 2);
        let hashing = IdHashing::default();
        let sieve = Sieve::new(FEW * IN_A_PLACE);
        Inbox { most, marks: VecDeque::new(), first: 1, latest: vec![0; FEW], sieve, hashing }
    }

    pub(super) fn contains(&self, mark: &InboxMark) -> bool {
        let hash = self.hashing.of(mark.envelope_id);
        if !self.sieve.may_have(hash) {
            return false;
        }
        let mut number = self.latest[self.place(hash)];
        // Few have one place, and an envelope has few subscribers.
        while let Some(index) = number.checked_sub(self.first) {
            let Some(marked) = self.marks.get(index as usize) else { return false };
            if marked.mark == *mark {
                return true;
            }
            number = marked.before;
        }
        false
    }

    /// Expects a mark that it does not contain. Forgets the oldest where there are too many.
    pub(super) fn insert(&mut self, mark: &InboxMark) {
        let is_dense = self.marks.len() >= self.latest.len() * IN_A_PLACE;
        if is_dense || self.next() == u32::MAX {
            self.number_anew();
        }
        let (hash, number) = (self.hashing.of(mark.envelope_id), self.next());
        self.sieve.add(hash);
        let place = self.place(hash);
        let before = mem::replace(&mut self.latest[place], number);
        self.marks.push_back(Marked { mark: mark.clone(), before });
        if self.marks.len() > self.most {
            self.marks.pop_front();
            self.first += 1;
        }
    }

    /// The number of the next mark; `u32::MAX`: they are used up.
    fn next(&self) -> u32 {
        self.first.saturating_add(self.marks.len() as u32)
    }

    /// Numbers all marks from 1 on and makes the table and the sieve anew, with room for twice as many.
    fn number_anew(&mut self) {
        let places = self.marks.len().max(FEW).next_power_of_two();
        self.first = 1;
        self.latest = vec![0; places];
        // There are never more marks than that.
        self.sieve = Sieve::new(places * IN_A_PLACE);
        for index in 0..self.marks.len() {
            let hash = self.hashing.of(self.marks[index].mark.envelope_id);
            self.sieve.add(hash);
            let place = self.place(hash);
            self.marks[index].before = mem::replace(&mut self.latest[place], index as u32 + 1);
        }
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.latest.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        /// Against the list of the latest marks.
        #[test]
        fn it_knows_the_latest_marks_and_no_other(
            most in 0..6_usize,
            // Near the last one, so that the numbers begin anew.
            first in prop_oneof![Just(1), u32::MAX - 9..u32::MAX],
            moves in prop::collection::vec((0..3_usize, 0..5_u128), 0..60),
        ) {
            let mark = |(subscriber, envelope): (usize, u128)| InboxMark {
                subscriber: ["a/b", "a/c", "d/b"][subscriber].into(),
                envelope_id: Uuid::from_u128(envelope),
            };
            let (mut inbox, mut model) = (Inbox { first, ..Inbox::new(most) }, VecDeque::new());
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
                prop_assert_eq!(inbox.marks.len(), model.len(), "nothing is kept of what is forgotten");
            }
        }
    }
}
