//! The topics that a node is joined to: each list without repetitions, and everything that is said of a topic said of
//! one of them.

use std::collections::{HashMap, HashSet};

use crate::contract::{EventBus, TopicAbout, TopicUse};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::read::{BusDeclaration, Declarations, Given, Side, UseDeclaration};
use crate::source::{Span, Spanned};
use crate::topic::{Topic, TopicKind};

/// As many names are looked at for one that is like a misspelt one; more would take long, once for each fault.
pub(super) const COMPARED: usize = 50;
/// The most topics that a node may be joined to in one direction.
const MOST_TOPICS: usize = 500;

/// The topics of a node, as far as they could be read.
pub(super) struct Bus {
    pub(super) subscribed: Joined,
    pub(super) published: Joined,
}

/// The topics of one direction, once each, in the order of the file.
pub(super) struct Joined {
    pub(super) topics: Vec<TopicUse>,
    positions: HashMap<String, usize>,
    by_wire_type: HashMap<String, Vec<usize>>,
    /// There is a list of topics. If not, those that are subscribed to are those of `consumed_events`.
    pub(super) given: bool,
    /// Some topics could not be read.
    pub(super) broken: Option<Reported>,
}

impl Joined {
    /// The position of a topic in the list.
    pub(super) fn position(&self, topic: &Topic) -> Option<usize> {
        self.positions.get(topic.as_str()).copied()
    }

    /// The positions of the topics that are meant by an event type on the wire, or by the topic itself.
    pub(super) fn carrying(&self, event_type: &str) -> &[usize] {
        self.by_wire_type.get(event_type).map_or(&[], Vec::as_slice)
    }

    fn empty(given: bool, broken: Option<Reported>) -> Self {
        Self { topics: Vec::new(), positions: HashMap::new(), by_wire_type: HashMap::new(), given, broken }
    }

    fn add(&mut self, topic: &Spanned<Topic>, about: TopicAbout) {
        let at = self.topics.len();
        let text = topic.value.as_str();
        if self.positions.contains_key(text) {
            return;
        }
        self.positions.insert(text.to_owned(), at);
        for name in [topic.value.wire_type(), text.to_owned()] {
            self.by_wire_type.entry(name).or_default().push(at);
        }
        self.topics.push(TopicUse { topic: topic.clone(), about });
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().map(|joined| joined.topic.value.as_str())
    }
}

pub(super) fn resolve(declared: &Declarations, sink: &mut Sink) -> Bus {
    let bus = &declared.bus;
    let mut subscribed = joined(&bus.subscribed, "subscribe", sink);
    if !subscribed.given {
        subscribed.broken = subscribed.broken.or(declared.consumed.broken);
        for event in &declared.consumed.items {
            match &event.topic {
                Ok(topic) => subscribed.add(topic, TopicAbout::default()),
                Err(reported) => subscribed.broken = Some(*reported),
            }
        }
        check_count(&mut subscribed, "consumed_events", sink);
    }
    let published = joined(&bus.published, "publish", sink);
    for dead_letter in bus.dead_letters.items.iter().filter(|it| it.value.kind() != TopicKind::DeadLetter) {
        sink.report(no_dead_letter_topic(dead_letter));
    }
    listed_once(bus.dead_letters.items.iter(), "dlq_topics", sink);
    listed_once(bus.externally_consumed.items.iter(), "externally_consumed_topics", sink);
    let resolved = Bus { subscribed, published };
    if let [Ok(Some(one)), Ok(Some(other))] = &bus.terminal
        && one.value != other.value
    {
        sink.report(contradiction("terminal_event", one, other));
    } else if let Some(terminal) = bus.terminal.iter().flatten().flatten().next() {
        check_terminal(terminal, &resolved, declared, sink);
    }
    if resolved.published.given && resolved.published.broken.is_none() {
        for topic in &bus.externally_consumed.items {
            if resolved.published.position(&topic.value).is_none() {
                sink.report(not_joined(topic, &resolved.published, "this node does not publish on"));
            }
        }
    }
    resolved
}

