//! What an operating system keeps of open files: locks, and memory that processes share. It ends with those who hold it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{Inode, ProcessId};

/// One opening of a file.
pub type Handle = (ProcessId, u64);

/// Shared memory, in pieces of the size that SQLite maps.
pub type Region = [AtomicU64; REGION / 8];
pub const REGION: usize = 32 * 1024;

/// How far a handle has come with a database: nothing, reading, about to write, waiting for readers, alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    #[default]
    None,
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

#[derive(Default)]
pub struct Locks(Mutex<BTreeMap<Inode, Of>>);

#[derive(Default)]
struct Of {
    levels: BTreeMap<Handle, Level>,
    /// Which of the slots of the shared memory a handle shares, and which it has alone.
    slots: BTreeMap<Handle, (u8, u8)>,
    regions: Vec<Arc<Region>>,
}

impl Locks {
    fn of(&self) -> MutexGuard<'_, BTreeMap<Inode, Of>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False: somebody is in the way.
    pub fn lock(&self, file: Inode, handle: Handle, wanted: Level) -> bool {
        let mut of = self.of();
        let levels = &mut of.entry(file).or_default().levels;
        let mine = levels.get(&handle).copied().unwrap_or_default();
        let highest = levels.iter().filter(|(of, _)| **of != handle).map(|(_, level)| *level).max();
        let highest = highest.unwrap_or_default();
        let (reached, is_there) = match wanted {
            level if level <= mine => (mine, true),
            Level::None | Level::Shared if highest < Level::Pending => (Level::Shared, true),
            Level::Reserved if highest < Level::Reserved => (Level::Reserved, true),
            Level::Pending | Level::Exclusive if highest < Level::Shared => (Level::Exclusive, true),
            Level::Pending | Level::Exclusive if highest < Level::Reserved => (Level::Pending, false),
            _ => (mine, false),
        };
        levels.insert(handle, reached);
        is_there
    }

    pub fn unlock(&self, file: Inode, handle: Handle, to: Level) {
        let mut of = self.of();
        if let Some(level) = of.entry(file).or_default().levels.get_mut(&handle) {
            *level = (*level).min(to);
        }
    }

    /// Somebody is about to write.
    pub fn is_reserved(&self, file: Inode) -> bool {
        self.of().entry(file).or_default().levels.values().any(|level| *level >= Level::Reserved)
    }

    /// A piece of the memory that those share who have this file open; the first of them finds none.
    pub fn map(&self, file: Inode, handle: Handle, index: usize, extend: bool) -> Option<Arc<Region>> {
        let mut of = self.of();
        let of = of.entry(file).or_default();
        if of.slots.is_empty() {
            of.regions.clear();
        }
        of.slots.entry(handle).or_default();
        while extend && of.regions.len() <= index {
            of.regions.push(Arc::new([const { AtomicU64::new(0) }; REGION / 8]));
        }
        of.regions.get(index).cloned()
    }

    /// `slots`: a bit for each. False: somebody is in the way.
    pub fn lock_slots(&self, file: Inode, handle: Handle, slots: u8, alone: bool) -> bool {
        let mut of = self.of();
        let of = of.entry(file).or_default();
        let in_the_way =
            |(shared, exclusive): &(u8, u8)| exclusive & slots != 0 || (alone && shared & slots != 0);
        if of.slots.iter().any(|(other, held)| *other != handle && in_the_way(held)) {
            return false;
        }
        let (shared, exclusive) = of.slots.entry(handle).or_default();
        *(if alone { exclusive } else { shared }) |= slots;
        true
    }

    pub fn unlock_slots(&self, file: Inode, handle: Handle, slots: u8) {
        let mut of = self.of();
        if let Some((shared, exclusive)) = of.entry(file).or_default().slots.get_mut(&handle) {
            *shared &= !slots;
            *exclusive &= !slots;
        }
    }

    pub fn unmap(&self, file: Inode, handle: Handle) {
        self.of().entry(file).or_default().slots.remove(&handle);
    }

    pub fn close(&self, file: Inode, handle: Handle) {
        let mut of = self.of();
        let of = of.entry(file).or_default();
        of.levels.remove(&handle);
        of.slots.remove(&handle);
    }

    /// The process has ended.
    pub fn release(&self, process: ProcessId) {
        for of in self.of().values_mut() {
            of.levels.retain(|(owner, _), _| *owner != process);
            of.slots.retain(|(owner, _), _| *owner != process);
        }
    }
}
