//! What a program chooses about its engine. Contracts choose the rest and win: nothing here changes a contract's
//! strategy, mode or retries.

use std::fmt;
use std::time::Duration;

use super::pace::RetryBudget;
use crate::journal::Retention;
use crate::run::Backoff;

/// What a program chooses about its engine.
///
/// The bounds are checked when the runtime is built.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How many envelopes from outside are worked on at once, each counted once for each of its subscribers; whoever
    /// publishes more waits. What they cause inside does not count. 1 to 1,000,000; default 1,024.
    pub max_in_flight: usize,
    /// How many envelopes from outside may wait for their turn in one mailbox: behind another of the same key. Whoever
    /// publishes more for that key waits, all others go on. 1 to 1,000,000; default 128.
    ///
    /// What waits so does not count as worked on; in all there are at most `max_in_flight` times as many.
    pub mailbox_capacity: usize,
    /// How many runs are driven at once; further ones wait before they start, first come first served, and behind those that
    /// wake. One that is asleep (`dormant_after`) does not count. 1 to 1,000,000; default 10,000.
    ///
    /// A step that starts a run and waits for it takes two of them. A workflow whose contract gives a
    /// `max_concurrent_workflows` has no more than so many of them.
    pub max_concurrent_runs: usize,
    /// For how long a run of which nothing is under way but waiting stays in memory: at a gate, for a retry, or paused. Then
    /// it goes to sleep: it is in the journal and takes no place among those that are driven, until an event, its time or a
    /// person wakes it. At once if it is zero, or if others wait for its place. At most 30 days; default 1 s.
    pub dormant_after: Duration,
    /// How long steps in flight may take to stop after a run was told to; then they are abandoned and their
    /// outcome is unknown. At most an hour; default 5 s. A workflow whose contract gives a `shutdown_timeout_ms` has that.
    pub grace: Duration,
    /// How often a process may end while one step of a run is in flight, or is being undone; that often, and the run is parked
    /// instead of ending the next process. So often, too, may the handler of a message end a process that has found the message in
    /// the outbox; then it is a dead letter, or parked. 1 to 1,000,000; default 3.
    pub crash_limit: u32,
    /// How long an event is kept for which a step is to wait: until its run begins and has come to that step; then it is a
    /// dead letter. In another process the time begins anew. At most 30 days; default 1 hour.
    pub keep_early_events: Duration,
    /// How many events are kept so; what comes then is a dead letter at once. 1 to 1,000,000; default 10,000.
    pub max_early_events: usize,
    /// How many entries a list may have that a step with `for_each` goes over; with more, the step fails. 1 to 1,000,000;
    /// default 10,000.
    pub max_instances: u32,
    /// How many bytes of JSON what a step returns, an event or an intent may take; default: any number, since nothing is
    /// written as JSON for its size alone otherwise. A step that returns more has failed for good, a handler that emits more
    /// leaves its message to the dead letters, and what a program publishes is refused. 1 to 1 GiB.
    pub max_payload_bytes: Option<usize>,
    /// How often the handler of an effect's route is called again after a retryable error, before the envelope is a
    /// dead letter. At most 1,000; default 3. A node whose contract gives a `retry_policy` has that and its pace.
    pub route_retries: u32,
    /// The pace of those retries. Default: 100 ms, doubling, at most 10 s.
    pub route_backoff: Backoff,
    /// How many retries of routes, steps and compensations there may be in a time, all together. Default: any number.
    pub retry_budget: Option<RetryBudget>,
    /// How much the journal in memory keeps of what is over, each 1 to 100,000,000. A journal that is passed to the
    /// builder has its own.
    pub retention: Retention,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            max_in_flight: 1024,
            mailbox_capacity: 128,
            max_concurrent_runs: 10_000,
            dormant_after: Duration::from_secs(1),
            grace: Duration::from_secs(5),
            crash_limit: 3,
            keep_early_events: Duration::from_secs(3600),
            max_early_events: 10_000,
            max_instances: 10_000,
            max_payload_bytes: None,
            route_retries: 3,
            route_backoff: Backoff::exponential(Duration::from_millis(100), 2.0, Duration::from_secs(10)),
            retry_budget: None,
            retention: Retention::default(),
        }
    }
}

