//! A journal of which everything is known, for the subcommands that look into one: `orders.db`.

use std::path::Path;
use std::sync::Arc;

use onex::Envelope;
use onex::journal::{
    Append, Commit, DeadLetter, DeadLetterCause, Detail, DetailBody, Journal as _, PinnedPlan, RunIdentity,
    RunKey, RunStart, StoredEnvelope, Timer, TimerKey,
};
use onex::message::{Payload, RunId, Topic};
use onex::plan::OnDuplicate;
use onex::run::{Fact, Failure, FailureCause, FailureClass, RunState, StepId, StopCause};
use onex_sqlite::Sqlite;
use uuid::Uuid;

pub(crate) const COMPLETED: &str = "01a7b2c4-0b1f-7000-8000-000000000001";
pub(crate) const FAILED: &str = "01a7b2c4-5a3e-7000-8000-000000000002";
pub(crate) const RETRYING: &str = "01a7b2c9-17d0-7000-8000-000000000003";
pub(crate) const PAUSED: &str = "01a7b2cb-90ff-7000-8000-000000000004";

/// When the first run was started.
const STARTED: u64 = 1_795_253_398_123;
const RESERVE: StepId = StepId(0);
const CHARGE: StepId = StepId(1);
const RECEIPT: StepId = StepId(2);

/// Puts it into a folder that has none.
pub(crate) fn make(folder: &Path) {
    let path = folder.join("orders.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { fill(&Sqlite::open(path).expect("a new journal")).await });
}

/// Sets the timer of the run that waits for a retry, in place of the one that it had.
pub(crate) fn set_timer(folder: &Path, attempt: u32, compensation: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let journal = Sqlite::open(folder.join("orders.db")).expect("nobody owns it");
        let lease = journal.acquire("orders").await.expect("nobody owns it");
        let key = |compensation| TimerKey { run: id(RETRYING), step: CHARGE, compensation };
        let timers = [Timer { key: key(compensation), attempt, due_unix_ms: STARTED + 65_000 }];
        let fired = [key(!compensation)];
        let commit = Commit { timers: &timers, fired: &fired, ..Commit::default() };
        journal.commit(&lease, commit).await.expect("it is written");
    });
}

pub(crate) fn id(text: &str) -> RunId {
    RunId(Uuid::try_parse(text).expect("an id"))
}

async fn fill(journal: &Sqlite) {
    let lease = journal.acquire("orders").await.expect("it is new");
    let refused = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
    let busy = Failure { class: FailureClass::Retryable, cause: FailureCause::Error };
    let timed_out = Failure::TIMED_OUT;
    let scheduled = |step, attempt| Fact::StepScheduled { step, attempt };
    let completed = |step| Fact::StepCompleted { step, attempt: 1 };
    let failed = |attempt, failure, retry_after_ms| Fact::AttemptFailed {
        step: CHARGE,
        attempt,
        failure,
        retry_after_ms,
    };
    let ended = |state| Fact::RunEnded { state };
    let output = |seq, text: &str| Detail { seq, body: DetailBody::Output(Payload::new(text.to_owned())) };
    let error = |seq, text: &str| Detail { seq, body: DetailBody::Error(text.into()) };
    let reserved = [Fact::RunStarted, scheduled(RESERVE, 1), completed(RESERVE), scheduled(CHARGE, 1)];

    let mut facts = reserved.to_vec();
    facts.extend([completed(CHARGE), scheduled(RECEIPT, 1), completed(RECEIPT), ended(RunState::Completed)]);
    let details = [output(2, "3 items"), output(4, "4200 cents"), output(6, "paid 4200 cents")];
    run(journal, &lease, (1, COMPLETED, &facts, &details, Some(842))).await;

    let mut facts = reserved.to_vec();
    facts.extend([
        failed(1, refused, None),
        Fact::StepFailed { step: CHARGE, failure: refused },
        Fact::RunStopping { cause: StopCause::StepFailed { step: CHARGE } },
        Fact::StepNotRun { step: RECEIPT },
        Fact::RunCompensating,
        Fact::CompensationScheduled { step: RESERVE, attempt: 1 },
        Fact::CompensationCompleted { step: RESERVE, attempt: 1 },
        ended(RunState::Failed),
    ]);
    let details = [output(2, "1 item"), error(4, "the card is refused")];
    run(journal, &lease, (2, FAILED, &facts, &details, Some(311))).await;

    let mut facts = reserved.to_vec();
    facts.extend([
        failed(1, timed_out, Some(100)),
        Fact::RetryDue { step: CHARGE, attempt: 1 },
        scheduled(CHARGE, 2),
        failed(2, busy, Some(5000)),
    ]);
    let details = [output(2, "7 items"), error(7, "the bank is busy")];
    run(journal, &lease, (3, RETRYING, &facts, &details, None)).await;

    let facts = [Fact::RunStarted, scheduled(RESERVE, 1), Fact::RunPaused];
    let details = [Detail { seq: 2, body: DetailBody::Reason("maintenance".into()) }];
    run(journal, &lease, (4, PAUSED, &facts, &details, None)).await;

    let key = TimerKey { run: id(RETRYING), step: CHARGE, compensation: false };
    let timers = [Timer { key, attempt: 2, due_unix_ms: STARTED + 65_000 }];
    let message = "expected `OrderPlaced`: missing field `items` at line 1 column 16".to_owned();
    let letters = [
        (DeadLetterCause::Decode { message }, Some("order_placed")),
        (DeadLetterCause::Unroutable, None),
        (
            DeadLetterCause::DuplicateRun { run: id(COMPLETED), key: "order 1".to_owned() },
            Some("fulfil_order"),
        ),
    ];
    let letters: Vec<_> = letters
        .into_iter()
        .enumerate()
        .map(|(number, (cause, handler))| {
            let number = number as u64;
            let topic = Topic::new("onex.cmd.shop.place-order.v1");
            let order = serde_json::json!({ "order_id": number });
            let envelope = Envelope::external(Uuid::from_u128(number.into()), topic, Payload::new(order));
            Arc::new(DeadLetter {
                envelope: StoredEnvelope::of(&envelope),
                cause,
                node: handler.map(|_| "node_shop_orchestrator".into()),
                handler: handler.map(Into::into),
                at_unix_ms: STARTED + 1000 * number,
                parked: None,
            })
        })
        .collect();
    let commit = Commit { timers: &timers, dead_letters: &letters, ..Commit::default() };
    journal.commit(&lease, commit).await.expect("it is written");
}

