//! A disk in memory that fails as disks do: what is written is seen at once and is on the disk when it is synced, and until then
//! nobody knows. Knows files, names and processes, nothing of SQLite.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub type Inode = u64;
pub type ProcessId = u32;

/// Why the disk does not do what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Whoever asks is dead: killed, or the power is off.
    Gone,
    Io,
    Full,
}

/// What happens at an operation that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trip {
    /// The power fails, with the operation done or not; done is not told.
    Power { done: bool },
    /// The process that asks is killed.
    Kill { done: bool },
    /// The next write fails.
    WriteFails,
    /// The next sync fails: what it was about may never come to the disk, whatever later syncs say.
    SyncFails,
}

pub struct Disk(Mutex<State>);

struct State {
    names: BTreeMap<String, Inode>,
    /// The names as they are on the disk.
    stable_names: BTreeMap<String, Inode>,
    files: BTreeMap<Inode, File>,
    alive: BTreeSet<ProcessId>,
    is_off: bool,
    made: u64,
    /// Writes, cuts, syncs and removals so far.
    operations: u64,
    /// What happens at which of them.
    trip: Option<(u64, Trip)>,
    /// What happens so many operations after that.
    next: Option<(u64, Trip)>,
    /// How many bytes all files may have together.
    capacity: usize,
    /// It says that it synced, and did not.
    lies: bool,
    random: fastrand::Rng,
}

#[derive(Default)]
struct File {
    /// As everybody sees it.
    now: Vec<u8>,
    /// As it is on the disk.
    stable: Vec<u8>,
    /// What is to come to the disk.
    unsynced: Vec<Change>,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => put(to, *at, bytes),
            Change::Cut { length } => to.truncate(*length),
        }
    }
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if to.len() < at + bytes.len() {
        to.resize(at + bytes.len(), 0);
    }
    to[at..at + bytes.len()].copy_from_slice(bytes);
}