/// A setting that is out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingOutOfBounds {
    /// The field's name.
    pub setting: &'static str,
    /// Its value.
    pub value: u128,
    /// The least allowed value.
    pub min: u128,
    /// The greatest allowed value.
    pub max: u128,
    /// The unit of the three; empty for a count.
    pub unit: &'static str,
}

impl fmt::Display for SettingOutOfBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SettingOutOfBounds { setting, value, min, max, unit } = self;
        write!(f, "the setting `{setting}` is {value}{unit}, which is not from {min}{unit} to {max}{unit}")
    }
}

impl std::error::Error for SettingOutOfBounds {}

impl Settings {
    /// Every setting that is out of its bounds.
    pub(crate) fn problems(&self) -> impl Iterator<Item = SettingOutOfBounds> {
        let hour = Duration::from_secs(3600).as_millis();
        let kept = 100_000_000;
        let budget = self.retry_budget.unwrap_or(RetryBudget { per_second: 1, burst: 1 });
        let bounds = [
            ("max_in_flight", self.max_in_flight as u128, 1, 1_000_000, ""),
            ("mailbox_capacity", self.mailbox_capacity as u128, 1, 1_000_000, ""),
            ("max_concurrent_runs", self.max_concurrent_runs as u128, 1, 1_000_000, ""),
            ("dormant_after", self.dormant_after.as_millis(), 0, 30 * 24 * hour, " ms"),
            ("grace", self.grace.as_millis(), 0, hour, " ms"),
            ("crash_limit", u128::from(self.crash_limit), 1, 1_000_000, ""),
            ("keep_early_events", self.keep_early_events.as_millis(), 0, 30 * 24 * hour, " ms"),
            ("max_early_events", self.max_early_events as u128, 1, 1_000_000, ""),
            ("max_instances", u128::from(self.max_instances), 1, 1_000_000, ""),
            ("max_payload_bytes", self.max_payload_bytes.unwrap_or(1) as u128, 1, 1 << 30, ""),
            ("route_retries", u128::from(self.route_retries), 0, 1000, ""),
            ("route_backoff.max", self.route_backoff.max.as_millis(), 0, hour, " ms"),
            ("retry_budget.per_second", u128::from(budget.per_second), 1, 1_000_000, ""),
            ("retry_budget.burst", u128::from(budget.burst), 1, 1_000_000, ""),
            ("retention.runs", self.retention.runs as u128, 1, kept, ""),
            ("retention.inbox_marks", self.retention.inbox_marks as u128, 1, kept, ""),
            ("retention.dead_letters", self.retention.dead_letters as u128, 1, kept, ""),
        ];
        bounds
            .into_iter()
            .filter(|(_, value, min, max, _)| value < min || value > max)
            .map(|(setting, value, min, max, unit)| SettingOutOfBounds { setting, value, min, max, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_bounds() {
        assert_eq!(Settings::default().problems().count(), 0);
    }

    #[test]
    fn each_setting_out_of_bounds_is_named() {
        let settings = Settings {
            max_in_flight: 0,
            grace: Duration::from_secs(3601),
            route_retries: 1001,
            retry_budget: Some(RetryBudget { per_second: 0, burst: 1 }),
            ..Settings::default()
        };
        let named: Vec<_> = settings.problems().map(|problem| problem.setting).collect();
        assert_eq!(named, ["max_in_flight", "grace", "route_retries", "retry_budget.per_second"]);
        let first = settings.problems().next().unwrap().to_string();
        assert_eq!(first, "the setting `max_in_flight` is 0, which is not from 1 to 1000000");
    }
}
