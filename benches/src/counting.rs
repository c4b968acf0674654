//! An allocator that counts, for a program that says `#[global_allocator] static ALLOCATOR: Counting = Counting;`.
//!
//! An allocator must be `unsafe`; this is the one place in the workspace that is.
#![expect(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait, and nothing else sees every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which also counts how often the current thread asks it for memory.
pub struct Counting;

thread_local! {
    /// Constant and without a destructor, so that reading it never allocates.
    static ASKED: Cell<u64> = const { Cell::new(0) };
    /// How many bytes the current thread has and has not given back, and the most that it ever had.
    static HELD: Cell<i64> = const { Cell::new(0) };
    static MOST: Cell<i64> = const { Cell::new(0) };
}

fn hold(bytes: usize, sign: i64) {
    let _ = HELD.try_with(|held| {
        held.set(held.get() + sign * bytes as i64);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

fn count() {
    // A thread that is ending has nothing left to be counted by, and nobody to read it.
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + 1));
}

// SAFETY: each call is handed to `System` unchanged, so what holds for `System` holds here; counting touches a
// thread-local cell that needs no memory of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        hold(layout.size(), 1);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        hold(layout.size(), 1);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        hold(new_size, 1);
        hold(layout.size(), -1);
        // SAFETY: `block` came from `System`, as did every block of this allocator; the rest is the caller's promise.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        hold(layout.size(), -1);
        // SAFETY: `block` came from `System`, as did every block of this allocator; the rest is the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

/// How often this thread asks for memory while `work` runs, and what `work` gives back.
pub fn allocations<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = ASKED.get();
    let done = work();
    (ASKED.get() - before, done)
}

/// How many bytes this thread has asked for and not given back.
#[must_use]
pub fn held() -> i64 {
    HELD.get()
}

/// How many bytes more than at its beginning this thread ever has on the heap while `work` runs.
pub fn most_held(work: impl FnOnce()) -> i64 {
    let before = HELD.get();
    MOST.set(before);
    work();
    MOST.get() - before
}
