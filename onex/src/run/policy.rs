//! How a run is executed: order, reaction to failure, pace of retries. Knows nothing of steps.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::undoing::Undoing;

/// How many steps may be in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One step at a time. A step that waits for its retry, is held, or waits for its event holds the next one back.
    Sequential,
    /// Every step whose dependencies are final, without wave barriers. A step that waits for its retry, or is held,
    /// takes no slot.
    Parallel {
        /// The most steps in flight at once.
        max_steps: NonZeroU32,
    },
}

/// What the final failure of a step does to its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The run stops.
    FailFast,
    /// What needs the failed step is skipped; all else runs.
    ContinueOnError,
    /// As [`Strategy::FailFast`]: what sets it apart, its default of retries, is already in [`StepSpec::retries`].
    ///
    /// [`StepSpec::retries`]: super::StepSpec::retries
    Retry,
    /// The run stops, then undoes its compensable effects, latest dispatch first.
    Compensate,
}

/// The delays between attempts: how they grow, and which part of each is random.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The longest delay after the first failed attempt.
    pub initial: Duration,
    /// What each further failed attempt makes of it.
    pub growth: Growth,
    /// No delay is longer than this.
    pub max: Duration,
    /// The part of a delay that is random: 0 is none, 1 is all of it. What is not a number counts as 0.
    pub jitter: f64,
}

/// How a delay grows from one failed attempt to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// It is multiplied. Below 1, or not a number, counts as 1: it stays as it is.
    Times(f64),
    /// The first delay is added.
    Linear,
}

impl Backoff {
    /// Exponential backoff with equal jitter: half of each delay is fixed, so that retries do keep their distance; half
    /// is random, so that runs that failed together do not come back together.
    #[must_use]
    pub const fn exponential(initial: Duration, factor: f64, max: Duration) -> Self {
        Self { initial, growth: Growth::Times(factor), max, jitter: 0.5 }
    }

    /// The delay after failed attempt number `attempt` (the first is 1).
    ///
    /// With a `ceiling` of `min(max, initial × factor^(attempt − 1))` or `min(max, initial × attempt)` and a part
    /// `random = ceiling × self.jitter` the delay is `ceiling − random + random × jitter/65535`.
    #[must_use]
    pub fn delay(&self, attempt: u32, jitter: Jitter) -> Duration {
        let ceiling = self.ceiling(attempt);
        // What is not a number is not above 0. Floats may round up by more than a second near `Duration::MAX`.
        let part = |of: Duration, part: f64| {
            let seconds = of.as_secs_f64() * if part > 0.0 { part.min(1.0) } else { 0.0 };
            Duration::try_from_secs_f64(seconds).map_or(of, |part| part.min(of))
        };
        let random = part(ceiling, self.jitter);
        let fixed = ceiling - random;
        fixed.saturating_add(part(random, f64::from(jitter.0) / f64::from(u16::MAX))).min(ceiling)
    }

    /// The delay in whole milliseconds, as a fact carries it: rounded up, so that a short delay does not vanish.
    pub(super) fn delay_ms(&self, attempt: u32, jitter: Jitter) -> u64 {
        u64::try_from(self.delay(attempt, jitter).as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    fn ceiling(&self, attempt: u32) -> Duration {
        // Zero times an infinite power is not a number.
        if self.initial.is_zero() {
            return Duration::ZERO;
        }
        let grown = match self.growth {
            Growth::Times(factor) => {
                factor.max(1.0).powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX))
            }
            Growth::Linear => f64::from(attempt.max(1)),
        };
        let seconds = self.initial.as_secs_f64() * grown;
        Duration::try_from_secs_f64(seconds).map_or(self.max, |grown| grown.min(self.max))
    }
}

/// A random number that the driver supplies: 0 gives the shortest delay, 65,535 the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u16);

