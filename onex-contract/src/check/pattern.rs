//! Which events an `event_pattern` matches, and what `*` stands for.

use crate::topic::Topic;

/// Whether a pattern names what travels on a topic: `orders.order-placed` or `order-placed`, each with or without
/// `.v1` behind it; `*` stands for any characters.
pub(crate) fn matches(pattern: &str, topic: &Topic) -> bool {
    let version = format!(".v{}", topic.version());
    [topic.wire_type(), topic.event_name().to_owned()]
        .iter()
        .any(|name| glob(pattern, name) || glob(pattern, &format!("{name}{version}")))
}

/// Whether a name is what a pattern stands for, in which `*` is any characters.
///
/// Remembers only the last `*`: what an earlier one stands for need never be reconsidered.
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some(byte), _) if *byte == name[read] => {
                at += 1;
                read += 1;
            }
            // The star takes one character more.
            (_, Some((star_at, covered))) => {
                at = star_at;
                read = covered + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_matched_by_each_of_its_names() {
        let topic = Topic::parse("onex.evt.orders.order-placed.v2").expect("a good topic");
        for pattern in [
            "orders.order-placed",
            "orders.order-placed.v2",
            "order-placed",
            "order-placed.v2",
            "order-placed.*",
            "orders.*",
            "*",
            "*.order-*",
            "o*placed*",
        ] {
            assert!(matches(pattern, &topic), "{pattern}");
        }
        for pattern in [
            "",
            "orders",
            "order-placed.v1",
            "order-place",
            "orders.order-placed.*.v2",
            "*x",
            "Orders.*",
            "payments.*",
        ] {
            assert!(!matches(pattern, &topic), "{pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "*a".repeat(200) + "b";
        let topic = Topic::parse(&format!("onex.evt.orders.{}.v1", "a".repeat(5_000))).expect("a good topic");
        assert!(!matches(&pattern, &topic));
    }
}
