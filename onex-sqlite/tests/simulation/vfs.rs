//! SQLite's door to the simulated disk: a VFS, which is a table of C functions. This is the one place of the crate with `unsafe`, and it
//! has nothing but the way from C to Rust: each function takes its pointers apart and asks [`Disk`](super::disk::Disk) or
//! [`Locks`](super::locks::Locks).
//!
//! What holds throughout, because SQLite promises it: the pointer to a file is the one that `xOpen` was given, between a successful
//! `xOpen` and `xClose`; each file is used by one thread at a time; buffers are as long as is said; names are C strings.
#![allow(
    unsafe_code,
    reason = "SQLite's interface for file systems is one of C; what it is given is argued for above"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{ptr, slice};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_vfs};

use crate::disk::{Fault, Inode};
use crate::locks::{Handle, Level, REGION, Region};
use crate::program::Program;

/// A VFS that is registered for as long as the process lives, lent to one program after the other.
struct Slot {
    name: &'static str,
    program: Mutex<Option<Arc<Program>>>,
}

static FREE: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new());

/// The VFS of one program, given back when this is dropped.
pub struct Mounted(&'static Slot);

impl Mounted {
    pub fn of(program: &Arc<Program>) -> Self {
        let slot = locked(&FREE).pop().unwrap_or_else(Slot::register);
        *locked(&slot.program) = Some(Arc::clone(program));
        Mounted(slot)
    }

    /// As SQLite knows it.
    pub fn name(&self) -> &'static str {
        self.0.name
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        *locked(&self.0.program) = None;
        locked(&FREE).push(self.0);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    fn register() -> &'static Slot {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = CString::new(format!("simulated-{}", MADE.fetch_add(1, Ordering::Relaxed)))
            .expect("it has no zero in it");
        let name: &'static CStr = Box::leak(name.into_boxed_c_str());
        let text = name.to_str().expect("it is ASCII");
        let slot: &'static Slot = Box::leak(Box::new(Slot { name: text, program: Mutex::new(None) }));
        let vfs = Box::leak(Box::new(sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<File>() as c_int,
            mxPathname: 1024,
            pNext: ptr::null_mut(),
            zName: name.as_ptr(),
            pAppData: ptr::from_ref(slot).cast_mut().cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the table and all that it points to live for ever.
        let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(registered, ffi::SQLITE_OK, "SQLite takes a VFS");
        slot
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// What SQLite makes room for, and takes for its own `sqlite3_file`.
#[repr(C)]
struct File {
    base: sqlite3_file,
    opened: *mut Opened,
}

struct Opened {
    program: Arc<Program>,
    file: Inode,
    handle: Handle,
    /// It is a log that may have been made: its first sync is its directory's, too, as on Unix.
    syncs_names: bool,
    is_the_file: bool,
    /// As long as SQLite may point into them.
    regions: Vec<Arc<Region>>,
    locked: Level,
}

fn code(fault: Fault, otherwise: c_int) -> c_int {
    match fault {
        Fault::Full => ffi::SQLITE_FULL,
        Fault::Io | Fault::Gone => otherwise,
    }
}

fn told(outcome: Result<(), Fault>, otherwise: c_int) -> c_int {
    outcome.map_or_else(|fault| code(fault, otherwise), |()| ffi::SQLITE_OK)
}

/// The program whose VFS this is.
fn program(vfs: *mut sqlite3_vfs) -> Option<Arc<Program>> {
    // SAFETY: SQLite passes the table that was registered, whose data is a slot that lives for ever.
    let slot = unsafe { &*(*vfs).pAppData.cast::<Slot>() };
    locked(&slot.program).clone()
}

fn text(name: *const c_char) -> Option<String> {
    // SAFETY: a name is a C string or absent.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned())
}

/// What `open` left in a file.
fn opened<'a>(file: *mut sqlite3_file) -> &'a mut Opened {
    // SAFETY: `open` succeeded for this file and `close` was not called, so the box is there; one thread uses it at a time.
    unsafe { &mut *(*file.cast::<File>()).opened }
}

/// Writes a result where SQLite wants it.
fn answer<T>(at: *mut T, value: T) {
    if !at.is_null() {
        // SAFETY: SQLite passes a place for one value of this type.
        unsafe { at.write(value) };
    }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    into: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let into = into.cast::<File>();
    // SAFETY: SQLite passes as many bytes as `szOsFile` says. Without methods, it does not close what was not opened.
    unsafe { into.write(File { base: sqlite3_file { pMethods: ptr::null() }, opened: ptr::null_mut() }) };
    let Some(program) = program(vfs) else { return ffi::SQLITE_CANTOPEN };
    let disk = &program.machine.disk;
    let file = match text(name) {
        Some(name) => {
            let made = disk.open(program.id, &name, flags & ffi::SQLITE_OPEN_CREATE != 0);
            let Ok(Some((file, is_new))) = made else { return ffi::SQLITE_CANTOPEN };
            if is_new && flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
                // Others look whether there is a file.
                let _ = std::fs::write(Path::new(&name), "");
            }
            file
        }
        None => match disk.temporary(program.id) {
            Ok(file) => file,
            Err(_) => return ffi::SQLITE_CANTOPEN,
        },
    };
    let is_log = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
    let handle = program.handle();
    let syncs_names = is_log && flags & ffi::SQLITE_OPEN_CREATE != 0;
    let is_the_file = flags & ffi::SQLITE_OPEN_MAIN_DB != 0;
    let (regions, locked) = (Vec::new(), Level::None);
    let opened = Opened { program, file, handle, syncs_names, is_the_file, regions, locked };
    let opened = Box::into_raw(Box::new(opened));
    // SAFETY: as above.
    unsafe { into.write(File { base: sqlite3_file { pMethods: &raw const METHODS }, opened }) };
    answer(out_flags, flags);
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` made the box, and SQLite closes a file once.
    let opened = unsafe { Box::from_raw((*file.cast::<File>()).opened) };
    opened.program.machine.locks.close(opened.file, opened.handle);
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let (Some(program), Some(name)) = (program(vfs), text(name)) else { return ffi::SQLITE_IOERR_DELETE };
    match program.machine.disk.remove(program.id, &name, sync != 0) {
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(fault) => code(fault, ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    found: *mut c_int,
) -> c_int {
    let (Some(program), Some(name)) = (program(vfs), text(name)) else { return ffi::SQLITE_IOERR_ACCESS };
    match program.machine.disk.exists(program.id, &name) {
        Ok(exists) => answer(found, c_int::from(exists)),
        Err(fault) => return code(fault, ffi::SQLITE_IOERR_ACCESS),
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    into: *mut c_char,
) -> c_int {
    // SAFETY: a name is a C string.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > usize::try_from(room).unwrap_or(0) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: there is room for as much, and SQLite does not pass the same place twice.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), into, bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_vfs: *mut sqlite3_vfs, length: c_int, into: *mut c_char) -> c_int {
    // SAFETY: the buffer is as long as is said.
    let into = unsafe { slice::from_raw_parts_mut(into.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    // Not the thread's own numbers, which are the simulation's.
    static ASKED: AtomicU64 = AtomicU64::new(0);
    fastrand::Rng::with_seed(ASKED.fetch_add(1, Ordering::Relaxed)).fill(into);
    length
}

/// Who waits for a lock waits for a thread, which takes real time.
unsafe extern "C" fn sleep(_vfs: *mut sqlite3_vfs, micros: c_int) -> c_int {
    std::thread::sleep(Duration::from_micros(u64::try_from(micros).unwrap_or(0).min(200)));
    micros
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

unsafe extern "C" fn current_time_ms(_vfs: *mut sqlite3_vfs, into: *mut sqlite3_int64) -> c_int {
    // Since noon of the day on which Julian days begin.
    answer(into, 210_866_760_000_000 + unix_ms());
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time(_vfs: *mut sqlite3_vfs, into: *mut f64) -> c_int {
    answer(into, 2_440_587.5 + unix_ms() as f64 / 86_400_000.0);
    ffi::SQLITE_OK
}

/// A place in a file, which is never negative.
fn place(at: sqlite3_int64) -> usize {
    usize::try_from(at).unwrap_or(0)
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    let opened = opened(file);
    // SAFETY: the buffer is as long as is said.
    let into = unsafe { slice::from_raw_parts_mut(into.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    match opened.program.machine.disk.read(opened.program.id, opened.file, place(at), into) {
        Ok(length) if length == into.len() => ffi::SQLITE_OK,
        Ok(length) => {
            into[length..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(fault) => code(fault, ffi::SQLITE_IOERR_READ),
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    let opened = opened(file);
    // SAFETY: the buffer is as long as is said.
    let from = unsafe { slice::from_raw_parts(from.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    if opened.is_the_file {
        opened.program.copies();
    }
    let written = opened.program.machine.disk.write(opened.program.id, opened.file, place(at), from);
    told(written, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    let opened = opened(file);
    let cut = opened.program.machine.disk.cut(opened.program.id, opened.file, place(length));
    told(cut, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    let opened = opened(file);
    let synced = opened.program.machine.disk.sync(opened.program.id, opened.file, opened.syncs_names);
    if synced.is_ok() {
        opened.syncs_names = false;
    }
    told(synced, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, into: *mut sqlite3_int64) -> c_int {
    let opened = opened(file);
    match opened.program.machine.disk.size(opened.program.id, opened.file) {
        Ok(size) => answer(into, size as sqlite3_int64),
        Err(fault) => return code(fault, ffi::SQLITE_IOERR_FSTAT),
    }
    ffi::SQLITE_OK
}

fn level(wanted: c_int) -> Level {
    match wanted {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, wanted: c_int) -> c_int {
    let opened = opened(file);
    if !opened.program.is_alive() {
        return ffi::SQLITE_IOERR_LOCK;
    }
    let wanted = level(wanted);
    if wanted <= opened.locked {
        return ffi::SQLITE_OK;
    }
    if !opened.program.machine.locks.lock(opened.file, opened.handle, wanted) {
        return ffi::SQLITE_BUSY;
    }
    opened.locked = wanted;
    ffi::SQLITE_OK
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, to: c_int) -> c_int {
    let opened = opened(file);
    opened.locked = opened.locked.min(level(to));
    opened.program.machine.locks.unlock(opened.file, opened.handle, level(to));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, found: *mut c_int) -> c_int {
    let opened = opened(file);
    answer(found, c_int::from(opened.program.machine.locks.is_reserved(opened.file)));
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_file: *mut sqlite3_file, _op: c_int, _argument: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut sqlite3_file) -> c_int {
    4096
}

/// As SQLite's own on Linux: what is beside a write is not touched when the power fails.
unsafe extern "C" fn device_characteristics(_file: *mut sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    index: c_int,
    size: c_int,
    extend: c_int,
    into: *mut *mut c_void,
) -> c_int {
    let opened = opened(file);
    answer(into, ptr::null_mut());
    if size as usize != REGION || !opened.program.is_alive() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let index = usize::try_from(index).unwrap_or(0);
    let region = opened.program.machine.locks.map(opened.file, opened.handle, index, extend != 0);
    if let Some(region) = region {
        // Atomics, so that it may be written while it is shared; kept until it is unmapped.
        answer(into, region.as_ptr().cast_mut().cast());
        opened.regions.push(region);
    }
    ffi::SQLITE_OK
}

/// The slot that who writes has alone.
const WRITER: c_int = 0;

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    let opened = opened(file);
    let (alone, locks) = (flags & ffi::SQLITE_SHM_EXCLUSIVE != 0, &opened.program.machine.locks);
    let slots = (((1_u16 << count) - 1) << first) as u8;
    if flags & ffi::SQLITE_SHM_LOCK == 0 {
        locks.unlock_slots(opened.file, opened.handle, slots);
        return ffi::SQLITE_OK;
    }
    if (first, count) == (WRITER, 1) && alone {
        opened.program.begins_to_write();
    }
    if !opened.program.is_alive() {
        return ffi::SQLITE_IOERR_SHMLOCK;
    }
    let is_ours = locks.lock_slots(opened.file, opened.handle, slots, alone);
    if is_ours { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn shm_barrier(_file: *mut sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _delete: c_int) -> c_int {
    let opened = opened(file);
    opened.program.machine.locks.unmap(opened.file, opened.handle);
    opened.regions.clear();
    ffi::SQLITE_OK
}
