//! What is wrong with a program's contracts taken together is said before anything runs, all of it at once.

use crate::support::*;
use onex::Runtime;
use onex::bus::RoutingProblem;
use onex::engine::{BuildProblem, Settings};
use onex::node::Node;
use onex::node::mount::{Mount, Mounted};
use onex::plan::{At, FailureRow, NodeTable};

workflow!(placeholder entry(Ticket, "{env}.{namespace}.desk.evt.ticket-opened.v1", NewRun, None) {} [a Effect [0]]);
workflow!(owner entry(Ticket, "onex.cmd.desk.open-ticket.v1", NewRun, None) {} [a Effect [0]]);
workflow!(rival entry(Ticket, "onex.cmd.desk.open-ticket.v1", NewRun, None) {} [a Effect [0]]);

#[test]
fn every_problem_is_told_with_its_place() {
    let settings = Settings { max_in_flight: 0, ..quick() };
    let error = Runtime::builder(World::default())
        .settings(settings)
        .topic_value("env", "dev")
        .mount::<OrderDesk>()
        .mount::<placeholder::Node>()
        .mount::<owner::Node>()
        .mount::<rival::Node>()
        .mount::<owner::Node>()
        .build()
        .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(lines[0], "the runtime cannot be built, for 6 reasons:");
    assert!(lines[1].starts_with("the setting `max_in_flight` is 0"));
    assert_eq!(
        lines[2],
        "test.yaml:3:1: the topic `{env}.{namespace}.desk.evt.ticket-opened.v1` has the placeholder `{namespace}`, \
         and the configuration gives it no value; give it one with `.topic_value(..)`"
    );
    let owners: Vec<_> = lines.iter().filter(|line| line.contains("already handles")).collect();
    assert_eq!(owners.len(), 2);
    assert!(owners[0].starts_with("test.yaml:3:1: `node_rival` handles `onex.cmd.desk.open-ticket.v1`"));
    assert!(text.contains("two mounted nodes are named `node_owner`"));
    assert!(text.contains(
        "orders.yaml:20:7: the intent `audit.record_line` is sent to `node_books`, which is not mounted"
    ));
}

struct DeafBooks;

impl Node for DeafBooks {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_books",
        kind: onex::plan::Kind::Effect,
        contract: "deaf.yaml",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

impl Mount<World> for DeafBooks {
    fn mounted() -> Mounted<World> {
        Mounted::new(Self::TABLE)
    }
}

#[test]
fn an_intent_needs_a_route_where_it_is_sent() {
    let builder = Runtime::builder(World::default()).mount::<OrderDesk>().mount::<DeafBooks>();
    let error = builder.build().unwrap_err();
    let [BuildProblem::Routing(RoutingProblem::IntentNotRouted { at, intent, node, contract })] =
        error.problems.as_slice()
    else {
        panic!("{error}")
    };
    assert_eq!(*at, At { file: "orders.yaml", line: 20, column: 7 });
    assert_eq!((*intent, *node, *contract), ("audit.record_line", "node_books", "deaf.yaml"));
}

struct Unhandled;

impl Node for Unhandled {
    const TABLE: &'static NodeTable = OrderDesk::TABLE;
}

impl Mount<World> for Unhandled {
    fn mounted() -> Mounted<World> {
        Mounted::new(Self::TABLE)
    }
}

#[test]
fn functions_that_are_not_those_of_the_table_are_refused() {
    let builder = Runtime::builder(World::default()).mount::<Unhandled>().mount::<Books>();
    let error = builder.build().unwrap_err();
    assert!(matches!(error.problems.as_slice(), [BuildProblem::NotItsFunctions { .. }]), "{error}");
    assert!(error.to_string().starts_with("orders.yaml: the functions mounted for `node_order_desk`"));
}

workflow!(knotted {} [a Effect [1]; b Effect [0]]);

#[test]
fn a_workflow_that_cannot_be_executed_is_refused() {
    let error = Runtime::builder(World::default()).mount::<knotted::Node>().build().unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("test.yaml:1:1: the workflow `knotted` cannot be executed: "), "{text}");
}

#[tokio::test]
async fn a_filled_topic_is_the_one_that_is_used() {
    let world = World::default();
    let runtime = Runtime::builder(world.clone())
        .topic_value("env", "dev")
        .topic_value("namespace", "acme")
        .mount::<placeholder::Node>()
        .build()
        .unwrap();
    let mut watched = runtime.subscribe("dev.acme.desk.evt.ticket-opened.v1");
    runtime.publish(Ticket { id: "t".into() }).await.unwrap();
    runtime.settled().await;
    assert!(watched.try_recv().is_some());
    assert_eq!(world.scripts.order(), ["a"]);
}
