//! The runs that are alive: who drives each, or that it is asleep; how to stop one, and who waits for it.

use std::collections::hash_map::Entry;
use std::mem;
use std::sync::{Arc, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::arrivals::Arrival;
use super::asleep::{Asleep, Chore, Sleepers, Woken};
use super::control::{Control, ControlError, Order, Reply};
use super::report::RunReport;
use super::run_handle::RunLost;
use super::sync::{Mutex, MutexGuard, Notify};
use super::watch::Watch;
use crate::hashing::IdMap;
use crate::message::RunId;

/// What waits for a run.
pub(crate) type Waiter = oneshot::Sender<Result<RunReport, RunLost>>;

/// The runs that are alive.
#[derive(Debug, Default)]
pub(crate) struct LiveRuns {
    state: Mutex<State>,
    /// Tells whoever looks after the runs that are asleep that one more is, or one less.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    runs: IdMap<RunId, LiveRun>,
    sleepers: Sleepers,
}

#[derive(Debug)]
struct LiveRun {
    is: Is,
    /// Almost always there is none or one.
    #[expect(clippy::box_collection, reason = "most runs have nobody who waits for them")]
    waiters: Option<Box<Vec<Waiter>>>,
}

#[derive(Debug)]
enum Is {
    Driven(Arc<Control>),
    Asleep(Box<Asleep>),
}

/// A driver's entry. Dropping it removes the run, whose waiters then learn that it is lost.
#[derive(Debug)]
pub(crate) struct LiveGuard {
    live: Arc<LiveRuns>,
    run: RunId,
    /// The run is not asleep, and not over.
    is_driven: bool,
}

impl LiveRun {
    /// Of those who do not wait any more.
    fn forget_waiters(&mut self) {
        if let Some(waiters) = &mut self.waiters {
            waiters.retain(|waiter| !waiter.is_closed());
        }
        self.waiters = self.waiters.take().filter(|waiters| !waiters.is_empty());
    }

    fn driven(control: Arc<Control>) -> Self {
        LiveRun { is: Is::Driven(control), waiters: None }
    }

    /// Of one that is not asleep.
    fn control(&self) -> Option<&Arc<Control>> {
        match &self.is {
            Is::Driven(control) => Some(control),
            Is::Asleep(_) => None,
        }
    }
}

impl State {
    /// How a run is told what to do, if it is alive. One that is asleep wakes.
    fn control(&mut self, run: RunId) -> Option<&Arc<Control>> {
        let live = self.runs.get_mut(&run)?;
        if let Is::Asleep(_) = live.is {
            let control = Arc::<Control>::default();
            if let Is::Asleep(asleep) = mem::replace(&mut live.is, Is::Driven(Arc::clone(&control))) {
                self.sleepers.wake(Woken { run, control, asleep });
            }
        }
        live.control()
    }
}

impl LiveRuns {
    /// Enters a run, whose driver hears what `control` is given.
    pub(crate) fn enter(self: &Arc<Self>, run: RunId, control: Arc<Control>) -> LiveGuard {
        self.lock().runs.insert(run, LiveRun::driven(control));
        self.guard(run)
    }

    /// The same, if the run is not live already.
    pub(crate) fn try_enter(self: &Arc<Self>, run: RunId, control: Arc<Control>) -> Option<LiveGuard> {
        let mut state = self.lock();
        let Entry::Vacant(entry) = state.runs.entry(run) else { return None };
        entry.insert(LiveRun::driven(control));
        Some(self.guard(run))
    }

    /// Expects a run that is entered, and not asleep.
    pub(crate) fn guard(self: &Arc<Self>, run: RunId) -> LiveGuard {
        LiveGuard { live: Arc::clone(self), run, is_driven: true }
    }

    /// Asks a run to stop. True if it is live and was not asked before.
    pub(crate) fn cancel(&self, run: RunId, reason: Arc<str>) -> bool {
        self.tell(run, |control| control.cancel(reason)).unwrap_or(false)
    }

    /// Asks a run to stop and not to be undone. True if it is live and was not asked for that before.
    pub(crate) fn kill(&self, run: RunId, reason: Arc<str>) -> bool {
        self.tell(run, |control| control.kill(reason)).unwrap_or(false)
    }

    /// Asks every run to stop of which something is under way; gives back how many were not asked before.
    pub(crate) fn cancel_busy(&self, reason: &Arc<str>) -> usize {
        let state = self.lock();
        let busy = state.runs.values().filter_map(LiveRun::control).filter(|control| !control.is_resting());
        busy.filter(|control| control.cancel(Arc::clone(reason))).count()
    }

    /// Has every driver look again what there is to do.
    pub(crate) fn nudge_all(&self) {
        self.lock().runs.values().filter_map(LiveRun::control).for_each(|control| control.give(Order::Look));
    }

    /// The same for one. One that is asleep wakes.
    pub(crate) fn nudge(&self, run: RunId) {
        self.tell(run, |control| control.give(Order::Look));
    }

    /// Whether a run has a driver: it is alive, and not asleep.
    pub(crate) fn is_driven(&self, run: RunId) -> bool {
        self.lock().runs.get(&run).is_some_and(|live| live.control().is_some())
    }

    /// Gives a driver an order and waits until it is carried out and committed.
    pub(crate) async fn order(
        &self,
        run: RunId,
        order: impl FnOnce(Reply) -> Order,
    ) -> Result<(), ControlError> {
        let (reply, answer) = oneshot::channel();
        // Where the driver goes, the order goes with it, and who waits learns that there is no answer.
        self.tell(run, |control| control.give(order(reply))).ok_or(ControlError::NotLive { run })?;
        match answer.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(state)) => Err(ControlError::Stopping { run, state }),
            Err(_) => Err(ControlError::NotLive { run }),
        }
    }

    /// Brings an event to a driver; gives it back if the run is not live.
    pub(crate) fn bring(&self, run: RunId, arrival: Arrival) -> Result<(), Arrival> {
        let mut arrival = Some(arrival);
        self.tell(run, |control| {
            arrival.take().into_iter().for_each(|arrival| control.give(Order::Take(arrival)));
        });
        arrival.map_or(Ok(()), Err)
    }

    /// Takes a run from its driver; one that is asleep has none, and gets one. None: it is not at rest, or over.
    pub(crate) async fn leave(&self, run: RunId) -> Option<(LiveGuard, Arc<Control>)> {
        let (wanted, left) = oneshot::channel();
        self.tell(run, |control| control.give(Order::Leave(wanted)))?;
        left.await.ok()
    }

    /// Watches a run, from what is committed of it on.
    pub(crate) async fn watch(&self, run: RunId) -> Result<Watch, ControlError> {
        let (watcher, shown) = oneshot::channel();
        let told = self.tell(run, |control| control.give(Order::Watch { watcher }));
        told.ok_or(ControlError::NotLive { run })?;
        shown.await.map(|shown| Watch::new(run, shown)).map_err(|_| ControlError::NotLive { run })
    }

    /// How many runs are paused.
    pub(crate) fn paused(&self) -> usize {
        let is_paused = |live: &&LiveRun| match &live.is {
            Is::Driven(control) => control.is_paused(),
            Is::Asleep(asleep) => asleep.clocks.are_paused(),
        };
        self.lock().runs.values().filter(is_paused).count()
    }

    /// Tells a run something, if it is live. Under the lock: a run that hears it has not gone to sleep meanwhile.
    fn tell<T>(&self, run: RunId, say: impl FnOnce(&Control) -> T) -> Option<T> {
        let mut state = self.lock();
        let asleep = state.sleepers.count();
        let told = say(state.control(run)?);
        if state.sleepers.count() < asleep {
            self.changed.notify_one();
        }
        Some(told)
    }

    /// Puts a run to sleep, unless it has been told something that it has not heard: `None`. True: nobody looks after
    /// those who are asleep yet.
    pub(crate) fn put_to_sleep(
        &self,
        run: RunId,
        control: &Control,
        asleep: impl FnOnce() -> Option<(LiveGuard, Asleep)>,
    ) -> Option<bool> {
        let mut state = self.lock();
        let State { runs, sleepers } = &mut *state;
        let live = runs.get_mut(&run).filter(|_| !control.has_orders())?;
        let (mut guard, asleep) = asleep()?;
        guard.is_driven = false;
        sleepers.add(run, &asleep);
        live.is = Is::Asleep(Box::new(asleep));
        live.forget_waiters();
        self.changed.notify_one();
        Some(!mem::replace(&mut sleepers.attended, true))
    }

    /// What is to be done for those who are asleep: `now` says who has to wake.
    pub(crate) fn chore(&self, now: Instant) -> Chore {
        let mut state = self.lock();
        while let Some(run) = state.sleepers.overdue(now) {
            state.control(run);
        }
        state.sleepers.chore()
    }

    /// Waits until there is one more who is asleep, or one less.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// When the first of those who are asleep wakes by itself.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.lock().sleepers.next_due()
    }

    /// How many are asleep.
    pub(crate) fn asleep(&self) -> usize {
        self.lock().sleepers.count()
    }

    /// Lets go of all who are asleep; whoever waits for one learns that it is not driven here any more. Gives back how
    /// many there were.
    pub(crate) fn leave_asleep(&self) -> usize {
        self.let_go(|_| {})
    }

    /// The same, by who looked after them and does not any more.
    pub(crate) fn leave_unattended(&self) {
        self.let_go(|sleepers| sleepers.attended = false);
    }

    fn let_go(&self, and: impl FnOnce(&mut Sleepers)) -> usize {
        let (left, woken) = {
            let mut state = self.lock();
            let State { runs, sleepers } = &mut *state;
            let (woken, mut left) = (sleepers.leave(), Vec::new());
            and(sleepers);
            left.extend(woken.iter().filter_map(|woken| runs.remove(&woken.run)));
            left.extend(runs.extract_if(|_, live| matches!(live.is, Is::Asleep(_))).map(|(_, live)| live));
            (left, woken)
        };
        self.changed.notify_one();
        // What they hold is dropped now that the lock is free: it may want to know of those who are left.
        drop(woken);
        left.len()
    }

    /// Waits for a run. `None`: it is not live.
    pub(crate) fn wait(&self, run: RunId) -> Option<oneshot::Receiver<Result<RunReport, RunLost>>> {
        let mut state = self.lock();
        let live = state.runs.get_mut(&run)?;
        let (waiter, report) = oneshot::channel();
        live.waiters.get_or_insert_default().push(waiter);
        Some(report)
    }

    pub(crate) fn ids(&self) -> Vec<RunId> {
        let mut ids: Vec<RunId> = self.lock().runs.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveGuard {
    /// The run is over: tells whoever waits.
    pub(crate) fn finish(mut self, outcome: &Result<RunReport, RunLost>) {
        // Whoever is told may enter the run again at once: what is entered from here on is not this driver's.
        self.is_driven = false;
        let live = self.live.lock().runs.remove(&self.run);
        for waiter in live.and_then(|live| live.waiters).into_iter().flat_map(|waiters| *waiters) {
            // Whoever does not wait any more does not care.
            let _ = waiter.send(outcome.clone());
        }
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        if self.is_driven {
            self.live.lock().runs.remove(&self.run);
        }
    }
}

#[cfg(test)]
mod tests;
