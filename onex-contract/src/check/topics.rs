//! Topics: which kinds are consumed and published, one event type a topic, one topic an event type.

use std::collections::HashMap;

use super::arrivals::wrong_category;
use super::lowering::Lowered;
use crate::contract::Category;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::names::without_model;
use crate::read::EventDeclaration;
use crate::source::Spanned;
use crate::topic::{Topic, TopicKind};

pub(super) fn check(lowered: &Lowered<'_>, sink: &mut Sink) {
    let mut by_topic: HashMap<&str, &Spanned<String>> = HashMap::new();
    let mut by_event: HashMap<&str, &Spanned<Topic>> = HashMap::new();
    for list in [&lowered.consumed, &lowered.published] {
        let mut in_list: HashMap<&str, &Spanned<String>> = HashMap::new();
        for EventDeclaration { topic, event_type, category, .. } in &list.items {
            if let Ok(topic) = topic {
                check_kind(topic, sink);
                let is = Category::of(topic.value.kind());
                if let (Ok(Some(category)), Some(is)) = (category, is)
                    && category.value != is
                {
                    sink.report(wrong_category(category, topic));
                }
            }
            let Ok(event_type) = event_type else { continue };
            let identity = without_model(&event_type.value);
            let listed = in_list.get(identity).copied();
            in_list.entry(identity).or_insert(event_type);
            let Ok(topic) = topic else { continue };

            let first_topic = *by_event.entry(identity).or_insert(topic);
            if first_topic.value != topic.value {
                sink.report(several_topics(event_type, topic, first_topic));
            } else if let Some(first) = listed {
                sink.report(listed_twice(event_type, first));
            }
            let first_event = *by_topic.entry(topic.value.as_str()).or_insert(event_type);
            if without_model(&first_event.value) != identity {
                sink.report(shared_topic(topic, event_type, first_event));
            }
        }
    }
}

fn check_kind(topic: &Spanned<Topic>, sink: &mut Sink) {
    let kind = topic.value.kind();
    if matches!(kind, TopicKind::Command | TopicKind::Event) {
        return;
    }
    sink.defer(not_in_this_version(
        format!("an event on a topic of the kind `{}`", kind.as_str()),
        topic.span,
    ));
}

fn several_topics(
    event_type: &Spanned<String>,
    topic: &Spanned<Topic>,
    first: &Spanned<Topic>,
) -> Diagnostic {
    let message = format!("the event `{}` is declared on two topics", event_type.value);
    Diagnostic::new(Code::SeveralTopics, message, topic.span, "on this one")
        .also(first.span, "and on this one")
        .help("an event type travels on one topic: correct one of the two, or declare two types")
}

fn shared_topic(topic: &Spanned<Topic>, event_type: &Spanned<String>, first: &Spanned<String>) -> Diagnostic {
    let message = format!("the topic `{}` is declared for two event types", topic.value);
    Diagnostic::new(Code::SharedTopic, message, event_type.span, "for this one")
        .also(first.span, "and for this one")
        .help("a topic carries one event type: give each its own topic")
}

fn listed_twice(event_type: &Spanned<String>, first: &Spanned<String>) -> Diagnostic {
    let message = format!("the event `{}` is listed twice", event_type.value);
    Diagnostic::new(Code::DuplicateEntry, message, event_type.span, "listed again here")
        .also(first.span, "first listed here")
        .help("remove one of the two")
}
