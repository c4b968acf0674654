//! Routes and topics mean the same in whichever form a contract writes them.

use onex_contract::{Brings, Category, Contract, RoutingStrategy, Source, TopicKind, parse};

fn contract(text: &str) -> Contract {
    parse(&Source::new("contract.yaml", text)).unwrap_or_else(|faults| panic!("{faults}"))
}

fn case(name: &str) -> Contract {
    let path = format!("{}/tests/cases/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    contract(&std::fs::read_to_string(path).expect("a case"))
}

/// What a macro would compile, without places.
fn meaning(contract: &Contract) -> Vec<String> {
    let events = contract.events.iter().map(|event| {
        let (name, topic) = (&event.rust.name.value, &event.topic);
        format!("{name} {topic} {} {} {}", event.consumed, event.published, event.external)
    });
    let routes = contract.routes.iter().map(|route| {
        let Brings::Event(event) = &route.brings else { panic!("a route for an event") };
        let outputs: Vec<usize> = route.outputs.iter().map(|output| output.value).collect();
        format!("{} {} {:?} {outputs:?}", event.value, route.handler.function, route.topics)
    });
    events.chain(routes).collect()
}

const HEAD: &str = "name: node_orders_effect\nnode_type: effect\ncontract_version: \"1.0.0\"\n";

#[test]
fn topics_of_the_bus_and_listed_events_are_one_contract() {
    let listed = contract(&format!(
        "{HEAD}
handler_routing:
  handlers:
    - {{ event_model: {{ name: Store }}, handler: {{ name: HandlerStore }}, output_events: [Stored] }}
    - {{ event_model: {{ name: Paid }}, handler: {{ name: paid }} }}
consumed_events:
  - {{ topic: onex.cmd.orders.store.v1, event_type: Store }}
  - {{ topic: onex.evt.bank.paid.v2, event_type: Paid, external: true }}
published_events:
  - {{ topic: onex.evt.orders.stored.v1, event_type: Stored }}
"
    ));
    let bus = contract(&format!(
        "{HEAD}
handler_routing:
  routing_strategy: operation_match
  handlers:
    - operation: store
      event_model: {{ name: Store, module: shop.models }}
      event_type: orders.store
      message_category: COMMAND
      handler_class: HandlerStore
      output_events: [ModelStored]
    - {{ operation: paid, input_model: Paid, topic: onex.evt.bank.paid.v2, handler: {{ function: paid, type: async }} }}
event_bus:
  subscribe_topics: [onex.cmd.orders.store.v1, onex.evt.bank.paid.v2]
  publish_topics: [onex.evt.orders.stored.v1]
  subscribe_topic_metadata:
    onex.evt.bank.paid.v2: {{ external_publisher: {{ repo: bank }} }}
published_events:
  - {{ topic_suffix: onex.evt.orders.stored.v1, event_type: Stored }}
"
    ));
    assert_eq!(meaning(&listed), meaning(&bus));
    assert!(bus.unexecuted().is_none(), "{:?}", bus.unexecuted());
    assert_eq!(bus.routes[0].category, Some(Category::Command));
    assert_eq!(bus.routes[0].operation.as_ref().map(|name| name.value.as_str()), Some("store"));
}

#[test]
fn the_oldest_form_is_one_route() {
    let only = contract(&format!(
        "{HEAD}
handler: {{ module: shop, class: HandlerStore, input_model: shop.models.ModelStore }}
event_bus: {{ subscribe: {{ topic: onex.cmd.orders.store.v1 }} }}
"
    ));
    let listed = contract(&format!(
        "{HEAD}
handler_routing:
  handlers:
    - {{ event_model: {{ name: ModelStore }}, handler: {{ name: store }} }}
consumed_events:
  - {{ topic: onex.cmd.orders.store.v1, event_type: ModelStore }}
"
    ));
    assert_eq!(meaning(&only), meaning(&listed));
    assert_eq!(only.events[0].rust.module.as_ref().expect("a module").join("."), "shop.models");
}

#[test]
fn what_no_type_decides_keeps_what_does() {
    let brings = |name: &str| case(name).routes.into_iter().map(|route| route.brings).collect::<Vec<_>>();
    assert!(matches!(&brings("valid_shape_operations")[1], Brings::Operation { name, model: Some(model) }
        if name.value == "orders.find" && model.name.value == "FindOrder"));
    assert!(
        matches!(&brings("valid_shape_topics")[..], [Brings::Event(_), Brings::Event(_), Brings::Topic { topic, model: None }]
        if topic.value.event_name() == "checked")
    );
    assert!(matches!(&brings("valid_shape_payloads")[0], Brings::Payload { payload_type, model: Some(_) }
        if payload_type.value == "postgres.upsert_order"));
    assert!(matches!(&brings("valid_shape_only_handler_called")[..], [Brings::Anything { model: Some(_) }]));
    assert!(matches!(&brings("valid_shape_intents")[..], [Brings::Intent { .. }, Brings::Anything { .. }]));
    // One type on two topics is no event with one topic.
    assert!(matches!(
        &brings("valid_events_of_one_type_on_two_topics")[..],
        [Brings::Topic { model: Some(_), .. }]
    ));
}

#[test]
fn what_is_said_beside_the_routes_is_kept() {
    let payloads = case("valid_shape_payloads").routing.expect("routing");
    assert_eq!(payloads.strategy, RoutingStrategy::PayloadTypeMatch);
    assert_eq!(payloads.default_backend.map(|name| name.value).as_deref(), Some("postgres"));
    assert_eq!(payloads.aggregation.as_deref(), Some("first_match"));
    let inferred = case("valid_shape_operations_inferred");
    assert_eq!(inferred.routing.expect("routing").strategy, RoutingStrategy::OperationMatch);
    assert_eq!(inferred.routes[0].topics.len(), 2);

    let mapping = case("valid_shape_default_handler_mapping").routing.expect("routing");
    assert_eq!(mapping.default_handler.map(|handler| handler.function).as_deref(), Some("crawl"));
    let beside = case("valid_bus_beside");
    assert_eq!(beside.routes[0].handler.module.as_deref(), Some("shop.reports"));
    assert_eq!(beside.bus.subscribed.len(), 1);
}

#[test]
fn the_bus_and_its_topics_are_kept() {
    let bus = case("valid_bus_keys").bus;
    assert!(bus.plugin_managed && !bus.enabled);
    assert_eq!(bus.dead_letters[0].value.kind(), TopicKind::DeadLetter);
    let about = &bus.subscribed[0].about;
    assert_eq!(about.schema.as_deref(), Some("shop.orders.OrderPlaced"));
    let external = about.external.as_ref().expect("a publisher");
    assert!(external.several && external.known[0].constant.as_deref() == Some("PLACED"));

    let events = case("valid_events_all_keys");
    let stored = events.events.iter().find(|event| event.rust.name.value == "OrderStored").expect("an event");
    let config = stored.topic_config.as_ref().expect("a configuration");
    assert_eq!((config.partitions, config.replication_factor), (Some(3), Some(1)));
    assert_eq!(config.kafka[2], ("min.insync.replicas".to_owned(), "1".to_owned()));
    assert_eq!(events.bus.patterns[0].function.as_deref(), Some("count_orders"));
    // `consumed_events` may call an event otherwise than its type: the route's type is the event's.
    let placed = events.events.iter().find(|event| event.rust.name.value == "OrderPlaced").expect("an event");
    assert!(placed.external && placed.description.as_deref().is_some_and(|text| text.starts_with("Named")));
}
