//! The kernel against a naive reference: random plans, answers and interleavings, compared at every point.

#[path = "run_model/again.rs"]
mod again;
#[path = "run_model/driver.rs"]
mod driver;
#[path = "run_model/moved.rs"]
mod moved;
#[path = "run_model/progress.rs"]
mod progress;
#[path = "run_model/reference.rs"]
mod reference;
#[path = "run_model/restart.rs"]
mod restart;
#[path = "run_model/scenario.rs"]
mod scenario;

use proptest::prelude::*;

/// `PROPTEST_CASES` overrides the number of cases.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 2_000, ..default },
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_run_does_what_the_reference_does(scenario in scenario::scenario()) {
        driver::Driver::new(&scenario).drive()?;
    }

    #[test]
    fn r23_a_run_that_is_moved_to_its_own_plan_is_as_it_was(scenario in scenario::scenario()) {
        moved::check(&scenario)?;
    }
}
