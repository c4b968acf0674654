//! What does it cost to route one typed event to a handler that does nothing?
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::{Bencher, black_box};
use onex::Ctx;
use onex_benches::at_once;
use onex_benches::dispatch::{self, Call, Office, Rang, Recorder, Sound, Spoke, Switchboard};

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

mod no_op {
    use super::*;

    #[divan::bench]
    fn onex(bencher: Bencher<'_, '_>) {
        let office = Office::default();
        bencher.bench_local(|| {
            let event = black_box(Rang { line: 7 });
            at_once(onex::dispatch::<Switchboard, _, _>(event, Ctx::detached(), black_box(&office)))
        });
    }

    #[divan::bench]
    fn by_hand(bencher: Bencher<'_, '_>) {
        let office = Office::default();
        bencher.bench_local(|| {
            let call = black_box(Call::Rang(Rang { line: 7 }));
            at_once(dispatch::switch_by_hand(call, black_box(&office)))
        });
    }

    /// No routing at all: what is left when a program knows which event it has.
    #[divan::bench]
    fn direct_call(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| {
            let event = black_box(Rang { line: 7 });
            at_once(dispatch::rang(&event))
        });
    }
}

mod with_a_dependency_and_the_context {
    use super::*;

    #[divan::bench]
    fn onex(bencher: Bencher<'_, '_>) {
        let office = Office::default();
        bencher.bench_local(|| {
            let event = black_box(Spoke { line: 7 });
            at_once(onex::dispatch::<Recorder, _, _>(event, Ctx::detached(), black_box(&office)))
        });
    }

    #[divan::bench]
    fn by_hand(bencher: Bencher<'_, '_>) {
        let office = Office::default();
        bencher.bench_local(|| {
            let sound = black_box(Sound::Spoke(Spoke { line: 7 }));
            at_once(dispatch::record_by_hand(sound, Ctx::detached(), black_box(&office)));
        });
    }
}
