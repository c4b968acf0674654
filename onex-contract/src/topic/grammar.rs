//! The two forms of a topic, and what is wrong with a text that has neither.

use std::ops::Range;

use super::{Topic, TopicFault, TopicKind};

/// The placeholders of the template form, which configuration fills in when the program starts.
const PLACEHOLDERS: [&str; 2] = ["env", "namespace"];

pub(super) fn read(text: &str) -> Result<Topic, (Range<usize>, TopicFault)> {
    let segments = segments(text);
    let at = |index: usize| &text[segments[index].clone()];
    let placeholders: &'static [&'static str] = if text.starts_with('{') { &PLACEHOLDERS } else { &[] };
    let (order, expected) = if placeholders.is_empty() { ([2, 1, 3, 4], 5) } else { ([2, 3, 4, 5], 6) };

    if placeholders.is_empty() && at(0) != "onex" {
        return Err((segments[0].clone(), TopicFault::Start));
    }
    for (index, segment) in segments.iter().enumerate() {
        let expected = placeholders.get(index).map(|name| format!("{{{name}}}"));
        let is_placeholder = at(index).contains(['{', '}']);
        if expected.map_or(is_placeholder, |expected| at(index) != expected) {
            return Err((segment.clone(), TopicFault::Placeholder));
        }
    }
    if segments.len() != expected {
        return Err((0..text.len(), TopicFault::Segments { found: segments.len(), expected }));
    }

    let [producer, kind, event_name, version] = order;
    let kind = TopicKind::parse(at(kind)).ok_or_else(|| (segments[kind].clone(), TopicFault::Kind))?;
    for (index, role) in [(producer, "producer"), (event_name, "event name")] {
        if !is_kebab(at(index)) {
            return Err((segments[index].clone(), TopicFault::Segment(role)));
        }
    }
    let version =
        parse_version(at(version)).ok_or_else(|| (segments[version].clone(), TopicFault::Version))?;
    let (producer, event_name) = (segments[producer].clone(), segments[event_name].clone());
    Ok(Topic { text: text.to_owned(), kind, producer, event_name, version, placeholders })
}

/// The byte range of each part between dots; there is at least one.
fn segments(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let ranges = text.split('.').map(|segment| {
        let range = start..start + segment.len();
        start = range.end + 1;
        range
    });
    ranges.collect()
}

fn is_kebab(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_lowercase())
        && segment.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

fn parse_version(segment: &str) -> Option<u32> {
    let digits = segment.strip_prefix('v')?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if canonical { digits.parse().ok() } else { None }
}

/// Where dead letters of a topic went before they had topics of their own.
const DEAD_LETTER_ENDINGS: [&str; 2] = [".dlq", "-dlq"];

/// Kinds in words.
const KINDS: [(&str, &str); 7] = [
    ("command", "cmd"),
    ("commands", "cmd"),
    ("event", "evt"),
    ("events", "evt"),
    ("intents", "intent"),
    ("snapshots", "snapshot"),
    ("dead-letter", "dlq"),
];

/// The topic with its case, spaces, underscores and leading zeros put right, its kind abbreviated, without an
/// environment before it, and as a topic for dead letters if that is written behind it; if that makes it one.
pub(super) fn corrected(text: &str) -> Option<String> {
    let respelt = text.trim().to_lowercase().replace(['_', ' '], "-");
    let (respelt, dead_letters) =
        match DEAD_LETTER_ENDINGS.iter().find_map(|ending| respelt.strip_suffix(ending)) {
            Some(topic) if text.matches('.').count() >= 4 => (topic.to_owned(), true),
            _ => (respelt, false),
        };
    let mut parts: Vec<&str> = respelt.split('.').collect();
    if parts.len() > 5 && parts[1] == "onex" {
        parts.remove(0);
    }
    let version = parts.last()?.replacen("v0", "v", 1);
    if let Some(last) = parts.last_mut() {
        *last = &version;
    }
    if let ["onex", kind, ..] = &mut parts[..] {
        *kind = KINDS.iter().find(|(word, _)| word == kind).map_or(*kind, |(_, short)| short);
        if dead_letters {
            *kind = "dlq";
        }
    }
    let candidate = parts.join(".");
    read(&candidate).is_ok().then_some(candidate)
}
