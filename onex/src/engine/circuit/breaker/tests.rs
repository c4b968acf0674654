//! The breaker by example, and against its whole history.

use super::*;
use proptest::prelude::*;

const POLICY: CircuitPolicy = CircuitPolicy {
    window: None,
    failure_threshold: 2,
    reset_timeout: Duration::from_secs(10),
    half_open_max_requests: 1,
    success_threshold: 1,
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
        (breaker.state(), breaker.failures(at(12))),
        (CircuitState::Closed, 1),
        "a success breaks the row"
    );
    attempt(&mut breaker, Verdict::Failure, at(1));
    assert_eq!(breaker.state(), CircuitState::Open);
    assert_eq!(breaker.admit(at(10)), Err(Refusal::OpenUntil(at(11))));
    let probe = breaker.admit(at(11)).expect("the timeout is over");
    assert_eq!(breaker.admit(at(11)), Err(Refusal::Probing));
    breaker.settle(probe, Verdict::Success, at(12));
    assert_eq!((breaker.state(), breaker.failures(at(12)), breaker.opened()), (CircuitState::Closed, 0, 1));
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
    assert_eq!(breaker.failures(at(12)), 0);
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
        let probes = self.under_way.iter().filter(|state| **state == here).count();
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
            CircuitState::HalfOpen if successes == self.policy.success_threshold => {
                self.states.push((CircuitState::Closed, now));
            }
            _ => {}
        }
    }
}

const HALF: CircuitPolicy = CircuitPolicy {
    failure_threshold: 3,
    window: Some(CircuitWindow { length: Duration::from_secs(30), failure_rate: 0.5, min_requests: 5 }),
    ..POLICY
};

fn attempts(breaker: &mut Breaker, verdicts: &[Verdict], now: Duration) {
    verdicts.iter().for_each(|verdict| attempt(breaker, *verdict, now));
}

#[test]
fn r13_in_a_window_failures_need_not_be_in_a_row() {
    let window = CircuitWindow { length: Duration::from_secs(30), failure_rate: 0.0, min_requests: 0 };
    let mut breaker = Breaker::new(CircuitPolicy { window: Some(window), ..POLICY });
    attempts(&mut breaker, &[Verdict::Failure, Verdict::Success, Verdict::Success], at(0));
    assert_eq!((breaker.failures(at(29)), breaker.failures(at(30))), (1, 0), "they are forgotten in time");
    attempt(&mut breaker, Verdict::Failure, at(30));
    assert_eq!(breaker.state(), CircuitState::Closed);
    attempts(&mut breaker, &[Verdict::Success, Verdict::Failure], at(59));
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn r13_a_share_is_looked_at_once_there_are_enough_attempts_and_failures() {
    use Verdict::{Failure, Nothing, Success};
    let mut breaker = Breaker::new(HALF);
    attempts(&mut breaker, &[Failure, Failure, Failure, Failure, Nothing], at(0));
    assert_eq!(breaker.state(), CircuitState::Closed, "four attempts tell anything, and five must");
    attempt(&mut breaker, Failure, at(0));
    assert_eq!(breaker.state(), CircuitState::Open);

    let mut breaker = Breaker::new(HALF);
    attempts(&mut breaker, &[Success, Success, Success, Success, Failure, Failure, Failure], at(0));
    assert_eq!(breaker.state(), CircuitState::Closed, "three of seven are less than half");
    attempt(&mut breaker, Failure, at(1));
    assert_eq!(breaker.state(), CircuitState::Open);
}

#[test]
fn r13_the_window_begins_anew_when_it_closes() {
    let mut breaker = Breaker::new(HALF);
    attempts(&mut breaker, &[Verdict::Failure; 5], at(0));
    attempt(&mut breaker, Verdict::Success, at(10));
    assert_eq!((breaker.state(), breaker.failures(at(10))), (CircuitState::Closed, 0));
    attempts(&mut breaker, &[Verdict::Failure; 4], at(11));
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[derive(Debug, Clone)]
enum Move {
    Admit,
    Settle(prop::sample::Index, Verdict),
    Wait(u64),
}

fn a_move() -> impl Strategy<Value = Move> {
    let verdict =
        prop_oneof![3 => Just(Verdict::Failure), 3 => Just(Verdict::Success), 1 => Just(Verdict::Nothing)];
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
        success_threshold in 1..4_u32,
        moves in prop::collection::vec(a_move(), 0..120),
    ) {
        let policy = CircuitPolicy { failure_threshold, half_open_max_requests, success_threshold, ..POLICY };
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

proptest! {
    /// Against a list of all that was noted, each with the number of its part.
    #[test]
    fn r13_a_window_counts_what_is_within_it(
        length in 1..100_000_u64,
        notes in prop::collection::vec((0..20_000_u64, any::<bool>()), 0..100),
        later in 0..200_000_u64,
    ) {
        let mut window = Window::new(Duration::from_micros(length));
        let part = (length * 1000 / window::PARTS as u64).max(1);
        let number = |now: Duration| now.as_nanos() as u64 / part;
        let (mut now, mut all) = (Duration::ZERO, Vec::new());
        for (after, failed) in notes {
            now += Duration::from_micros(after);
            window.note(now, failed);
            all.push((number(now), failed));
            for at in [now, now + Duration::from_micros(later)] {
                let within = || all.iter().filter(|(noted, _)| number(at) - noted < window::PARTS as u64);
                let counts = window.counts(at);
                prop_assert_eq!(counts.attempts as usize, within().count());
                prop_assert_eq!(counts.failures as usize, within().filter(|(_, failed)| *failed).count());
            }
        }
    }
}
