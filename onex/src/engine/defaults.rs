//! What a program says for contracts that say nothing. What a contract says stands: nothing here changes that, nor any
//! strategy, mode or `enabled`.

use std::num::NonZeroU32;
use std::time::Duration;

use super::action_limit::ActionLimit;
use super::settings::SettingOutOfBounds;
use super::workflow::backoff;
use crate::plan::{StepRow, WorkflowRow};
use crate::run::{Backoff, Growth, Plan};

/// Numbers for workflows whose contracts do not give them, instead of the defaults of the contract language.
///
/// The bounds are those of the contract language, and are checked when the runtime is built.
///
/// ```
/// use std::time::Duration;
///
/// use onex::Runtime;
/// use onex::engine::Defaults;
///
/// let defaults = Defaults { step_timeout: Some(Duration::from_secs(20)), ..Defaults::default() };
/// let runtime = Runtime::builder(()).defaults(defaults).build()?;
/// # Ok::<(), onex::BuildError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Defaults {
    /// How long a run may take: for workflows without a timeout and without a `workflow_type`, which has one. 1 s to an hour.
    pub run_timeout: Option<Duration>,
    /// How long one attempt of a step may take. 100 ms to 5 min.
    pub step_timeout: Option<Duration>,
    /// `max_retries`: additional attempts under the strategy `retry`, and of compensations. At most 10.
    pub max_retries: Option<u32>,
    /// How many steps of a run may be in flight at once, in the mode `parallel`. 1 to 100.
    ///
    /// Runs that are not over are pinned to it, as to all that their facts cannot be read without: one that was started with
    /// another number goes on with that one.
    pub max_parallel_steps: Option<NonZeroU32>,
    /// How many items of one step a handler that takes groups is given at once, in the mode `batch`. 1 to 1,000.
    ///
    /// A batch that is not over is finished under the number that it began with, as under its `max_parallel_steps`; with another
    /// one it is held.
    pub batch_size: Option<NonZeroU32>,
    /// The delays between attempts, for workflows that say nothing about any of them. The first 100 ms to a minute, the longest
    /// 1 s to 5 min.
    pub pace: Option<Backoff>,
    /// To how many actions a run may come: each step and each compensation with all its attempts. A workflow that may come to
    /// more is not built. What a step with `for_each` does counts for each entry, once its list is counted: a list with which
    /// the run might come to more fails its step. 1 to 100,000.
    pub max_actions: Option<u32>,
}

/// A workflow's numbers: its contract's, and the program's where that gives none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) run_timeout: Duration,
    pub(super) max_retries: u32,
    pub(super) max_parallel_steps: NonZeroU32,
    pub(super) batch_size: NonZeroU32,
    pub(super) pace: Backoff,
}

impl Defaults {
    pub(super) fn fill(&self, row: &WorkflowRow) -> Numbers {
        let said = row.said;
        Numbers {
            run_timeout: unless(said.timeout, self.run_timeout)
                .unwrap_or(Duration::from_millis(row.timeout_ms)),
            max_retries: unless(said.retries, self.max_retries).unwrap_or(row.max_retries),
            max_parallel_steps: unless(said.parallel_steps, self.max_parallel_steps)
                .or(NonZeroU32::new(row.max_parallel_steps))
                .unwrap_or(NonZeroU32::MIN),
            batch_size: unless(said.batch_size, self.batch_size)
                .or(NonZeroU32::new(row.batch_size))
                .unwrap_or(NonZeroU32::MIN),
            pace: unless(said.pace, self.pace).unwrap_or_else(|| backoff(&row.pace)),
        }
    }

    pub(super) fn step_timeout(&self, row: &StepRow) -> Duration {
        unless(row.says_timeout, self.step_timeout).unwrap_or(Duration::from_millis(row.timeout_ms))
    }

    /// To how many actions a run may come. None: any number, or as many as its contract has proven.
    pub(super) fn action_limit(&self, row: &WorkflowRow, plan: &Plan) -> Option<ActionLimit> {
        Some(ActionLimit::new(unless(row.said.actions, self.max_actions)?, plan))
    }

    /// Every number that is out of its bounds.
    pub(crate) fn problems(&self) -> impl Iterator<Item = SettingOutOfBounds> {
        let ms = |duration: Duration| duration.as_millis();
        let pace = self.pace;
        // In thousandths, since bounds are whole numbers.
        let factor = pace.and_then(|pace| match pace.growth {
            Growth::Times(factor) => Some((factor * 1000.0) as u128),
            Growth::Linear => None,
        });
        let bounds = [
            ("defaults.run_timeout", self.run_timeout.map(ms), 1_000, 3_600_000, " ms"),
            ("defaults.step_timeout", self.step_timeout.map(ms), 100, 300_000, " ms"),
            ("defaults.max_retries", self.max_retries.map(u128::from), 0, 10, ""),
            (
                "defaults.max_parallel_steps",
                self.max_parallel_steps.map(|most| u128::from(most.get())),
                1,
                100,
                "",
            ),
            ("defaults.batch_size", self.batch_size.map(|most| u128::from(most.get())), 1, 1_000, ""),
            ("defaults.pace.initial", pace.map(|pace| ms(pace.initial)), 100, 60_000, " ms"),
            ("defaults.pace.max", pace.map(|pace| ms(pace.max)), 1_000, 300_000, " ms"),
            ("defaults.pace.growth", factor, 1_000, 5_000, " thousandths"),
            ("defaults.max_actions", self.max_actions.map(u128::from), 1, 100_000, ""),
        ];
        bounds.into_iter().filter_map(|(setting, value, min, max, unit)| {
            let value = value.filter(|value| !(min..=max).contains(value))?;
            Some(SettingOutOfBounds { setting, value, min, max, unit })
        })
    }
}

fn unless<T>(said: bool, default: Option<T>) -> Option<T> {
    default.filter(|_| !said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_out_of_bounds_is_named() {
        let pace = Backoff::exponential(Duration::from_millis(99), 5.1, Duration::from_secs(301));
        let defaults = Defaults {
            run_timeout: Some(Duration::from_millis(999)),
            step_timeout: Some(Duration::from_millis(300_001)),
            max_retries: Some(11),
            max_parallel_steps: NonZeroU32::new(101),
            batch_size: NonZeroU32::new(1001),
            pace: Some(pace),
            max_actions: Some(0),
        };
        let named: Vec<_> = defaults.problems().map(|problem| problem.setting).collect();
        assert_eq!(
            named,
            [
                "defaults.run_timeout",
                "defaults.step_timeout",
                "defaults.max_retries",
                "defaults.max_parallel_steps",
                "defaults.batch_size",
                "defaults.pace.initial",
                "defaults.pace.max",
                "defaults.pace.growth",
                "defaults.max_actions",
            ]
        );
        let least = Backoff::exponential(Duration::from_millis(100), 1.0, Duration::from_secs(1));
        let least = Defaults {
            run_timeout: Some(Duration::from_secs(1)),
            step_timeout: Some(Duration::from_millis(100)),
            max_retries: Some(0),
            max_parallel_steps: NonZeroU32::new(1),
            batch_size: NonZeroU32::new(1),
            pace: Some(least),
            max_actions: Some(1),
        };
        assert_eq!(least.problems().count(), 0);
    }
}