/// Its number, its id, its facts with their details, and after how long it ended.
type Told<'a> = (u64, &'a str, &'a [Fact], &'a [Detail], Option<u64>);

async fn run(journal: &Sqlite, lease: &onex::journal::Lease, (number, run, facts, details, took): Told<'_>) {
    let run = id(run);
    let started_unix_ms = STARTED + 1000 * number;
    let start = Arc::new(RunStart {
        run,
        identity: RunIdentity {
            node: "node_shop_orchestrator".into(),
            workflow: "fulfil_order".into(),
            key: RunKey::Declared(format!("order {number}").into()),
        },
        version: (1, 0, 0),
        plan: Arc::new(PinnedPlan {
            fingerprint: Uuid::from_u128(1),
            steps: ["reserve", "charge", "receipt"].map(Into::into).to_vec(),
            shape: None,
        }),
        input: Payload::new(format!("order {number}")),
        envelope_id: Uuid::from_u128(number.into()),
        correlation_id: Uuid::from_u128(number.into()),
        envelope: None,
        on_duplicate: OnDuplicate::Reject,
        started_unix_ms,
    });
    let append = Append {
        run,
        expected_seq: 0,
        facts,
        details,
        active_ms: took.unwrap_or(40),
        ended_unix_ms: took.map(|took| started_unix_ms + took),
    };
    let commit = Commit { start: Some(&start), append: Some(append), ..Commit::default() };
    journal.commit(lease, commit).await.expect("it is written");
}

/// What is of this moment, as if it were always the same: when facts were committed, and the journal's own id.
pub(crate) fn settled(text: &str) -> String {
    const NOW: &str = "2026-11-21T09:30:00.000Z";
    let mut settled = String::with_capacity(text.len());
    let mut attempts = false;
    for line in text.split_inclusive('\n') {
        attempts = line.starts_with("AT ") || attempts && line.starts_with("20");
        let is_id = line.starts_with("journal  ");
        match line.split_once("  ") {
            Some((_, rest)) if attempts && line.starts_with("20") => settled += &format!("{NOW}  {rest}"),
            Some((name, _)) if is_id => {
                let gap = " ".repeat("dead letters".len() - name.len());
                settled += &format!("{name}{gap}  5b0e2d0c-6f1c-4a57-9c1e-0a3f6a1d7c55\n");
            }
            _ => settled += line,
        }
    }
    settled
}
