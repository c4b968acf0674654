//! Does the cost of a step grow with the number of steps?
//!
//! The throughput column says steps per second.
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use onex::Runtime;
use onex::engine::Settings;
use onex::journal::Retention;
use onex::run::{Decision, RunState};
use onex_benches::chain::{self, Chain};
use onex_benches::{kernel, on_this_thread};

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

mod the_kernel {
    use super::*;

    const STEPS: [u32; 4] = [10, 1_000, 10_000, 100_000];

    #[divan::bench(args = STEPS)]
    fn onex(bencher: Bencher<'_, '_>, steps: u32) {
        let plan = kernel::chain(steps).expect("a chain is a plan");
        let mut decision = Decision::default();
        bencher.counter(ItemsCount::new(steps)).bench_local(|| {
            assert_eq!(kernel::drive(&plan, &mut decision), RunState::Completed);
        });
    }

    #[divan::bench(args = STEPS)]
    fn by_hand(bencher: Bencher<'_, '_>, steps: u32) {
        let plan = kernel::chain(steps).expect("a chain is a plan");
        bencher.counter(ItemsCount::new(steps)).bench_local(|| {
            assert_eq!(kernel::by_hand(&plan), steps as usize);
        });
    }
}

mod the_engine {
    use super::*;

    const STEPS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

    #[divan::bench(consts = STEPS)]
    fn compute<const N: usize>(bencher: Bencher<'_, '_>) {
        run_chain::<false, N>(bencher);
    }

    #[divan::bench(consts = STEPS)]
    fn effects<const N: usize>(bencher: Bencher<'_, '_>) {
        run_chain::<true, N>(bencher);
    }

    #[divan::bench(args = STEPS)]
    fn by_hand(bencher: Bencher<'_, '_>, steps: usize) {
        let tokio = on_this_thread();
        bencher.counter(ItemsCount::new(steps)).bench_local(|| {
            assert_eq!(tokio.block_on(chain::by_hand(steps)).len(), steps);
        });
    }
}

fn run_chain<const EFFECTS: bool, const N: usize>(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    let settings =
        Settings { retention: Retention { runs: 1, ..Retention::default() }, ..Settings::default() };
    let runtime = Runtime::builder(()).mount::<Chain<EFFECTS, N>>().settings(settings).build();
    let runtime = runtime.expect("one sound table");
    bencher.counter(ItemsCount::new(N)).bench_local(|| {
        let report = tokio.block_on(runtime.run::<Chain<EFFECTS, N>>((), None));
        assert_eq!(report.expect("nothing refuses the run").state, RunState::Completed);
    });
}
