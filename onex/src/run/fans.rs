//! The lists of a run that were counted: which instances may begin, which lists have come to their end. Knows nothing of what
//! became of the instances.
//!
//! What is asked at each turn is kept and not looked for: a run may have as many lists as its plan has steps.

use super::plan::StepId;
use super::ready::ReadySet;

/// The instances of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fan {
    step: StepId,
    /// The number of the first instance; the others follow.
    first: u32,
    items: u32,
    /// How many may be in flight at once.
    most: u32,
    /// How many are not final.
    open: u32,
    in_flight: u32,
    /// Those that may be dispatched, counted from the first.
    ready: ReadySet,
    /// The step is done again since, and these are its instances no more. They keep their numbers.
    is_over: bool,
}

/// All that were counted, by their numbers: in the order in which they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fans {
    all: Vec<Fan>,
    /// Those of which an instance may begin as soon as the run has room for one.
    ready: ReadySet,
    /// Those whose instances are all final, while their steps are not.
    ended: ReadySet,
    /// How many there are whose steps are not final.
    open: u32,
}

impl Fan {
    /// The instances begin at the number `first`, and none of them may be dispatched yet.
    pub(super) fn new(step: StepId, first: u32, items: u32, most: u32) -> Self {
        let ready = ReadySet::new(items as usize);
        Self { step, first, items, most, open: items, in_flight: 0, ready, is_over: false }
    }

    /// The same in a run that goes on from one of its steps. Nothing of it is done any more.
    pub(super) fn kept(&self, is_over: bool) -> Self {
        Self { open: 0, ready: ReadySet::new(0), is_over, ..Self::new(self.step, self.first, self.items, 0) }
    }

    pub(super) fn step(&self) -> StepId {
        self.step
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Each of its instances is final.
    pub(super) fn has_ended(&self) -> bool {
        self.open == 0
    }

    /// Which of its instances, from 0.
    pub(super) fn entry(&self, instance: StepId) -> u32 {
        instance.0 - self.first
    }

    /// The places of its instances among all steps.
    pub(super) fn instances(&self) -> std::ops::Range<usize> {
        self.first as usize..(self.first + self.items) as usize
    }

    fn has_turn(&self) -> bool {
        self.in_flight < self.most && !self.ready.is_empty()
    }
}

impl Fans {
    /// With room for `most` lists.
    pub(super) fn new(most: usize) -> Self {
        Self { all: Vec::new(), ready: ReadySet::new(most), ended: ReadySet::new(most), open: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn get(&self, number: u32) -> &Fan {
        &self.all[number as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Fan> {
        self.all.iter()
    }

    /// Takes in one whose step is final, and gives its number.
    pub(super) fn keep(&mut self, fan: Fan) -> u32 {
        self.all.push(fan);
        self.all.len() as u32 - 1
    }

    /// Takes in one whose step goes over it from now on, and gives its number.
    pub(super) fn open(&mut self, fan: Fan) -> u32 {
        let has_ended = fan.has_ended();
        let number = self.keep(fan);
        self.ended.put(StepId(number), has_ended);
        self.open += 1;
        number
    }

    /// Its step is final.
    pub(super) fn close(&mut self, number: u32) {
        self.ended.remove(StepId(number));
        self.open -= 1;
    }

    /// Some step goes over a list.
    pub(super) fn is_any_open(&self) -> bool {
        self.open > 0
    }

    /// The first whose step is to end.
    pub(super) fn first_ended(&self) -> Option<&Fan> {
        Some(self.get(self.ended.first()?.0))
    }

    /// The instance whose turn it is: of the list that was counted first, the first.
    pub(super) fn next_instance(&self) -> Option<StepId> {
        let fan = self.get(self.ready.first()?.0);
        Some(StepId(fan.first + fan.ready.first()?.0))
    }

    pub(super) fn may_begin(&self, number: u32, instance: StepId) -> bool {
        let fan = self.get(number);
        fan.has_turn() && fan.ready.contains(StepId(fan.entry(instance)))
    }

    /// An instance may be dispatched when its turn comes.
    pub(super) fn make_ready(&mut self, number: u32, instance: StepId) {
        self.change(number, |fan| fan.ready.insert(StepId(fan.entry(instance))));
    }

    pub(super) fn enter_flight(&mut self, number: u32, instance: StepId) {
        self.change(number, |fan| {
            fan.ready.remove(StepId(fan.entry(instance)));
            fan.in_flight += 1;
        });
    }

    pub(super) fn leave_flight(&mut self, number: u32) {
        self.change(number, |fan| fan.in_flight -= 1);
    }

    /// An instance is final.
    pub(super) fn finish(&mut self, number: u32, instance: StepId) {
        self.change(number, |fan| {
            fan.ready.remove(StepId(fan.entry(instance)));
            fan.open -= 1;
        });
        self.ended.put(StepId(number), self.get(number).has_ended());
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Fan)) {
        let fan = &mut self.all[number as usize];
        change(fan);
        self.ready.put(StepId(number), fan.has_turn());
    }
}