/// What the contract has of it, if nothing is wrong.
pub(super) fn finish(bus: Bus, declared: &Declarations) -> Given<EventBus> {
    let BusDeclaration {
        dead_letters,
        consumer_group,
        plugin_managed,
        enabled,
        partition_key,
        partition_strategy,
        topic_base,
        terminal: [in_bus, beside],
        externally_consumed,
        ..
    } = &declared.bus;
    Ok(EventBus {
        subscribed: bus.subscribed.topics,
        published: bus.published.topics,
        dead_letters: dead_letters.items.clone(),
        consumer_group: consumer_group.clone()?,
        plugin_managed: (*plugin_managed)?,
        enabled: (*enabled)?.value,
        partition_key: partition_key.clone()?,
        partition_strategy: (*partition_strategy)?.map(|given| given.value).unwrap_or_default(),
        topic_base: topic_base.clone()?,
        terminal: in_bus.clone()?.or(beside.clone()?),
        externally_consumed: externally_consumed.items.clone(),
        patterns: declared.patterns.clone(),
    })
}

fn joined(side: &Side, verb: &str, sink: &mut Sink) -> Joined {
    let list = format!("{verb}_topics");
    for topics in [&side.list, &side.beside] {
        listed_once(topics.items.iter().map(|joined| &joined.topic), &list, sink);
    }
    agree(side, verb, sink);

    let broken = side.broken();
    let mut joined = Joined::empty(side.is_given(), broken);
    let nested = side.nested.items.iter().map(|topic| (topic, None));
    let listed = side.list.items.iter().chain(&side.beside.items);
    for (topic, about) in listed.map(|listed| (&listed.topic, Some(&listed.about))).chain(nested) {
        joined.add(topic, about.cloned().unwrap_or_default());
    }
    check_count(&mut joined, &list, sink);
    for UseDeclaration { topic, about } in &side.metadata.items {
        match joined.position(&topic.value) {
            Some(position) => merge(&mut joined.topics[position].about, about),
            None if joined.broken.is_some() => {}
            None => {
                let preposition = if verb == "publish" { "on" } else { "to" };
                sink.report(not_joined(topic, &joined, &format!("this node does not {verb} {preposition}")));
            }
        }
    }
    joined.broken = joined.broken.or(side.metadata.broken);
    joined
}

/// Each route may be for each topic: more of both would take long.
fn check_count(joined: &mut Joined, list: &str, sink: &mut Sink) {
    if let Some(first) = joined.topics.get(MOST_TOPICS) {
        let message = format!("`{list}` has {} topics, and may have {MOST_TOPICS}", joined.topics.len());
        let fault =
            Diagnostic::new(Code::TooManyRoutes, message, first.topic.span, "the first that is too many");
        joined.broken = Some(sink.report(fault));
        joined.topics.truncate(MOST_TOPICS);
        joined.positions.retain(|_, at| *at < MOST_TOPICS);
        joined.by_wire_type.values_mut().for_each(|at| at.retain(|at| *at < MOST_TOPICS));
    }
}

/// What the list itself says comes first.
fn merge(about: &mut TopicAbout, more: &TopicAbout) {
    let TopicAbout { description, schema, content_type, external } = more.clone();
    about.description = about.description.take().or(description);
    about.schema = about.schema.take().or(schema);
    about.content_type = about.content_type.take().or(content_type);
    about.external = about.external.take().or(external);
}

/// The older form repeats what the list says, if there is a list.
fn agree(side: &Side, verb: &str, sink: &mut Sink) {
    let (Some(list), None) = (side.list.span, side.broken()) else { return };
    let listed: HashSet<&Topic> = side.list.items.iter().map(|joined| &joined.topic.value).collect();
    for topic in side.nested.items.iter().filter(|topic| !listed.contains(&topic.value)) {
        let message = format!("`{verb}` names `{}`, and `{verb}_topics` does not list it", topic.value);
        let fault = Diagnostic::new(Code::Contradiction, message, topic.span, "not in the list")
            .also(list, "the list")
            .help(format!("`{verb}` is the older form of `{verb}_topics`: keep the one that is right"));
        sink.report(fault);
    }
}

