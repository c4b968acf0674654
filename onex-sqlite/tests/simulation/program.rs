//! A running program as its disk and its system see it, and the gate at which its writer waits.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

use onex_sqlite::Options;

use crate::disk::{Disk, ProcessId};
use crate::locks::{Handle, Locks};

/// What outlives programs.
pub struct Machine {
    pub disk: Disk,
    pub locks: Locks,
    made: AtomicU64,
}

impl Machine {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Machine { disk: Disk::new(seed), locks: Locks::default(), made: AtomicU64::new(0) })
    }
}

pub struct Program {
    pub id: ProcessId,
    pub machine: Arc<Machine>,
    pub gate: Gate,
    /// How many transactions its writer is through with, and all that follows from them.
    written: AtomicU64,
    /// How often it has written to the file itself, and not to its log.
    copied: AtomicU64,
}

impl Program {
    pub fn begin(machine: &Arc<Machine>) -> Arc<Self> {
        let id = machine.made.fetch_add(1, Ordering::Relaxed) as ProcessId;
        machine.disk.begin(id);
        Arc::new(Program {
            id,
            machine: Arc::clone(machine),
            gate: Gate::default(),
            written: AtomicU64::new(0),
            copied: AtomicU64::new(0),
        })
    }

    pub fn is_alive(&self) -> bool {
        self.machine.disk.is_alive(self.id)
    }

    /// A transaction begins, on the writer's thread.
    pub fn begins_to_write(self: &Arc<Self>) {
        WRITES.set(Some(Arc::clone(self)));
        self.gate.pass();
    }

    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    pub fn copies(&self) {
        self.copied.fetch_add(1, Ordering::Relaxed);
    }

    pub fn copied(&self) -> u64 {
        self.copied.load(Ordering::Relaxed)
    }

    /// Its threads go on and reach nothing.
    pub fn kill(&self) {
        self.machine.disk.kill(self.id);
        self.machine.locks.release(self.id);
        self.gate.open();
    }

    pub fn handle(&self) -> Handle {
        (self.id, self.machine.made.fetch_add(1, Ordering::Relaxed))
    }
}

/// Where a writer waits before it takes the lock to write, so that who drives the simulation says when, and with what company.
#[derive(Default)]
pub struct Gate {
    state: Mutex<State>,
    opened: Condvar,
}

#[derive(Default)]
struct State {
    /// Who is told that somebody waits. Absent: the gate is open for all.
    keeper: Option<Thread>,
    waits: bool,
    let_in: bool,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nobody passes before [`Gate::let_in`].
    pub fn close(&self, keeper: Thread) {
        *self.state() = State { keeper: Some(keeper), ..State::default() };
    }

    pub fn open(&self) {
        self.state().keeper = None;
        self.opened.notify_all();
    }

    pub fn is_open(&self) -> bool {
        self.state().keeper.is_none()
    }

    pub fn is_somebody_waiting(&self) -> bool {
        self.state().waits
    }

    /// Lets in who waits, and nobody else.
    pub fn let_in(&self) {
        let mut state = self.state();
        state.let_in = state.waits;
        state.waits = false;
        self.opened.notify_all();
    }

    fn tell_keeper(&self) {
        if let Some(keeper) = &self.state().keeper {
            keeper.unpark();
        }
    }

    pub fn pass(&self) {
        let mut state = self.state();
        let Some(keeper) = state.keeper.clone() else { return };
        (state.waits, state.let_in) = (true, false);
        keeper.unpark();
        while state.keeper.is_some() && !state.let_in {
            state = self.opened.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (state.waits, state.let_in) = (false, false);
    }
}

thread_local! {
    /// The program that opens its journal on this thread.
    static OPENS: RefCell<Option<Arc<Program>>> = const { RefCell::new(None) };
    /// The program that has begun a transaction on this thread.
    static WRITES: RefCell<Option<Arc<Program>>> = const { RefCell::new(None) };
}

/// How a program opens its journal, through the VFS of this name.
pub fn options(program: &Arc<Program>, vfs: &'static str) -> Options {
    OPENS.set(Some(Arc::clone(program)));
    let mut options = Options::default().vfs(vfs);
    options.write_anew = Some(write_anew);
    options.after_writing = Some(after_writing);
    options
}

/// The log is copied, or not, and whoever waits for what was written may go on.
fn after_writing() {
    if let Some(program) = WRITES.take() {
        program.written.fetch_add(1, Ordering::Release);
        program.gate.tell_keeper();
    }
}

/// As the journal does it in a file system.
fn write_anew(log: &Path) -> io::Result<()> {
    let program = OPENS.take().ok_or_else(|| io::Error::other("nobody opens a journal"))?;
    let (disk, id) = (&program.machine.disk, program.id);
    let failed = |fault| io::Error::other(format!("{fault:?}"));
    let Some((file, _)) = disk.open(id, &log.to_string_lossy(), false).map_err(failed)? else {
        return Ok(());
    };
    let (mut piece, mut at) = ([0; 16 * 1024], 0);
    loop {
        let length = disk.read(id, file, at, &mut piece).map_err(failed)?;
        if length == 0 {
            return disk.sync(id, file, false).map_err(failed);
        }
        disk.write(id, file, at, &piece[..length]).map_err(failed)?;
        at += length;
    }
}