/// The settings of a whole run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// How many steps may be in flight.
    pub mode: Mode,
    /// What the final failure of a step does.
    pub strategy: Strategy,
    /// The pace of retries, of steps and of compensations.
    pub backoff: Backoff,
    /// Additional attempts of each compensation whose step does not say.
    pub compensation_retries: u32,
    /// In which order a run is undone, and when.
    pub undoing: Undoing,
    /// The share of its steps that must complete for a run not to fail, 0 to 100; see [`Run::completed_percent`]. `None`: it
    /// does not matter how many.
    ///
    /// [`Run::completed_percent`]: super::Run::completed_percent
    pub min_completed_percent: Option<f64>,
    /// The run's budget of active time. The driver measures it and gives [`Input::RunTimedOut`].
    ///
    /// [`Input::RunTimedOut`]: super::Input::RunTimedOut
    pub timeout: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Just, Strategy as _, any, prop_assert, prop_oneof, proptest};

    const BACKOFF: Backoff = Backoff::exponential(Duration::from_millis(100), 2.0, Duration::from_secs(1));

    #[test]
    fn r12_a_linear_delay_grows_by_the_first() {
        let linear = Backoff { growth: Growth::Linear, jitter: 0.0, ..BACKOFF };
        let delays: Vec<u128> =
            [1, 2, 3, 10, 11, u32::MAX].map(|attempt| linear.delay(attempt, Jitter(0)).as_millis()).to_vec();
        assert_eq!(delays, [100, 200, 300, 1000, 1000, 1000]);
    }

    #[test]
    fn r12_the_random_part_of_a_delay_is_as_large_as_said() {
        for (jitter, shortest_ms) in
            [(0.0, 1000), (0.1, 900), (0.5, 500), (1.0, 0), (7.0, 0), (f64::NAN, 1000)]
        {
            let backoff = Backoff { jitter, ..BACKOFF };
            let bounds = [Jitter(0), Jitter(u16::MAX)].map(|random| backoff.delay(9, random).as_millis());
            assert_eq!(bounds, [shortest_ms, 1000], "jitter {jitter}");
        }
    }

    #[test]
    fn r12_delay_doubles_up_to_its_maximum() {
        let longest: Vec<u128> =
            (1..=6).map(|attempt| BACKOFF.delay(attempt, Jitter(u16::MAX)).as_millis()).collect();
        assert_eq!(longest, [100, 200, 400, 800, 1000, 1000]);
    }

    #[test]
    fn r12_half_of_a_delay_is_fixed() {
        assert_eq!(BACKOFF.delay(2, Jitter(0)), Duration::from_millis(100));
        let middle = BACKOFF.delay(2, Jitter(u16::MAX / 2));
        assert!(middle > Duration::from_millis(149) && middle < Duration::from_millis(151), "{middle:?}");
    }

    #[test]
    fn r12_a_delay_below_a_millisecond_does_not_vanish() {
        let tiny = Backoff { initial: Duration::from_nanos(10), ..BACKOFF };
        assert_eq!(tiny.delay_ms(1, Jitter(0)), 1);
        let none = Backoff { initial: Duration::ZERO, growth: Growth::Times(f64::INFINITY), ..BACKOFF };
        assert_eq!(none.delay_ms(9, Jitter(u16::MAX)), 0);
    }

    #[test]
    fn r12_a_shrinking_factor_counts_as_one() {
        for factor in [0.5, 0.0, -3.0, f64::NAN, f64::NEG_INFINITY] {
            let backoff = Backoff { growth: Growth::Times(factor), ..BACKOFF };
            assert_eq!(backoff.delay(5, Jitter(u16::MAX)), BACKOFF.initial, "factor {factor}");
        }
    }

    proptest! {
        #[test]
        fn r12_no_setting_panics_or_exceeds_the_maximum(
            initial in prop_oneof![Just(u64::MAX), any::<u64>(), 0..5_u64],
            max in prop_oneof![Just(u64::MAX), any::<u64>(), 0..5_u64],
            growth in prop_oneof![
                any::<f64>().prop_map(Growth::Times),
                (0.0..10.0_f64).prop_map(Growth::Times),
                Just(Growth::Times(f64::INFINITY)),
                Just(Growth::Linear),
            ],
            part in prop_oneof![any::<f64>(), 0.0..1.0_f64],
            attempt in any::<u32>(),
            jitter in prop_oneof![Just(u16::MAX), any::<u16>()],
        ) {
            let max = Duration::new(max, 999_999_999);
            let backoff = Backoff { initial: Duration::new(initial, 1), growth, max, jitter: part };
            prop_assert!(backoff.delay(attempt, Jitter(jitter)) <= max);
            prop_assert!(part > 0.5 || backoff.delay(attempt, Jitter(0)) >= backoff.ceiling(attempt) / 2);
            backoff.delay_ms(attempt, Jitter(jitter));
        }
    }
}
