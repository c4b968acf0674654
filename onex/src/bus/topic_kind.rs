//! What a topic's kind segment means to routing: who may own it, and where its dead letters go.

use crate::message::Topic;

/// Whether the topic's kind asks for one handler: commands and intents do.
pub(super) fn has_one_owner(topic: &Topic) -> bool {
    matches!(kind_segment(topic.as_str()), Some((_, "cmd" | "intent")))
}

/// The position and text of the segment that is the topic's kind: the second of `onex.{kind}.{producer}.{event}.v1`,
/// the third-last of `{env}.{namespace}.{producer}.{kind}.{event}.v1`.
fn kind_segment(topic: &str) -> Option<(usize, &str)> {
    let segments: Vec<&str> = topic.split('.').collect();
    let position = match segments.as_slice() {
        ["onex", _, _, _, _] => 1,
        [_, .., _, _, _] => segments.len() - 3,
        _ => return None,
    };
    Some((position, segments[position]))
}

/// The topic that dead letters of `topic` go to: the same with the kind `dlq`. `None` if it is one already, so that
/// a dead letter which cannot be handled does not go in circles.
pub(crate) fn dead_letter_topic(topic: &Topic) -> Option<Topic> {
    let Some((position, kind)) = kind_segment(topic.as_str()) else {
        return (!topic.as_str().starts_with("dlq.")).then(|| Topic::new(format!("dlq.{topic}")));
    };
    if kind == "dlq" {
        return None;
    }
    let mut segments: Vec<&str> = topic.as_str().split('.').collect();
    segments[position] = "dlq";
    Some(Topic::new(segments.join(".")))
}

/// What no topic of a contract brings, the node's own does: `store` of `node_users_effect` travels on
/// `onex.cmd.node-users-effect.store.v1`.
pub(super) fn own_topic(node: &str, route: &str) -> Topic {
    let segment = |text: &str| text.replace(['_', '.'], "-");
    Topic::new(format!("onex.cmd.{}.{}.v1", segment(node), segment(route)))
}

/// `payment.process_now` travels on `onex.intent.payment.process-now.v1`.
pub(super) fn intent_topic(intent_type: &str) -> Topic {
    let (domain, action) = intent_type.split_once('.').unwrap_or((intent_type, intent_type));
    let segment = |text: &str| text.replace(['_', '.'], "-");
    Topic::new(format!("onex.intent.{}.{}.v1", segment(domain), segment(action)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_letters_go_to_the_topic_of_kind_dlq() {
        let of = |topic: &str| dead_letter_topic(&Topic::new(topic)).map(|topic| topic.to_string());
        let cases = [
            ("onex.evt.orders.order-placed.v1", Some("onex.dlq.orders.order-placed.v1")),
            ("onex.cmd.evt.order-placed.v1", Some("onex.dlq.evt.order-placed.v1")),
            ("dev.acme.orders.evt.order-placed.v1", Some("dev.acme.orders.dlq.order-placed.v1")),
            ("onex.intent.payment.process-now.v1", Some("onex.dlq.payment.process-now.v1")),
            ("free-form", Some("dlq.free-form")),
            ("onex.dlq.orders.order-placed.v1", None),
            ("dev.acme.orders.dlq.order-placed.v1", None),
            ("dlq.free-form", None),
        ];
        for (topic, expected) in cases {
            assert_eq!(of(topic).as_deref(), expected, "{topic}");
        }
    }

    /// As the contract crate derives them, in `onex-contract/src/topic.rs`.
    #[test]
    fn what_no_topic_brings_has_a_topic_of_the_nodes_own() {
        assert_eq!(own_topic("node_users_effect", "store").as_str(), "onex.cmd.node-users-effect.store.v1");
        assert_eq!(
            own_topic("node_users_effect", "users.find_all").as_str(),
            "onex.cmd.node-users-effect.users-find-all.v1"
        );
    }

    #[test]
    fn an_intent_travels_on_a_topic_of_its_own() {
        assert_eq!(intent_topic("payment.process_now").as_str(), "onex.intent.payment.process-now.v1");
        assert_eq!(intent_topic("audit.record.all").as_str(), "onex.intent.audit.record-all.v1");
        assert_eq!(intent_topic("ping").as_str(), "onex.intent.ping.ping.v1");
    }

    #[test]
    fn commands_and_intents_have_one_owner_and_events_many() {
        for (topic, one) in [
            ("onex.cmd.orders.place-order.v1", true),
            ("onex.intent.audit.record.v1", true),
            ("dev.acme.orders.cmd.place-order.v1", true),
            ("onex.evt.orders.order-placed.v1", false),
            ("dev.acme.cmd.evt.order-placed.v1", false),
        ] {
            assert_eq!(has_one_owner(&Topic::new(topic)), one, "{topic}");
        }
    }
}