impl Disk {
    pub fn new(seed: u64) -> Self {
        Disk(Mutex::new(State {
            names: BTreeMap::new(),
            stable_names: BTreeMap::new(),
            files: BTreeMap::new(),
            alive: BTreeSet::new(),
            is_off: false,
            made: 0,
            operations: 0,
            trip: None,
            next: None,
            capacity: usize::MAX,
            lies: false,
            random: fastrand::Rng::with_seed(seed),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As `process`, if it lives.
    fn alive(&self, process: ProcessId) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.state();
        if state.alive.contains(&process) { Ok(state) } else { Err(Fault::Gone) }
    }

    /// On a machine that is off nobody begins to live.
    pub fn begin(&self, process: ProcessId) {
        let mut state = self.state();
        if !state.is_off {
            state.alive.insert(process);
        }
    }

    pub fn is_alive(&self, process: ProcessId) -> bool {
        self.state().alive.contains(&process)
    }

    /// Nothing reaches the disk from it any more. What it has written is seen by those who come after it.
    pub fn kill(&self, process: ProcessId) {
        self.state().alive.remove(&process);
    }

    /// The power is off: everybody is dead.
    pub fn switch_off(&self) {
        let mut state = self.state();
        state.is_off = true;
        state.alive.clear();
    }

    pub fn is_off(&self) -> bool {
        self.state().is_off
    }

    pub fn arm(&self, after: u64, trip: Trip) {
        self.arm_twice((after, trip), None);
    }

    /// `next`: what happens so many operations after the first, if that is one that a program survives.
    pub fn arm_twice(&self, (after, trip): (u64, Trip), next: Option<(u64, Trip)>) {
        let mut state = self.state();
        state.trip = Some((state.operations + after, trip));
        state.next = next;
    }

    pub fn disarm(&self) {
        let mut state = self.state();
        (state.trip, state.next) = (None, None);
    }

    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// So many bytes more, and the disk is full.
    pub fn leave_room(&self, bytes: usize) {
        let mut state = self.state();
        state.capacity = state.used() + bytes;
    }

    pub fn make_room(&self) {
        self.state().capacity = usize::MAX;
    }

    pub fn lie(&self) {
        self.state().lies = true;
    }

    /// The file of this name; a new one if there is none and one is to be made. True: it is new.
    pub fn open(&self, process: ProcessId, name: &str, make: bool) -> Result<Option<(Inode, bool)>, Fault> {
        let mut state = self.alive(process)?;
        if let Some(&inode) = state.names.get(name) {
            return Ok(Some((inode, false)));
        }
        if !make {
            return Ok(None);
        }
        let inode = state.make();
        state.names.insert(name.to_owned(), inode);
        Ok(Some((inode, true)))
    }

    /// A file without a name.
    pub fn temporary(&self, process: ProcessId) -> Result<Inode, Fault> {
        Ok(self.alive(process)?.make())
    }

    /// A name is taken away. The disk knows it when its directory is synced.
    pub fn remove(&self, process: ProcessId, name: &str, sync: bool) -> Result<bool, Fault> {
        let mut state = self.alive(process)?;
        let (done, outcome) = state.operate(process, Operation::Other)?;
        let found = done && state.names.remove(name).is_some();
        if done && sync {
            state.sync_names();
        }
        outcome.map(|()| found)
    }

    pub fn exists(&self, process: ProcessId, name: &str) -> Result<bool, Fault> {
        Ok(self.alive(process)?.names.contains_key(name))
    }

    /// How many bytes were read: fewer where the file ends.
    pub fn read(&self, process: ProcessId, file: Inode, at: usize, into: &mut [u8]) -> Result<usize, Fault> {
        let state = self.alive(process)?;
        let bytes = state.files[&file].now.get(at..).unwrap_or_default();
        let length = bytes.len().min(into.len());
        into[..length].copy_from_slice(&bytes[..length]);
        Ok(length)
    }

    pub fn write(&self, process: ProcessId, file: Inode, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        let mut state = self.alive(process)?;
        let (done, mut outcome) = state.operate(process, Operation::Write)?;
        if !done {
            return outcome;
        }
        let room = state.capacity.saturating_sub(state.used());
        let grows = (at + bytes.len()).saturating_sub(state.files[&file].now.len());
        let fits = if grows > room { bytes.len().saturating_sub(grows - room) } else { bytes.len() };
        if fits < bytes.len() {
            outcome = outcome.and(Err(Fault::Full));
        }
        if fits > 0 {
            state.change(file, Change::Write { at, bytes: bytes[..fits].to_vec() });
        }
        outcome
    }

    pub fn cut(&self, process: ProcessId, file: Inode, length: usize) -> Result<(), Fault> {
        let mut state = self.alive(process)?;
        let (done, outcome) = state.operate(process, Operation::Other)?;
        if done {
            state.change(file, Change::Cut { length });
        }
        outcome
    }

    pub fn sync(&self, process: ProcessId, file: Inode, names: bool) -> Result<(), Fault> {
        let mut state = self.alive(process)?;
        let (done, outcome) = state.operate(process, Operation::Sync)?;
        if outcome == Err(Fault::Io) {
            state.forget_some(file);
        } else if done && !state.lies {
            let file = state.files.entry(file).or_default();
            for change in file.unsynced.drain(..) {
                change.apply(&mut file.stable);
            }
            if names {
                state.sync_names();
            }
        }
        outcome
    }

    pub fn size(&self, process: ProcessId, file: Inode) -> Result<usize, Fault> {
        Ok(self.alive(process)?.files[&file].now.len())
    }

    /// The power is on again: of what was not synced there is what there is.
    pub fn switch_on(&self) {
        let mut state = self.state();
        let State { names, stable_names, files, trip, is_off, random, .. } = &mut *state;
        *trip = None;
        *is_off = false;
        let differ: BTreeSet<String> = (names.keys().chain(stable_names.keys()))
            .filter(|name| names.get(*name) != stable_names.get(*name))
            .cloned()
            .collect();
        for name in differ {
            let kept = if random.bool() { names.get(&name) } else { stable_names.get(&name) };
            match kept.copied() {
                Some(inode) => stable_names.insert(name, inode),
                None => stable_names.remove(&name),
            };
        }
        names.clone_from(stable_names);
        files.retain(|inode, _| names.values().any(|named| named == inode));
        // All of it, none of it, or what chance leaves.
        let kept = [0.0, 1.0, 0.5, random.f64()][random.usize(..4)];
        let sector = if random.bool() { 512 } else { 4096 };
        for file in files.values_mut() {
            for change in std::mem::take(&mut file.unsynced) {
                tear(&change, &mut file.stable, kept, sector, random);
            }
            file.now.clone_from(&file.stable);
        }
    }

    /// All files, as everybody sees them.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let state = self.state();
        state.names.iter().map(|(name, inode)| (name.clone(), state.files[inode].now.clone())).collect()
    }
}

#[derive(PartialEq, Eq)]
enum Operation {
    Write,
    Sync,
    Other,
}

impl State {
    fn make(&mut self) -> Inode {
        self.made += 1;
        self.files.insert(self.made, File::default());
        self.made
    }

    fn used(&self) -> usize {
        self.files.values().map(|file| file.now.len()).sum()
    }

    fn change(&mut self, file: Inode, change: Change) {
        let file = self.files.entry(file).or_default();
        change.apply(&mut file.now);
        file.unsynced.push(change);
    }

    fn sync_names(&mut self) {
        if !self.lies {
            self.stable_names.clone_from(&self.names);
        }
    }

    /// Counts an operation. Whether it is done, and what is told of it.
    fn operate(
        &mut self,
        process: ProcessId,
        operation: Operation,
    ) -> Result<(bool, Result<(), Fault>), Fault> {
        self.operations += 1;
        let Some((at, trip)) = self.trip.filter(|(at, _)| *at <= self.operations) else {
            return Ok((true, Ok(())));
        };
        debug_assert!(at <= self.operations);
        let done = match (trip, operation) {
            (Trip::Power { done }, _) => {
                self.is_off = true;
                self.alive.clear();
                done
            }
            (Trip::Kill { done }, _) => {
                self.alive.remove(&process);
                done
            }
            (Trip::WriteFails, Operation::Write) | (Trip::SyncFails, Operation::Sync) => {
                let operations = self.operations;
                self.trip = self.next.take().map(|(after, trip)| (operations + after, trip));
                return Ok((false, Err(Fault::Io)));
            }
            (Trip::WriteFails | Trip::SyncFails, _) => return Ok((true, Ok(()))),
        };
        self.trip = None;
        Ok((done, Err(Fault::Gone)))
    }

    /// What the system could not write it takes for written: everybody still sees it, and some of it never comes to the disk.
    fn forget_some(&mut self, file: Inode) {
        let State { files, random, .. } = self;
        files.entry(file).or_default().unsynced.retain(|_| random.bool());
    }
}

/// Of a change, each sector is there or not, and one of them half.
fn tear(change: &Change, to: &mut Vec<u8>, kept: f64, sector: usize, random: &mut fastrand::Rng) {
    let Change::Write { at, bytes } = change else {
        if random.f64() < kept {
            change.apply(to);
        }
        return;
    };
    let mut from = 0;
    while from < bytes.len() {
        // Sectors are the disk's, wherever the write begins.
        let until = (from + sector - (at + from) % sector).min(bytes.len());
        if random.f64() < kept {
            put(to, at + from, &bytes[from..until]);
        } else if random.u8(..8) == 0 {
            let middle = random.usize(from..=until);
            put(to, at + from, &bytes[from..middle]);
        } else if random.u8(..8) == 0 && to.len() <= at + from {
            // The file has grown, and what it has grown by was not written.
            let found: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(until - from).collect();
            put(to, at + from, &found);
        }
        from = until;
    }
}
