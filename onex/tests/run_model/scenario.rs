//! What may happen: random plans, random answers, random order.

use std::num::NonZeroU32;
use std::time::Duration;

use onex::run::{
    Backoff, Failure, FailureCause, FailureClass, Growth, Input, Jitter, Mode, Need, OnFailure, Policy,
    StepId, StepKind, StepSpec, Strategy as Recovery, UndoOrder, Undoing,
};
use proptest::prelude::*;

const MOST_STEPS: usize = 12;

/// How an attempt is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    Succeed,
    Fail(Failure, Jitter),
}

/// What the driver does next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Move {
    /// Carry out one of the outstanding commands.
    CarryOut(prop::sample::Index),
    /// Answer one of the outstanding commands by holding its step, if it dispatches one.
    Hold(prop::sample::Index),
    /// Evaluate one of the conditions that are asked for.
    Evaluate(prop::sample::Index, bool),
    /// Say how many entries the list has that is asked for, if one is.
    Count(u32),
    /// Release one of the steps that are held.
    Release(prop::sample::Index),
    /// Go on on the plan of the run, as on another one.
    Carry,
    /// Give any input, most likely one that does not fit.
    Give(Input),
}

/// One run and all that happens to it. After its moves, the oldest command is carried out until none is left; then it is done
/// again.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) policy: Policy,
    pub(crate) steps: Vec<StepSpec>,
    /// By step and by attempt; the last answer repeats.
    pub(crate) answers: Vec<Vec<Answer>>,
    pub(crate) undo_answers: Vec<Vec<Answer>>,
    pub(crate) moves: Vec<Move>,
    /// From which of its steps it is done again when it is over, and what happens then.
    pub(crate) again: Vec<(prop::sample::Index, Vec<Move>)>,
}

pub(crate) fn answer(script: &[Answer], attempt: u32) -> Answer {
    let index = (attempt as usize - 1).min(script.len() - 1);
    script[index]
}

#[derive(Debug, Clone)]
struct RawStep {
    /// The step depends only on steps of lower rank, or of the same rank and declared before.
    rank: u8,
    depends_on: u16,
    requires: u16,
    /// Of the dependencies that are not required, those of which no output is taken.
    only_after: u16,
    kind: StepKind,
    retries: u32,
    on_failure: Option<OnFailure>,
    says: Says,
    compensation_retries: Option<u32>,
    answers: Vec<Answer>,
    undo_answers: Vec<Answer>,
}

/// What a step says for itself.
#[derive(Debug, Clone)]
struct Says {
    compensable: bool,
    enabled: bool,
    skip_on_failure: bool,
    runs_without_inputs: bool,
    conditional: bool,
    /// It comes after the nearest branch before it, in the same group.
    branch: bool,
    each: Option<NonZeroU32>,
    precedence: (u32, u32),
    /// When it is undone: its priority, and after which delay.
    undone: (u32, Duration),
}

pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let steps = prop::collection::vec(raw_step(), 0..=MOST_STEPS);
    let moves = prop::collection::vec(a_move(), 0..80);
    let again = prop::collection::vec(a_move(), 0..40);
    let again = prop::collection::vec((any::<prop::sample::Index>(), again), 0..3);
    (policy(), steps, moves, again).prop_map(|(policy, raw, moves, again)| Scenario {
        policy,
        steps: (0..raw.len()).map(|index| spec(&raw, index)).collect(),
        answers: raw.iter().map(|step| step.answers.clone()).collect(),
        undo_answers: raw.iter().map(|step| step.undo_answers.clone()).collect(),
        moves,
        again,
    })
}

