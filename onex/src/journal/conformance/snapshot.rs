//! All that can be read of a journal, as text: what two journals are compared by.

use std::fmt::Write as _;

use super::fixtures::{entity, identity, mark, run_id};
use crate::journal::{BegunCalls, DetailBody, EntityRecord, Journal, RunRecord, RunSummary, Timer};
use crate::message::{Envelope, Payload};

/// The ids that histories draw from.
pub(super) const RUNS: u128 = 8;
pub(super) const KEYS: [&str; 3] = ["k", "it's \"ünïcode\" \u{1F980}", ""];
pub(super) const MARKS: u128 = 20;
pub(super) const ENTITIES: u128 = 4;

/// What a journal answers, asked for everything.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) runs: Vec<RunSummary>,
    pub(super) unfinished: Vec<RunSummary>,
    pub(super) records: Vec<Option<RunRecord>>,
    pub(super) found: Vec<Option<crate::message::RunId>>,
    pub(super) handled: Vec<bool>,
    pub(super) entities: Vec<Option<EntityRecord>>,
    pub(super) outbox: Vec<Envelope>,
    pub(super) begun: Vec<BegunCalls>,
    pub(super) timers: Vec<Timer>,
    pub(super) dead_letters: Vec<std::sync::Arc<crate::journal::DeadLetter>>,
    pub(super) parked: Vec<std::sync::Arc<crate::journal::DeadLetter>>,
}

pub(super) async fn read<J: Journal>(journal: &J) -> String {
    let mut answers = Answers {
        runs: journal.runs().await.expect("the runs can be read"),
        unfinished: journal.unfinished().await.expect("the unfinished runs can be read"),
        outbox: journal.outbox().await.expect("the outbox can be read"),
        begun: journal.begun().await.expect("the calls that have begun can be read"),
        timers: journal.timers().await.expect("the timers can be read"),
        dead_letters: journal.dead_letters().await.expect("the dead letters can be read"),
        parked: journal.parked().await.expect("what is parked can be read"),
        ..Answers::default()
    };
    for run in 1..=RUNS {
        answers.records.push(journal.run(run_id(run)).await.expect("a run can be read"));
    }
    for key in KEYS {
        answers.found.push(journal.find(&identity(key)).await.expect("a run can be found"));
    }
    for id in 1..=MARKS {
        answers.handled.push(journal.handled(&mark(id)).await.expect("the inbox can be read"));
    }
    for number in 1..=ENTITIES {
        answers.entities.push(journal.entity(&entity(number)).await.expect("an entity can be read"));
    }
    answers.to_text()
}

impl Answers {
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |what: &str, value: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {what}: {value}");
        };
        self.runs.iter().for_each(|run| line("run", format!("{run:?}")));
        self.unfinished.iter().for_each(|run| line("unfinished", format!("{run:?}")));
        self.records.iter().flatten().for_each(|run| line("record", record(run)));
        line("found", format!("{:?}", self.found));
        line("handled", format!("{:?}", self.handled));
        for (number, record) in (1_u32..).zip(&self.entities) {
            if let Some(EntityRecord { version, state }) = record {
                line("entity", format!("{number} at {version}: {}", payload(state)));
            }
        }
        self.outbox.iter().for_each(|sent| line("outbox", envelope(sent)));
        self.begun.iter().for_each(|counted| line("begun", format!("{counted:?}")));
        self.timers.iter().for_each(|timer| line("timer", format!("{timer:?}")));
        for (what, letters) in [("dead letter", &self.dead_letters), ("parked", &self.parked)] {
            for letter in letters {
                line(what, serde_json::to_string(&**letter).expect("a dead letter is JSON"));
            }
        }
        text
    }
}

fn record(record: &RunRecord) -> String {
    let start = &record.start;
    let details: Vec<String> = record
        .details
        .iter()
        .map(|detail| match &detail.body {
            DetailBody::Output(output) => format!("{}={}", detail.seq, payload(output)),
            DetailBody::Error(message) => format!("{}!{message:?}", detail.seq),
            DetailBody::Reason(reason) => format!("{}?{reason:?}", detail.seq),
        })
        .collect();
    format!(
        "{} {:?} {:?} {:?} input {} by {} {} {:?} {:?} at {} facts {:?} details {details:?} active {} ended {:?}",
        start.run,
        start.identity,
        start.version,
        start.plan,
        payload(&start.input),
        start.envelope_id,
        start.correlation_id,
        start.envelope.as_deref().map(envelope),
        start.on_duplicate,
        start.started_unix_ms,
        record.facts,
        record.active_ms,
        record.ended_unix_ms,
    )
}

fn envelope(envelope: &Envelope) -> String {
    let Envelope {
        envelope_id,
        correlation_id,
        causation_id,
        traceparent,
        topic,
        wire_type,
        payload: carried,
    } = envelope;
    let carried = payload(carried);
    format!("{envelope_id} {correlation_id} {causation_id:?} {traceparent:?} {topic} {wire_type} {carried}")
}

fn payload(payload: &Payload) -> String {
    payload.to_json().expect("the fixtures are serialisable").get().to_owned()
}
