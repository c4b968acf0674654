//! Cases that follow from a seed, so that one that fails is repeated by its number.

use std::ops::Range;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// `ONEX_SIM_SEEDS` says how many seeds there are, `ONEX_SIM_SEED` repeats one.
fn seeds(usual: u64) -> Range<u64> {
    let variable = |name| Some(std::env::var(name).ok()?.parse().expect("a number"));
    match variable("ONEX_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..variable("ONEX_SIM_SEEDS").unwrap_or(usual),
    }
}

/// Tries one case for each seed. One that fails is made as small as it goes, and told with its seed. True if there were
/// enough of them to ask what they came to.
pub fn each_seed<S: Strategy>(
    usual: u64,
    cases: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) -> bool {
    let seeds = seeds(usual);
    let are_enough = seeds.end - seeds.start >= usual;
    for seed in seeds {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let config = Config { cases: 1, failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        if let Err(failed) = TestRunner::new_with_rng(config, rng).run(cases, &test) {
            panic!("ONEX_SIM_SEED={seed}\n{failed}");
        }
    }
    are_enough
}