fn spec(raw: &[RawStep], index: usize) -> StepSpec {
    let step = &raw[index];
    let is_before = |other: usize| (raw[other].rank, other) < (step.rank, index);
    let has = |mask: u16, other: usize| mask & (1 << other) != 0;
    let is_entry = step.kind == StepKind::Entry;
    let mut depends_on: Vec<_> = (0..raw.len())
        .filter(|&other| !is_entry && is_before(other) && has(step.depends_on, other))
        .map(|other| {
            let need = match (has(step.requires, other), has(step.only_after, other)) {
                (true, _) => Need::Required,
                (false, true) => Need::Order,
                (false, false) => Need::Optional,
            };
            (StepId(other as u32), need)
        })
        .collect();
    let branches = (0..raw.len()).filter(|&other| raw[other].says.branch && is_before(other));
    let before = branches.max_by_key(|&other| (raw[other].rank, other)).map(|other| StepId(other as u32));
    if let Some(before) = before.filter(|_| step.says.branch && !is_entry) {
        depends_on.retain(|(other, _)| *other != before);
        depends_on.push((before, Need::Else));
    }
    StepSpec {
        id: format!("step_{index}").into(),
        kind: step.kind,
        depends_on,
        retries: step.retries,
        on_failure: step.on_failure,
        compensable: step.says.compensable && step.kind == StepKind::Effect,
        enabled: step.says.enabled || is_entry,
        skip_on_failure: step.says.skip_on_failure,
        runs_without_inputs: step.says.runs_without_inputs,
        conditional: step.says.conditional && !is_entry,
        precedence: step.says.precedence,
        compensation_retries: step.compensation_retries,
        compensation_priority: step.says.undone.0,
        compensation_delay: step.says.undone.1,
        outlives_process: false,
        each: step.says.each.filter(|_| !matches!(step.kind, StepKind::Entry | StepKind::Gate)),
    }
}

fn raw_step() -> impl Strategy<Value = RawStep> {
    let kind = prop_oneof![
        1 => Just(StepKind::Entry),
        2 => Just(StepKind::Compute),
        6 => Just(StepKind::Effect),
        2 => Just(StepKind::Gate),
        1 => Just(StepKind::Reducer),
    ];
    let sparse = (any::<u16>(), any::<u16>()).prop_map(|(one, other)| one & other);
    let answers = prop::collection::vec(an_answer(4), 1..4);
    let undo_answers = prop::collection::vec(an_answer(8), 1..4);
    let on_failure = prop_oneof![
        6 => Just(None),
        3 => Just(Some(OnFailure::Continue)),
        1 => Just(Some(OnFailure::Stop)),
        1 => Just(Some(OnFailure::Compensate)),
    ];
    let needs = (sparse, any::<u16>(), any::<u16>());
    let fails = (0..3_u32, on_failure, prop::option::of(0..3_u32));
    (0..4_u8, needs, kind, fails, says(), answers, undo_answers).prop_map(
        |(rank, needs, kind, (retries, on_failure, compensation_retries), says, answers, undo_answers)| {
            RawStep {
                rank,
                depends_on: needs.0,
                requires: needs.1,
                only_after: needs.2,
                kind,
                retries,
                on_failure,
                says,
                compensation_retries,
                answers,
                undo_answers,
            }
        },
    )
}

fn says() -> impl Strategy<Value = Says> {
    let rarely = || prop::bool::weighted(0.1);
    let precedence = prop_oneof![2 => Just((100, 0)), 1 => (1..4_u32, 0..3_u32)];
    let flags = (prop::bool::weighted(0.8), rarely(), rarely(), rarely());
    let each =
        prop::option::weighted(0.2, (1..4_u32).prop_map(|most| NonZeroU32::MIN.saturating_add(most - 1)));
    let may = (prop::bool::weighted(0.3), prop::bool::weighted(0.2), each);
    let undone = (prop_oneof![3 => Just(100), 1 => 99..102_u32], delay());
    (flags, may, precedence, undone).prop_map(
        |(
            (compensable, disabled, skip_on_failure, runs_without_inputs),
            (conditional, branch, each),
            precedence,
            undone,
        )| {
            Says {
                compensable,
                enabled: !disabled,
                skip_on_failure,
                runs_without_inputs,
                conditional,
                branch,
                each,
                precedence,
                undone,
            }
        },
    )
}

fn an_answer(successes_to_two_failures: u32) -> impl Strategy<Value = Answer> {
    prop_oneof![
        successes_to_two_failures => Just(Answer::Succeed),
        2 => (failure(), jitter()).prop_map(|(failure, jitter)| Answer::Fail(failure, jitter)),
    ]
}

fn jitter() -> impl Strategy<Value = Jitter> {
    any::<u16>().prop_map(Jitter)
}

fn failure() -> impl Strategy<Value = Failure> {
    let class = prop_oneof![
        4 => Just(FailureClass::Retryable),
        1 => Just(FailureClass::Permanent),
        1 => Just(FailureClass::Refused),
    ];
    let cause = prop_oneof![
        4 => Just(FailureCause::Error),
        1 => Just(FailureCause::TimedOut),
        1 => Just(FailureCause::Panicked),
        1 => Just(FailureCause::Abandoned),
        1 => Just(FailureCause::OutputRefused),
    ];
    (class, cause).prop_map(|(class, cause)| Failure { class, cause })
}

