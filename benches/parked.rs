//! What do a hundred thousand runs take on the heap that wait for an event, or for a retry, their records in the journal in
//! memory included; how long do they take to come there, and how long until all go on?
#![allow(missing_docs, reason = "a program")]
#![expect(unsafe_code, reason = "`GlobalAlloc` is an unsafe trait, and nothing else sees every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use onex::Runtime;
use onex_benches::{on_this_thread, parked};

const RUNS: usize = 100_000;

/// The system's allocator, which also counts the bytes that are not given back.
struct Counting;

static HELD: AtomicI64 = AtomicI64::new(0);

// SAFETY: each call is handed to `System` unchanged, so what holds for `System` holds here.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: `block` came from `System`, as did every block of this allocator; the rest is the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    measure("at a gate", parked::at_gates);
    measure("at a gate, begun by events", parked::at_gates_by_events);
    measure("at a retry", parked::at_retries);
}

fn measure(what: &str, park: impl AsyncFn(&Runtime<()>, usize)) {
    let tokio = on_this_thread();
    tokio.block_on(async {
        let runtime = parked::runtime(RUNS);
        let (before, began) = (HELD.load(Ordering::Relaxed), Instant::now());
        park(&runtime, RUNS).await;
        let held = HELD.load(Ordering::Relaxed) - before;
        let (each, took) = (held / RUNS as i64, began.elapsed());
        println!("{RUNS} runs {what}: {each} bytes each, after {took:.1?}; {} tasks", runtime.load().tasks);
        let began = Instant::now();
        for run in runtime.live_runs() {
            runtime.cancel(run, "measured");
        }
        runtime.settled().await;
        println!("    cancelled after {:.1?}", began.elapsed());
        runtime.shutdown(Duration::ZERO).await;
    });
}
