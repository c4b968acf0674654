//! Sets of steps by their turns, the first one in front. Knows nothing of why a step is in a set.

use super::plan::StepId;

const BITS: usize = u64::BITS as usize;

/// A set of steps as a tree of bitmaps: each bit of a level says whether a word of the level below has any.
///
/// It answers as a min-heap would, and better for a run: its size is fixed, so nothing allocates later; any step can
/// be taken out; and equal sets are equal values however they came about, so that a replay can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadySet {
    /// The lowest first. None for a set of one word, which most runs need no more than.
    below: Vec<Vec<u64>>,
    top: u64,
}

impl ReadySet {
    /// An empty set with room for steps below `steps`.
    pub(super) fn new(steps: usize) -> Self {
        let mut below = Vec::new();
        let mut words = steps.div_ceil(BITS);
        while words > 1 {
            below.push(vec![0; words]);
            words = words.div_ceil(BITS);
        }
        Self { below, top: 0 }
    }

    pub(super) fn insert(&mut self, step: StepId) {
        let mut index = step.index();
        for level in &mut self.below {
            let word = &mut level[index / BITS];
            let was_empty = *word == 0;
            *word |= 1 << (index % BITS);
            if !was_empty {
                return;
            }
            index /= BITS;
        }
        self.top |= 1 << index;
    }

    #[inline]
    pub(super) fn remove(&mut self, step: StepId) {
        if !self.is_empty() {
            self.take_out(step);
        }
    }

    fn take_out(&mut self, step: StepId) {
        let mut index = step.index();
        for level in &mut self.below {
            let word = &mut level[index / BITS];
            *word &= !(1 << (index % BITS));
            if *word != 0 {
                return;
            }
            index /= BITS;
        }
        self.top &= !(1 << index);
    }

    /// Inserts or removes. Most sets are empty, and most of what is put is taken out of them.
    #[inline]
    pub(super) fn put(&mut self, step: StepId, is_in: bool) {
        if is_in { self.insert(step) } else { self.remove(step) }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.top == 0
    }

    pub(super) fn contains(&self, step: StepId) -> bool {
        let word = self.below.first().map_or(self.top, |lowest| lowest[step.index() / BITS]);
        word & (1 << (step.index() % BITS)) != 0
    }

    pub(super) fn first(&self) -> Option<StepId> {
        let mut word = self.top;
        let mut index = 0;
        for level in self.below.iter().rev() {
            index = index * BITS + first_bit(word)?;
            word = level[index];
        }
        Some(StepId((index * BITS + first_bit(word)?) as u32))
    }
}

fn first_bit(word: u64) -> Option<usize> {
    (word != 0).then(|| word.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn answers_as_an_ordered_set(
            size in prop_oneof![1..70_usize, 4000..4200_usize, 262_000..263_000_usize],
            changes in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..60),
        ) {
            let mut set = ReadySet::new(size);
            let mut reference = BTreeSet::new();
            for (insert, index) in changes {
                let step = StepId(index.index(size) as u32);
                if insert {
                    set.insert(step);
                    reference.insert(step);
                } else {
                    set.remove(step);
                    reference.remove(&step);
                }
                prop_assert_eq!(set.first(), reference.first().copied());
                prop_assert_eq!(set.contains(step), insert);
            }
            while let Some(step) = set.first() {
                prop_assert_eq!(reference.pop_first(), Some(step));
                set.remove(step);
            }
            prop_assert_eq!(reference.first(), None);
            prop_assert_eq!(set, ReadySet::new(size));
        }
    }

    #[test]
    fn an_empty_plan_has_no_first_step() {
        assert_eq!(ReadySet::new(0).first(), None);
    }
}