fn listed_once<'a>(topics: impl Iterator<Item = &'a Spanned<Topic>>, list: &str, sink: &mut Sink) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for topic in topics {
        if let Some(first) = seen.insert(topic.value.as_str(), topic.span) {
            let message = format!("`{list}` lists `{}` twice", topic.value);
            let fault = Diagnostic::new(Code::DuplicateEntry, message, topic.span, "listed again here");
            sink.report(fault.also(first, "first listed here").help("remove one of the two"));
        }
    }
}

/// The work ends with a message that this node publishes, or that it takes from the node which finishes it.
fn check_terminal(terminal: &Spanned<Topic>, bus: &Bus, declared: &Declarations, sink: &mut Sink) {
    let unknown = bus.published.broken.or(bus.subscribed.broken).or(declared.published.broken);
    let published_event = declared.published.items.iter().any(|event| match &event.topic {
        Ok(topic) => topic.value == terminal.value,
        Err(_) => true,
    });
    let known = bus.published.position(&terminal.value).is_some()
        || bus.subscribed.position(&terminal.value).is_some()
        || published_event;
    if known || unknown.is_some() {
        return;
    }
    let message = format!("`{}` ends the work of this node, which does not publish it", terminal.value);
    let fault = Diagnostic::new(Code::TerminalEvent, message, terminal.span, "not published")
        .note("whoever waits for the end of the work waits on this topic");
    let same_kind = |joined: &&TopicUse| joined.topic.value.kind() == terminal.value.kind();
    let published = || bus.published.topics.iter().filter(same_kind).map(|joined| &joined.topic.value);
    let names = published().take(COMPARED).map(Topic::event_name);
    let meant = closest(terminal.value.event_name(), names);
    let meant = meant.and_then(|meant| published().find(|topic| topic.event_name() == meant));
    sink.report(match meant {
        Some(meant) => fault.replace(
            format!("the node publishes `{meant}`: name that, or add this one to `publish_topics`"),
            terminal.span,
            written(meant.as_str()),
        ),
        None => fault.help("add it to `publish_topics`, or name the topic that the work ends with"),
    });
}

fn no_dead_letter_topic(topic: &Spanned<Topic>) -> Diagnostic {
    let message = format!(
        "`{}` is no topic for dead letters: its kind is `{}`",
        topic.value,
        topic.value.kind().as_str()
    );
    Diagnostic::new(Code::TopicKind, message, topic.span, "the kind is to be `dlq`").replace(
        "write",
        topic.span,
        written(&topic.value.of_kind(TopicKind::DeadLetter)),
    )
}

/// A topic that is named and is not among those that the node is joined to.
pub(super) fn not_joined(topic: &Spanned<Topic>, joined: &Joined, what: &str) -> Diagnostic {
    let message = format!("{what} `{}`", topic.value);
    let fault = Diagnostic::new(Code::UnknownTopic, message, topic.span, "unknown topic");
    suggest(fault, topic.value.as_str(), topic.span, joined)
}

pub(super) fn suggest(fault: Diagnostic, name: &str, span: Span, joined: &Joined) -> Diagnostic {
    let fault = match joined.topics.is_empty() {
        true => fault.note("there are no topics"),
        false => fault.note(format!("the topics are {}", listed(joined.names()))),
    };
    match closest(name, joined.names().take(COMPARED)) {
        Some(meant) => fault.replace(format!("there is `{meant}`"), span, written(meant)),
        None => fault,
    }
}

/// A topic as YAML takes it.
fn written(topic: &str) -> String {
    if topic.starts_with('{') { format!("\"{topic}\"") } else { topic.to_owned() }
}

/// Names for a message; not all, where there are many.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{} and {more} more", names[..MOST].join(", ")),
        _ => names.join(", "),
    }
}

fn contradiction(key: &str, one: &Spanned<Topic>, other: &Spanned<Topic>) -> Diagnostic {
    let message = format!("`{key}` is given twice: `{}` and `{}`", one.value, other.value);
    let (first, second) = if one.span < other.span { (one, other) } else { (other, one) };
    Diagnostic::new(Code::Contradiction, message, second.span, "this one")
        .also(first.span, "and this one")
        .help("keep the one that is right")
}
