//! A circuit breaker as a pure state machine. Knows no clock, no targets and nobody who waits.
//!
//! ```text
//!            so many failures in a row            the timeout is over
//!   Closed ──────────────────────────────▶ Open ──────────────────────▶ HalfOpen
//!     ▲                                      ▲    a probe fails             │
//!     │                                      ╰──────────────────────────────┤
//!     ╰─────────────────────────────────────────────────────────────────────╯
//!                              every probe succeeds
//! ```

use std::time::Duration;

use serde::Serialize;

/// When a target is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitPolicy {
    /// How many failures in a row open the circuit: retryable errors and timeouts. What a target answers otherwise,
    /// a refusal or a permanent error, neither counts nor interrupts the row. 1 to 1,000; default 5.
    pub failure_threshold: u32,
    /// How long it then stays open before it lets probes through. 1 ms to an hour; default 60 s.
    pub reset_timeout: Duration,
    /// How many probes it lets through, all at once if there are so many: when all have succeeded it closes, when one
    /// fails it is open again. 1 to 1,000; default 1.
    pub half_open_max_requests: u32,
}

impl Default for CircuitPolicy {
    fn default() -> Self {
        Self { failure_threshold: 5, reset_timeout: Duration::from_secs(60), half_open_max_requests: 1 }
    }
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
        Breaker { policy, phase: Phase::Closed { failures: 0 }, generation: 0, opened: 0 }
    }

    pub(crate) fn admit(&mut self, now: Duration) -> Result<Grant, Refusal> {
        match self.phase {
            Phase::Open { until } if now < until => return Err(Refusal::OpenUntil(until)),
            Phase::Open { .. } => self.enter(Phase::HalfOpen { under_way: 1, succeeded: 0 }),
            Phase::Closed { .. } => {}
            Phase::HalfOpen { under_way, succeeded } => {
                if under_way + succeeded >= self.policy.half_open_max_requests {
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
                if *succeeded >= self.policy.half_open_max_requests {
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

    /// How many failures in a row there were, while it is closed.
    pub(crate) fn failures(&self) -> u32 {
        match self.phase {
            Phase::Closed { failures } => failures,
            Phase::Open { .. } | Phase::HalfOpen { .. } => 0,
        }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: CircuitPolicy = CircuitPolicy {
        failure_threshold: 2,
        reset_timeout: Duration::from_secs(10),
        half_open_max_requests: 1,
    };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn attempt(breaker: &mut Breaker, verdict: Verdict, now: Duration) {
        let grant = breaker.admit(now).expect("it is let through");
        breaker.settle(grant, verdict, now);
    }

    #[test]
    fn r13_failures_in_a_row_open_it_and_a_probe_closes_it() {
        let mut breaker = Breaker::new(POLICY);
        for verdict in [Verdict::Failure, Verdict::Success, Verdict::Failure, Verdict::Nothing] {
            attempt(&mut breaker, verdict, at(0));
        }
        assert_eq!(
            (breaker.state(), breaker.failures()),
            (CircuitState::Closed, 1),
            "a success breaks the row"
        );
        attempt(&mut breaker, Verdict::Failure, at(1));
        assert_eq!(breaker.state(), CircuitState::Open);
        assert_eq!(breaker.admit(at(10)), Err(Refusal::OpenUntil(at(11))));
        let probe = breaker.admit(at(11)).expect("the timeout is over");
        assert_eq!(breaker.admit(at(11)), Err(Refusal::Probing));
        breaker.settle(probe, Verdict::Success, at(12));
        assert_eq!((breaker.state(), breaker.failures(), breaker.opened()), (CircuitState::Closed, 0, 1));
    }

    #[test]
    fn r13_a_probe_that_fails_opens_it_again_for_the_whole_time() {
        let mut breaker = Breaker::new(POLICY);
        attempt(&mut breaker, Verdict::Failure, at(0));
        attempt(&mut breaker, Verdict::Failure, at(0));
        attempt(&mut breaker, Verdict::Failure, at(15));
        assert_eq!(breaker.admit(at(24)), Err(Refusal::OpenUntil(at(25))));
        assert_eq!(breaker.opened(), 2);
    }

    #[test]
    fn r13_a_probe_that_tells_nothing_gives_its_permit_back() {
        let mut breaker = Breaker::new(POLICY);
        attempt(&mut breaker, Verdict::Failure, at(0));
        attempt(&mut breaker, Verdict::Failure, at(0));
        attempt(&mut breaker, Verdict::Nothing, at(10));
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        attempt(&mut breaker, Verdict::Success, at(10));
        assert_eq!(breaker.state(), CircuitState::Closed);
    }

    #[test]
    fn r13_what_was_let_through_before_it_opened_tells_nothing_any_more() {
        let mut breaker = Breaker::new(POLICY);
        let [early, late] = [(); 2].map(|()| breaker.admit(at(0)).expect("it is closed"));
        attempt(&mut breaker, Verdict::Failure, at(0));
        attempt(&mut breaker, Verdict::Failure, at(0));
        let probe = breaker.admit(at(10)).expect("the timeout is over");
        breaker.settle(early, Verdict::Failure, at(10));
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        breaker.settle(probe, Verdict::Success, at(10));
        breaker.settle(late, Verdict::Failure, at(10));
        assert_eq!(breaker.failures(), 0);
    }

    /// All that happened, from which everything is counted anew each time.
    struct Naive {
        policy: CircuitPolicy,
        /// Since when it is in which state; the last is the present one.
        states: Vec<(CircuitState, Duration)>,
        /// In which of these states each attempt was granted, and how it ended, in the order of the ends.
        under_way: Vec<usize>,
        ended: Vec<(usize, Verdict)>,
    }

    impl Naive {
        fn now_in(&self) -> usize {
            self.states.len() - 1
        }

        fn admit(&mut self, now: Duration) -> Option<usize> {
            let (state, since) = self.states[self.now_in()];
            if state == CircuitState::Open {
                if now - since < self.policy.reset_timeout {
                    return None;
                }
                self.states.push((CircuitState::HalfOpen, now));
            }
            let here = self.now_in();
            let probes = self.under_way.iter().filter(|state| **state == here).count()
                + self.ended.iter().filter(|end| **end == (here, Verdict::Success)).count();
            if self.states[here].0 == CircuitState::HalfOpen
                && probes as u32 == self.policy.half_open_max_requests
            {
                return None;
            }
            self.under_way.push(here);
            Some(here)
        }

        fn settle(&mut self, granted_in: usize, verdict: Verdict, now: Duration) {
            let position = self.under_way.iter().position(|state| *state == granted_in);
            self.under_way.remove(position.expect("it is under way"));
            self.ended.push((granted_in, verdict));
            let here = self.now_in();
            let ends: Vec<Verdict> =
                self.ended.iter().filter(|(state, _)| *state == here).map(|(_, verdict)| *verdict).collect();
            let telling = ends.iter().rev().filter(|verdict| **verdict != Verdict::Nothing);
            let in_a_row = telling.take_while(|verdict| **verdict == Verdict::Failure).count() as u32;
            let successes = ends.iter().filter(|verdict| **verdict == Verdict::Success).count() as u32;
            match self.states[here].0 {
                CircuitState::Closed if in_a_row >= self.policy.failure_threshold => {
                    self.states.push((CircuitState::Open, now));
                }
                CircuitState::HalfOpen if in_a_row > 0 => self.states.push((CircuitState::Open, now)),
                CircuitState::HalfOpen if successes == self.policy.half_open_max_requests => {
                    self.states.push((CircuitState::Closed, now));
                }
                _ => {}
            }
        }
    }

    #[derive(Debug, Clone)]
    enum Move {
        Admit,
        Settle(prop::sample::Index, Verdict),
        Wait(u64),
    }

    fn a_move() -> impl Strategy<Value = Move> {
        let verdict = prop_oneof![3 => Just(Verdict::Failure), 3 => Just(Verdict::Success), 1 => Just(Verdict::Nothing)];
        prop_oneof![
            4 => Just(Move::Admit),
            4 => (any::<prop::sample::Index>(), verdict).prop_map(|(which, verdict)| Move::Settle(which, verdict)),
            1 => (0..15_u64).prop_map(Move::Wait),
        ]
    }

    proptest! {
        #[test]
        fn r13_it_does_what_the_history_says(
            failure_threshold in 1..4_u32,
            half_open_max_requests in 1..4_u32,
            moves in prop::collection::vec(a_move(), 0..120),
        ) {
            let policy = CircuitPolicy { failure_threshold, half_open_max_requests, ..POLICY };
            let (mut breaker, mut now) = (Breaker::new(policy), Duration::ZERO);
            let mut naive = Naive {
                policy,
                states: vec![(CircuitState::Closed, now)],
                under_way: Vec::new(),
                ended: Vec::new(),
            };
            let mut granted: Vec<(Grant, usize)> = Vec::new();
            for next in moves {
                match next {
                    Move::Wait(seconds) => now += at(seconds),
                    Move::Admit => match (breaker.admit(now), naive.admit(now)) {
                        (Ok(grant), Some(state)) => granted.push((grant, state)),
                        (Err(_), None) => {}
                        differ => prop_assert!(false, "{differ:?}"),
                    },
                    Move::Settle(..) if granted.is_empty() => {}
                    Move::Settle(which, verdict) => {
                        let (grant, state) = granted.swap_remove(which.index(granted.len()));
                        breaker.settle(grant, verdict, now);
                        naive.settle(state, verdict, now);
                    }
                }
                let (state, since) = naive.states[naive.now_in()];
                prop_assert_eq!(breaker.state(), state);
                let until = (state == CircuitState::Open).then(|| since + policy.reset_timeout);
                prop_assert_eq!(breaker.open_until(), until);
                let opened = naive.states.iter().filter(|(state, _)| *state == CircuitState::Open).count();
                prop_assert_eq!(breaker.opened(), opened as u64);
            }
        }
    }
}
