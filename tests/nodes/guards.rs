//! Every operator of a guard, as a field access that rustc has checked: one fact for which it holds, one for which it does not.

use onex::{DeadLetterCause, Event, Runtime, handler, reducer};
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Facts {
    case: u8,
    total: u64,
    ratio: f32,
    name: String,
    tags: Vec<String>,
    limit: Option<i32>,
    nickname: Option<String>,
    inner: Inner,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Inner {
    done: bool,
}

#[derive(Event, Serialize, Deserialize)]
struct Probed {
    probe: u64,
    facts: Facts,
}

#[reducer(contract = "contracts/guards.yaml")]
struct Guards;

#[handler(transition = guards::Probed)]
fn probed(_: Facts, event: &Probed) -> Facts {
    event.facts.clone()
}

fn facts(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = Facts::default();
    change(&mut facts);
    facts
}

fn named(name: &str) -> Facts {
    facts(|facts| facts.name = name.into())
}

fn tagged(tags: &[&str]) -> Facts {
    facts(|facts| facts.tags = tags.iter().map(|tag| (*tag).to_owned()).collect())
}

fn total(total: u64) -> Facts {
    facts(|facts| facts.total = total)
}

fn ratio(ratio: f32) -> Facts {
    facts(|facts| facts.ratio = ratio)
}

fn limit(limit: Option<i32>) -> Facts {
    facts(|facts| facts.limit = limit)
}

fn called(nickname: &str) -> Facts {
    facts(|facts| facts.nickname = Some(nickname.into()))
}

fn done(done: bool) -> Facts {
    facts(|facts| facts.inner.done = done)
}

#[tokio::test]
async fn each_operator_holds_for_what_it_says_and_for_nothing_else() {
    let cases = [
        (1, total(7), total(8)),
        (2, named("AB"), named("A B")),
        (3, total(8), total(7)),
        (4, ratio(0.5), ratio(0.49)),
        (5, limit(Some(-2)), limit(Some(-1))),
        (5, limit(Some(i32::MIN)), limit(None)),
        (6, ratio(2.0), ratio(2.5)),
        (6, ratio(-1.0), ratio(f32::NAN)),
        (7, named("Zürich ric"), named("Ric")),
        (8, tagged(&["blue"]), tagged(&["blue", "red"])),
        (9, total(3), total(4)),
        (10, named("c"), named("b")),
        (11, done(true), done(false)),
        (12, done(false), done(true)),
        (13, limit(Some(0)), limit(None)),
        (14, limit(None), limit(Some(0))),
        (15, named("äöü"), named("äö")),
        (16, tagged(&["a"]), tagged(&["a", "b"])),
        (18, named("AB-12"), named("xAB-12")),
        (18, named("AB-1"), named("AB-1\n")),
        (19, named("onex two"), named("one")),
        (20, called("zo_1"), called("zoë")),
        (20, called(""), facts(|_| ())),
    ];
    let runtime = Runtime::builder(()).mount::<Guards>().build().unwrap();
    for (probe, (case, holds, fails)) in (0_u64..).zip(cases) {
        for (probe, facts, expected) in [(probe * 2, holds, true), (probe * 2 + 1, fails, false)] {
            let before = runtime.dead_letter_list().await.unwrap().len();
            let facts = Facts { case, ..facts };
            runtime.publish(Probed { probe, facts }).await.unwrap();
            runtime.settled().await;
            let entity = runtime.entity::<Guards>(&probe.to_string()).await.unwrap();
            let state = entity.map(|entity| entity.state);
            assert_eq!(state, expected.then_some(guards::State::Held), "case {case}");
            assert_eq!(runtime.dead_letter_list().await.unwrap().len() - before, usize::from(!expected));
        }
    }
}

#[tokio::test]
async fn a_condition_that_is_not_required_refuses_nothing() {
    let runtime = Runtime::builder(()).mount::<Guards>().build().unwrap();
    let facts = Facts { case: 17, ..Facts::default() };
    runtime.publish(Probed { probe: 1, facts }).await.unwrap();
    runtime.settled().await;
    assert_eq!(runtime.entity::<Guards>("1").await.unwrap().unwrap().state, guards::State::Held);
}

#[tokio::test]
async fn who_is_refused_is_told_of_every_transition_that_was_tried() {
    let runtime = Runtime::builder(()).mount::<Guards>().build().unwrap();
    runtime.publish(Probed { probe: 1, facts: Facts::default() }).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::TransitionRefused { message, .. } = &letters[0].cause else { panic!("{letters:?}") };
    assert!(message.starts_with("it takes that `case` equals 1 (contracts/guards.yaml:15:7); "), "{message}");
    assert_eq!(message.matches("it takes that").count(), 20);
}
