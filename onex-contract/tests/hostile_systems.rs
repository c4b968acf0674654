//! Sets of contracts that were made to do harm: what is said of them takes little time, and no message is long.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use onex_contract::{Code, Contract, Coverage, Diagnostics, Source, check_system, parse};

/// Far above what any of these takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn judged(texts: impl IntoIterator<Item = String>) -> Diagnostics {
    let contract = |(at, text): (usize, String)| {
        let source = Source::new(format!("{at}.yaml"), text);
        parse(&source).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let contracts: Vec<Contract> = texts.into_iter().enumerate().map(contract).collect();
    let started = Instant::now();
    let found = check_system(&contracts, Coverage::Whole).expect("something is wrong");
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    let some = found.list().iter().take(20);
    let longest = some.map(|fault| fault.render_plain(found.source()).len()).max();
    assert!(longest < Some(4_000), "a message of {longest:?} bytes");
    found
}

fn count(found: &Diagnostics, code: Code) -> usize {
    found.list().iter().filter(|fault| fault.code == code).count()
}

fn node(name: &str, rest: &str) -> String {
    format!("name: node_{name}\nnode_type: effect\ncontract_version: 1.0.0\n{rest}")
}

fn takes_all(lists: &str) -> String {
    format!("handler_routing: {{ default_handler: take }}\nevent_bus:\n{lists}")
}

#[test]
fn misspelt_topics_by_the_thousand() {
    let topics = |end: &str, of: usize| -> String {
        (0..500).fold(String::new(), |mut list, topic| {
            writeln!(list, "    - onex.evt.shop.order-{of}-{topic}-{end}.v1").expect("a String");
            list
        })
    };
    let pair = |of: usize| {
        let takes = format!("  subscribe_topics:\n{}", topics("placed", of));
        let gives = format!("  publish_topics:\n{}", topics("placd", of));
        [node(&format!("takes_{of}"), &takes_all(&takes)), node(&format!("gives_{of}"), &takes_all(&gives))]
    };
    let found = judged((0..20).flat_map(pair));
    assert_eq!(count(&found, Code::NoProducer), 10_000);
}

#[test]
fn versions_of_one_topic_by_the_thousand() {
    let topics = |versions: std::ops::Range<usize>| -> String {
        versions.fold(String::new(), |mut list, version| {
            writeln!(list, "    - onex.evt.shop.order-placed.v{version}").expect("a String");
            list
        })
    };
    let takes = |of: usize| format!("  subscribe_topics:\n{}", topics(of * 500 + 1..of * 500 + 501));
    let gives = |of: usize| format!("  publish_topics:\n{}", topics(of * 500 + 1..of * 500 + 501));
    let takers = (0..20).map(|of| node(&format!("takes_{of}"), &takes_all(&takes(of))));
    let givers = (20..40).map(|of| node(&format!("gives_{of}"), &takes_all(&gives(of))));
    let found = judged(takers.chain(givers));
    assert_eq!(count(&found, Code::NoProducer), 10_000);
}

#[test]
fn a_command_that_everybody_takes_is_one_message() {
    let takes = takes_all("  consumer_group: all\n  subscribe_topics: [onex.cmd.shop.place-order.v1]\n");
    let found = judged((0..1_000).map(|of| node(&format!("takes_{of}"), &takes)));
    assert_eq!((count(&found, Code::SharedCommand), count(&found, Code::SharedGroup)), (1, 0));
}

#[test]
fn types_of_one_topic_by_the_thousand() {
    let takes = |of: usize| {
        let (entry, event) = ("handler_routing: { handlers: [{ event_model: { name: ", format!("Placed{of}"));
        format!(
            "{entry}{event} }}, handler: {{ name: placed }} }}] }}\n\
             consumed_events: [{{ topic: onex.evt.shop.placed.v1, event_type: {event}, external: true }}]\n"
        )
    };
    let found = judged((0..1_000).map(|of| node(&format!("takes_{of}"), &takes(of))));
    assert_eq!(count(&found, Code::OtherType), 999);
}

#[test]
fn intents_and_patterns_by_the_thousand() {
    let lines = (0..5_000).fold(String::new(), |mut lines, of| {
        writeln!(lines, "    shop.order_{of}: node_absent_{of}").expect("a String");
        lines
    });
    let sends = format!(
        "name: node_sends\nnode_type: orchestrator\ncontract_version: 1.0.0\n\
         intent_consumption:\n  intent_routing_table:\n{lines}"
    );
    let executed = (0..900).fold("handler_routing:\n  handlers:\n".to_owned(), |mut routes, of| {
        let (model, handler) = (format!("Order{of}"), format!("order_{of}"));
        writeln!(
            routes,
            "    - {{ intent_model: {{ name: {model} }}, intent_type: shop.ordr_{of}, handler: {{ name: {handler} }} }}"
        )
        .expect("a String");
        routes
    });
    let patterns = (0..5_000).fold(String::new(), |mut patterns, of| {
        let stars = "*a".repeat(40);
        writeln!(patterns, "  - {{ event_pattern: \"{stars}{of}b\", handler_function: take }}")
            .expect("a String");
        patterns
    });
    let topics = (0..400).map(|of| format!("onex.evt.shop.{}-{of}.v1", "a".repeat(70))).collect::<Vec<_>>();
    let gives = takes_all(&format!("  publish_topics: [{}]\n", topics.join(", ")));
    let found = judged([
        sends,
        node("executes", &executed),
        node("matches", &format!("consumed_events:\n{patterns}")),
        node("gives", &gives),
    ]);
    assert_eq!(count(&found, Code::UnknownNode), 5_000);
    // Nothing is said of a topic when there were too many patterns to try them all for it.
    let tried = count(&found, Code::NoConsumer);
    assert!((1..20).contains(&tried), "{tried} topics");
}