fn a_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        60 => any::<prop::sample::Index>().prop_map(Move::CarryOut),
        12 => any::<prop::sample::Index>().prop_map(Move::Hold),
        30 => (any::<prop::sample::Index>(), prop::bool::weighted(0.6))
            .prop_map(|(which, holds)| Move::Evaluate(which, holds)),
        8 => any::<prop::sample::Index>().prop_map(Move::Release),
        1 => Just(Move::Give(Input::UndoingTimedOut)),
        15 => (0..5_u32).prop_map(Move::Count),
        2 => Just(Move::Carry),
        1 => Just(Move::Give(Input::Cancel)),
        1 => Just(Move::Give(Input::Kill)),
        3 => Just(Move::Give(Input::Pause)),
        4 => Just(Move::Give(Input::Resume)),
        1 => Just(Move::Give(Input::RunTimedOut)),
        1 => Just(Move::Give(Input::GraceOver)),
        3 => (1..5_u32).prop_map(|crash_limit| Move::Give(Input::Restarted { crash_limit })),
        9 => any_answer().prop_map(Move::Give),
    ]
}

/// An input about any step, even one that there is not, and any attempt.
fn any_answer() -> impl Strategy<Value = Input> {
    let about = (0..=MOST_STEPS as u32 + 4, 0..4_u32);
    (0..16_u8, about, failure(), jitter()).prop_map(|(which, (step, attempt), failure, jitter)| {
        let step = StepId(step);
        match which {
            0 => Input::Start,
            1 => Input::Completed { step, attempt },
            2 => Input::Failed { step, attempt, failure, jitter },
            3 => Input::RetryDue { step, attempt },
            4 => Input::Compensated { step, attempt },
            12 => Input::Counted { step, items: attempt },
            13 => Input::Uncountable { step, failure },
            14 => Input::Undecidable { step, failure },
            15 => Input::Reopen { from: step },
            10 => Input::Arrived { step },
            11 => Input::GateTimedOut { step },
            6 => Input::Held { step, attempt },
            7 => Input::Released { step },
            8 => Input::Evaluated { step, holds: attempt > 1 },
            5 => Input::CompensationFailed { step, attempt, failure, jitter },
            _ => Input::CompensationRetryDue { step, attempt },
        }
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let mode = prop_oneof![
        1 => Just(Mode::Sequential),
        3 => (1..5_u32).prop_filter_map("at least one slot", |slots| {
            NonZeroU32::new(slots).map(|max_steps| Mode::Parallel { max_steps })
        }),
    ];
    let strategy = prop_oneof![
        1 => Just(Recovery::FailFast),
        2 => Just(Recovery::ContinueOnError),
        1 => Just(Recovery::Retry),
        4 => Just(Recovery::Compensate),
    ];
    let backoff = (0..5_000_u64, 0.5..4.0_f64, 0..9_000_u64, 0.0..=1.0_f64, any::<bool>()).prop_map(
        |(initial, factor, max, jitter, linear)| Backoff {
            initial: Duration::from_micros(initial),
            growth: if linear { Growth::Linear } else { Growth::Times(factor) },
            max: Duration::from_micros(max),
            jitter,
        },
    );
    let min_completed_percent = prop::option::weighted(0.3, 0.0..=100.0_f64);
    let rest = (0..3_u32, undoing(), min_completed_percent);
    (mode, strategy, backoff, rest).prop_map(
        |(mode, strategy, backoff, (compensation_retries, undoing, min_completed_percent))| Policy {
            mode,
            strategy,
            backoff,
            compensation_retries,
            undoing,
            min_completed_percent,
            timeout: Duration::from_secs(30),
        },
    )
}

fn undoing() -> impl Strategy<Value = Undoing> {
    let at_once = (1..4_u32)
        .prop_filter_map("at least one", |most| NonZeroU32::new(most).map(|most| UndoOrder::AtOnce { most }));
    let order = prop_oneof![
        3 => Just(UndoOrder::LatestFirst),
        1 => Just(UndoOrder::EarliestFirst),
        3 => at_once,
    ];
    (order, delay()).prop_map(|(order, delay)| Undoing { order, delay, timeout: None })
}

/// Most often none.
fn delay() -> impl Strategy<Value = Duration> {
    prop_oneof![4 => Just(Duration::ZERO), 1 => (1..5_000_u64).prop_map(Duration::from_micros)]
}
