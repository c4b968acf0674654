//! Spans: which there are, in which, with which ids, and what a handler logs is in its own. A program of its own: what is traced
//! for the first time on a thread that nobody listens to may be taken for what nobody ever listens to.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[macro_use]
#[path = "engine/support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use onex::message::{action_id, item_action_id};
use onex::stream::Iter;
use support::*;
use tokio::time::sleep;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

workflow!(chain {} [a Effect [] { retry_count: Some(1) }; b Compute [0]]);

workflow!(sensors { mode: Mode::Streaming, } [check Compute []; store Effect [0] { retry_count: Some(1) }]);

impl onex::node::StreamWorkflow for sensors::Node {
    type Input = u64;
}

/// A span that was opened, with its fields and the name of the one that it is in.
#[derive(Debug, Clone, Default)]
struct Seen {
    name: &'static str,
    within: Option<u64>,
    fields: HashMap<String, String>,
}

/// All spans, by id, and the spans of all that was logged, innermost first.
#[derive(Clone, Default)]
struct Watcher {
    spans: Arc<Mutex<HashMap<u64, Seen>>>,
    logged: Arc<Mutex<Vec<Vec<&'static str>>>>,
}

struct Fields<'a>(&'a mut HashMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Watcher {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let parent = ctx.span(id).unwrap().parent().map(|parent| parent.id().into_u64());
        let mut seen = Seen { name: attributes.metadata().name(), within: parent, ..Seen::default() };
        attributes.record(&mut Fields(&mut seen.fields));
        self.spans.lock().unwrap().insert(id.into_u64(), seen);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some(seen) = self.spans.lock().unwrap().get_mut(&id.into_u64()) {
            values.record(&mut Fields(&mut seen.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let spans = ctx.event_scope(event).into_iter().flatten().map(|span| span.name()).collect();
        self.logged.lock().unwrap().push(spans);
    }
}

impl Watcher {
    /// The spans of this name, in the order in which they were opened by their attempts.
    fn named(&self, name: &str) -> Vec<Seen> {
        let spans = self.spans.lock().unwrap();
        let mut named: Vec<_> = spans.iter().filter(|(_, seen)| seen.name == name).collect();
        named.sort_by_key(|(id, _)| **id);
        named.into_iter().map(|(_, seen)| seen.clone()).collect()
    }

    fn parent_of(&self, seen: &Seen) -> Seen {
        self.spans.lock().unwrap()[&seen.within.unwrap()].clone()
    }
}

fn watched() -> (Watcher, tracing::subscriber::DefaultGuard) {
    let watcher = Watcher::default();
    let subscriber = tracing_subscriber::registry().with(watcher.clone());
    (watcher, tracing::subscriber::set_default(subscriber))
}

#[tokio::test(start_paused = true)]
async fn attempts_are_in_steps_and_steps_in_their_run_with_the_ids() {
    let (watcher, _guard) = watched();
    let (world, runtime) = on::<chain::Node>();
    world.scripts.on("a", |ctx| async move {
        tracing::info!("before it waits");
        sleep(ms(10)).await;
        tracing::info!("after it has waited");
        if ctx.attempt == 1 { Err(fail("busy: token=hunter2")) } else { Ok(1) }
    });
    world.scripts.on_sync("b", |_| {
        tracing::info!("computing");
        Ok(1)
    });
    let report = run::<chain::Node>(&runtime).await;

    let [a, b] = &watcher.named("step")[..] else { panic!("{:?}", watcher.named("step")) };
    assert_eq!((&a.fields["step"], &a.fields["state"]), (&"a".to_owned(), &"Completed".to_owned()));
    assert_eq!(b.fields["step"], "b");
    let attempts = watcher.named("attempt");
    let of: Vec<_> = attempts
        .iter()
        .map(|attempt| (watcher.parent_of(attempt).fields["step"].clone(), attempt.fields["attempt"].clone()))
        .collect();
    let expected = [("a", "1"), ("a", "2"), ("b", "1")].map(|(step, n)| (step.to_owned(), n.to_owned()));
    assert_eq!(of, expected);
    assert_eq!(attempts[1].fields["action_id"], action_id(report.run, "a", false, 0).to_string());
    let run = watcher.parent_of(a);
    assert_eq!((run.name, &run.fields["run"]), ("run", &report.run.to_string()));
    assert_eq!(run.fields["correlation_id"], report.correlation_id.to_string());
    assert_eq!((&*run.fields["workflow"], &*run.fields["status"]), ("chain", "completed"));
    assert_eq!(*watcher.logged.lock().unwrap(), vec![vec!["attempt", "step", "run"]; 5]);
    let all = format!("{:?}", watcher.spans.lock().unwrap());
    assert!(!all.contains("hunter2"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn attempts_of_a_stream_are_in_its_run_with_their_step_and_their_item() {
    let (watcher, _guard) = watched();
    let (world, runtime) = on::<sensors::Node>();
    world.scripts.on_sync("check", |_| {
        tracing::info!("computing");
        Ok(1)
    });
    world.scripts.on("store", |ctx| async move {
        tracing::info!("before it waits");
        sleep(ms(10)).await;
        tracing::info!("after it has waited");
        let is_busy = ctx.step.unwrap().item == Some(1) && ctx.attempt == 1;
        if is_busy { Err(fail("busy: token=hunter2")) } else { Ok(1) }
    });
    let stream = runtime.stream::<sensors::Node>(Iter::new(0..2_u64)).open().await.unwrap();
    let run = stream.id();
    stream.drain().await.unwrap();

    let attempts = watcher.named("attempt");
    let of =
        |attempt: &Seen| ["step", "item", "attempt"].map(|field| attempt.fields[field].clone()).join(" ");
    let mut told: Vec<_> = attempts.iter().map(of).collect();
    told.sort_unstable();
    assert_eq!(told, ["check 0 1", "check 1 1", "store 0 1", "store 1 1", "store 1 2"]);
    let again = attempts.iter().find(|attempt| attempt.fields["attempt"] == "2").unwrap();
    assert_eq!(again.fields["action_id"], item_action_id(run, "store", 1, false, 0).to_string());
    let [of_run] = &watcher.named("run")[..] else { panic!("{:?}", watcher.named("run")) };
    assert_eq!((&of_run.fields["run"], &*of_run.fields["status"]), (&run.to_string(), "completed"));
    assert!(attempts.iter().all(|attempt| watcher.parent_of(attempt).name == "run"));
    assert_eq!(*watcher.logged.lock().unwrap(), vec![vec!["attempt", "run"]; 8]);
    let all = format!("{:?}", watcher.spans.lock().unwrap());
    assert!(!all.contains("hunter2"), "{all}");
}

#[tokio::test]
async fn the_handler_of_a_route_has_a_span_with_the_trace_of_its_message() {
    let (watcher, _guard) = watched();
    let world = World::default();
    let runtime = both(&world);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let traceparent = Some(trace.parse().unwrap());
    let envelope = onex::Envelope { traceparent, ..json(PLACED, 1, r#"{"order_id":"o","items":1}"#) };
    runtime.deliver(envelope).await.unwrap();
    runtime.settled().await;
    let routes = watcher.named("route");
    let handlers: Vec<_> = routes.iter().map(|route| route.fields["handler"].as_str()).collect();
    assert_eq!(handlers.len(), 3, "{handlers:?}");
    assert!(handlers.contains(&"order_placed") && handlers.contains(&"book") && handlers.contains(&"record"));
    assert!(routes.iter().all(|route| route.fields["traceparent"] == trace), "{routes:?}");
}
