//! The latest so many dead letters, and all whose message is parked still. Knows nothing of commits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::journal::{DeadLetter, InboxMark};

/// Letters, numbered in the order in which they were written.
#[derive(Debug)]
pub(super) struct Letters {
    /// How many of `over` are kept.
    most: usize,
    next: u64,
    over: BTreeMap<u64, Arc<DeadLetter>>,
    /// Those whose message is parked, the latest of each.
    parked: BTreeMap<u64, Arc<DeadLetter>>,
    /// Which of `parked` a mark is the end of.
    marks: HashMap<InboxMark, u64>,
}

impl Letters {
    pub(super) fn new(most: usize) -> Self {
        Letters { most, next: 0, over: BTreeMap::new(), parked: BTreeMap::new(), marks: HashMap::new() }
    }

    /// `is_handled`: whether a mark has been made. Gives back what is retained no longer, and so does `handled`.
    pub(super) fn push(
        &mut self,
        letter: &Arc<DeadLetter>,
        is_handled: impl Fn(&InboxMark) -> bool,
    ) -> Option<Arc<DeadLetter>> {
        let number = self.next;
        self.next += 1;
        let Some(mark) = letter.parked_mark().filter(|mark| !is_handled(mark)) else {
            self.over.insert(number, Arc::clone(letter));
            return self.surplus();
        };
        self.parked.insert(number, Arc::clone(letter));
        let before = self.marks.insert(mark, number)?;
        self.is_over(before)
    }

    pub(super) fn handled(&mut self, mark: &InboxMark) -> Option<Arc<DeadLetter>> {
        let number = if self.marks.is_empty() { None } else { self.marks.remove(mark) };
        self.is_over(number?)
    }

    fn is_over(&mut self, number: u64) -> Option<Arc<DeadLetter>> {
        self.over.insert(number, self.parked.remove(&number)?);
        self.surplus()
    }

    /// It grows by one at a time.
    fn surplus(&mut self) -> Option<Arc<DeadLetter>> {
        (self.over.len() > self.most).then(|| self.over.pop_first()).flatten().map(|(_, letter)| letter)
    }

    /// In the order in which they were written.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<DeadLetter>> {
        let mut letters: Vec<_> = self.over.iter().chain(&self.parked).collect();
        letters.sort_unstable_by_key(|(number, _)| **number);
        letters.into_iter().map(|(_, letter)| letter)
    }

    pub(super) fn parked(&self) -> impl Iterator<Item = &Arc<DeadLetter>> {
        self.parked.values()
    }
}
