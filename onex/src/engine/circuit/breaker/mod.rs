//! A circuit breaker as a pure state machine. Knows no clock, no targets and nobody who waits.
//!
//! ```text
//!               so many failures                 the timeout is over
//!   Closed ──────────────────────────────▶ Open ──────────────────────▶ HalfOpen
//!     ▲                                      ▲    a probe fails             │
//!     │                                      ╰──────────────────────────────┤
//!     ╰─────────────────────────────────────────────────────────────────────╯
//!                              enough probes succeed
//! ```

mod window;

use std::time::Duration;

use serde::Serialize;

use self::window::Window;

/// When a target is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircuitPolicy {
    /// How many failures open the circuit, in a row or in the window: retryable errors and timeouts. What a target answers
    /// otherwise, a refusal or a permanent error, neither counts nor interrupts the row. 1 to 1,000; default 5.
    pub failure_threshold: u32,
    /// In what time failures are counted; default none: in a row, however long it takes.
    pub window: Option<CircuitWindow>,
    /// How long it then stays open before it lets probes through. 1 ms to an hour; default 60 s.
    pub reset_timeout: Duration,
    /// How many probes it then lets through at once. When one fails, it is open again. 1 to 1,000; default 3.
    pub half_open_max_requests: u32,
    /// How many probes must succeed before it closes. 1 to 1,000; default 2.
    pub success_threshold: u32,
}

impl Default for CircuitPolicy {
    fn default() -> Self {
        Self {
            failure_threshold: 5,
            window: None,
            reset_timeout: Duration::from_secs(60),
            half_open_max_requests: 3,
            success_threshold: 2,
        }
    }
}

/// In what time failures are counted, and which share of the attempts they must be. It moves on by a thirtieth of its
/// length at a time, and begins anew when the circuit closes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CircuitWindow {
    /// Its length. 1 ms to an hour.
    pub length: Duration,
    /// The share of failures, among the attempts that succeeded or failed, below which the circuit stays closed however many
    /// they are. 0 to 1; 0: their number alone decides.
    pub failure_rate: f64,
    /// How many attempts there must be before their share says anything. At most 1,000.
    pub min_requests: u32,
}

/// Whether a target is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    /// It is.
    Closed,
    /// It is left alone.
    Open,
    /// It is tried out.
    HalfOpen,
}

/// What an attempt tells of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Success,
    Failure,
    /// Nothing: it was given up, it panicked, or the target refused.
    Nothing,
}

/// The right to one attempt. It is settled once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    generation: u64,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is open until then.
    OpenUntil(Duration),
    /// So many probes as there may be are under way.
    Probing,
}

/// A circuit breaker. Moments are what has passed since some beginning, and never go back.
#[derive(Debug)]
pub(crate) struct Breaker {
    policy: CircuitPolicy,
    phase: Phase,
    /// How attempts ended since it closed, if its policy says in what time that counts.
    window: Option<Window>,
    /// Counts the changes of phase: an attempt that was granted before the latest tells nothing any more.
    generation: u64,
    opened: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Duration },
    HalfOpen { under_way: u32, succeeded: u32 },
}

impl Breaker {
    /// Closed.
    pub(crate) fn new(policy: CircuitPolicy) -> Self {
        let window = policy.window.map(|window| Window::new(window.length));
        Breaker { policy, phase: Phase::Closed { failures: 0 }, window, generation: 0, opened: 0 }
    }

    pub(crate) fn admit(&mut self, now: Duration) -> Result<Grant, Refusal> {
        match self.phase {
            Phase::Open { until } if now < until => return Err(Refusal::OpenUntil(until)),
            Phase::Open { .. } => self.enter(Phase::HalfOpen { under_way: 1, succeeded: 0 }),
            Phase::Closed { .. } => {}
            Phase::HalfOpen { under_way, succeeded } => {
                if under_way >= self.policy.half_open_max_requests {
                    return Err(Refusal::Probing);
                }
                self.phase = Phase::HalfOpen { under_way: under_way + 1, succeeded };
            }
        }
        Ok(Grant { generation: self.generation })
    }

    pub(crate) fn settle(&mut self, Grant { generation }: Grant, verdict: Verdict, now: Duration) {
        if generation != self.generation {
            return;
        }
        if let (Phase::Closed { .. }, Some(window)) = (self.phase, &mut self.window) {
            if verdict != Verdict::Nothing {
                window.note(now, verdict == Verdict::Failure);
            }
            if verdict == Verdict::Failure && self.fails_too_often(now) {
                self.open(now);
            }
            return;
        }
        match (&mut self.phase, verdict) {
            (Phase::Closed { failures }, Verdict::Success) => *failures = 0,
            (Phase::Closed { failures }, Verdict::Failure) => {
                *failures += 1;
                if *failures >= self.policy.failure_threshold {
                    self.open(now);
                }
            }
            (Phase::HalfOpen { under_way, succeeded }, Verdict::Success) => {
                *under_way -= 1;
                *succeeded += 1;
                if *succeeded >= self.policy.success_threshold {
                    self.window = self.policy.window.map(|window| Window::new(window.length));
                    self.enter(Phase::Closed { failures: 0 });
                }
            }
            (Phase::HalfOpen { .. }, Verdict::Failure) => self.open(now),
            (Phase::HalfOpen { under_way, .. }, Verdict::Nothing) => *under_way -= 1,
            // Nothing is granted while it is open, so nothing of this generation is settled.
            (Phase::Closed { .. }, Verdict::Nothing) | (Phase::Open { .. }, _) => {}
        }
    }

    /// Whether an attempt would be granted in the same phase still.
    pub(crate) fn is_current(&self, grant: &Grant) -> bool {
        grant.generation == self.generation
    }

    /// Where it is. It stays open until somebody asks for a probe.
    pub(crate) fn state(&self) -> CircuitState {
        match self.phase {
            Phase::Closed { .. } => CircuitState::Closed,
            Phase::Open { .. } => CircuitState::Open,
            Phase::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }

    /// How many failures there were, in a row or in the window, while it is closed.
    pub(crate) fn failures(&self, now: Duration) -> u32 {
        match (self.phase, &self.window) {
            (Phase::Closed { .. }, Some(window)) => window.counts(now).failures,
            (Phase::Closed { failures }, None) => failures,
            (Phase::Open { .. } | Phase::HalfOpen { .. }, _) => 0,
        }
    }

    /// What the window has seen is enough to open it.
    fn fails_too_often(&self, now: Duration) -> bool {
        let (Some(window), Some(policy)) = (&self.window, self.policy.window) else { return false };
        let counts = window.counts(now);
        counts.failures >= self.policy.failure_threshold
            && counts.attempts >= policy.min_requests
            && f64::from(counts.failures) >= policy.failure_rate * f64::from(counts.attempts)
    }

    /// When it lets a probe through, while it is open.
    pub(crate) fn open_until(&self) -> Option<Duration> {
        match self.phase {
            Phase::Open { until } => Some(until),
            Phase::Closed { .. } | Phase::HalfOpen { .. } => None,
        }
    }

    /// How often it has opened.
    pub(crate) fn opened(&self) -> u64 {
        self.opened
    }

    fn open(&mut self, now: Duration) {
        self.opened += 1;
        self.enter(Phase::Open { until: now.saturating_add(self.policy.reset_timeout) });
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation += 1;
    }
}

#[cfg(test)]
mod tests;
