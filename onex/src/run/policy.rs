//! How a run is executed: order, reaction to failure, pace of retries. Knows nothing of steps.

use std::num::NonZeroU32;
use std::time::Duration;

/// How many steps may be in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One step at a time. A step that waits for its retry, or is held, holds the next one back.
    Sequential,
    /// Every step whose dependencies are final, without wave barriers. A step that waits for its retry, or is held,
    /// takes no slot.
    Parallel {
        /// The most steps in flight at once.
        max_steps: NonZeroU32,
    },
}

/// What the final failure of a step does to its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Exponential backoff with equal jitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The longest delay after the first failed attempt.
    pub initial: Duration,
    /// What each further failed attempt multiplies the delay by. Below 1, or not a number, counts as 1.
    pub factor: f64,
    /// No delay is longer than this.
    pub max: Duration,
}

impl Backoff {
    /// The delay after failed attempt number `attempt` (the first is 1).
    ///
    /// With `ceiling = min(max, initial × factor^(attempt − 1))` the delay is
    /// `ceiling/2 + ceiling/2 × jitter/65535`: half is fixed, so that retries do keep their distance; half is
    /// random, so that runs that failed together do not come back together.
    #[must_use]
    pub fn delay(&self, attempt: u32, jitter: Jitter) -> Duration {
        let ceiling = self.ceiling(attempt);
        let fixed = ceiling / 2;
        let random = (ceiling - fixed).mul_f64(f64::from(jitter.0) / f64::from(u16::MAX));
        // The float may round up by more than a second near `Duration::MAX`.
        fixed.saturating_add(random).min(ceiling)
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
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.initial.as_secs_f64() * self.factor.max(1.0).powi(exponent);
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
    /// Additional attempts of each compensation.
    pub compensation_retries: u32,
    /// The run's budget of active time. The driver measures it and gives [`Input::RunTimedOut`].
    ///
    /// [`Input::RunTimedOut`]: super::Input::RunTimedOut
    pub timeout: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BACKOFF: Backoff =
        Backoff { initial: Duration::from_millis(100), factor: 2.0, max: Duration::from_secs(1) };

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
        let none = Backoff { initial: Duration::ZERO, factor: f64::INFINITY, ..BACKOFF };
        assert_eq!(none.delay_ms(9, Jitter(u16::MAX)), 0);
    }

    #[test]
    fn r12_a_shrinking_factor_counts_as_one() {
        for factor in [0.5, 0.0, -3.0, f64::NAN, f64::NEG_INFINITY] {
            let backoff = Backoff { factor, ..BACKOFF };
            assert_eq!(backoff.delay(5, Jitter(u16::MAX)), BACKOFF.initial, "factor {factor}");
        }
    }

    proptest! {
        #[test]
        fn r12_no_setting_panics_or_exceeds_the_maximum(
            initial in prop_oneof![Just(u64::MAX), any::<u64>(), 0..5_u64],
            max in prop_oneof![Just(u64::MAX), any::<u64>(), 0..5_u64],
            factor in prop_oneof![any::<f64>(), 0.0..10.0_f64, Just(f64::INFINITY)],
            attempt in any::<u32>(),
            jitter in prop_oneof![Just(u16::MAX), any::<u16>()],
        ) {
            let max = Duration::new(max, 999_999_999);
            let backoff = Backoff { initial: Duration::new(initial, 1), factor, max };
            prop_assert!(backoff.delay(attempt, Jitter(jitter)) <= max);
            prop_assert!(backoff.delay(attempt, Jitter(0)) >= backoff.ceiling(attempt) / 2);
            backoff.delay_ms(attempt, Jitter(jitter));
        }
    }
}
