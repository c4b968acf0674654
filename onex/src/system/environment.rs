//! Where a program runs, and what the placeholders of topics are there.

use super::report::Report;
use super::said::{Said, TopicUse};
use super::topic::{cut, same, starts_with};

/// A place that an application runs in, by name: what each placeholder of its topics stands for there.
///
/// Made by [`#[application]`](macro@crate::application), which has one constant for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Environment {
    name: &'static str,
    values: &'static [(&'static str, &'static str)],
}

impl Environment {
    /// What the macro writes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, values: &'static [(&'static str, &'static str)]) -> Self {
        Environment { name, values }
    }

    /// Its name, as the application spells it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Each placeholder, without its braces, and its value.
    #[must_use]
    pub const fn values(&self) -> &'static [(&'static str, &'static str)] {
        self.values
    }

    const fn gives(&self, placeholder: &str) -> bool {
        each!(_, value in self.values => {
            if same(value.0, placeholder) {
                return true;
            }
        });
        false
    }
}

/// That each placeholder of each topic has a value wherever the application runs.
pub(super) const fn check(nodes: &[&Said], environments: &[Environment], report: &mut Report) {
    each!(_, placeholder in &["env", "namespace"] => {
        let users = users(nodes, placeholder);
        if environments.is_empty() && let Some(users) = users {
            unfilled(nodes, placeholder, users, None, report);
            // The other one is missing for the same reason.
            return;
        }
        each!(_, environment in environments => {
            match (users, environment.gives(placeholder)) {
                (None, true) => {
                    report.fault();
                    report.add(&["no topic has the placeholder `{", placeholder, "}`, and the environment `"]);
                    report.add(&[environment.name, "` gives it a value"]);
                    report.help(&["remove the value"]);
                }
                (None, false) | (Some(_), true) => {}
                (Some(users), false) => unfilled(nodes, placeholder, users, Some(environment), report),
            }
        });
    });
}

/// The first use of a topic with a placeholder, and how many there are.
const fn users(nodes: &[&Said], placeholder: &str) -> Option<(usize, &'static TopicUse, usize)> {
    let mut first = None;
    let mut count = 0;
    each!(node, said in nodes => {
        each!(_, list in &[said.consumed, said.produced] => {
            each!(_, used in *list => {
                if has(used.topic.text, placeholder) {
                    count += 1;
                    if first.is_none() {
                        first = Some((node, used));
                    }
                }
            });
        });
    });
    match first {
        Some((node, used)) => Some((node, used, count)),
        None => None,
    }
}

const fn has(topic: &str, placeholder: &str) -> bool {
    // Placeholders are at the start of a topic, if it has any.
    if !starts_with(topic, "{") {
        return false;
    }
    let mut rest = topic;
    loop {
        let (_, behind) = cut(rest, b'{');
        if behind.is_empty() {
            return false;
        }
        let (name, behind) = cut(behind, b'}');
        if same(name, placeholder) {
            return true;
        }
        rest = behind;
    }
}

const fn unfilled(
    nodes: &[&Said],
    placeholder: &str,
    (node, used, users): (usize, &TopicUse, usize),
    environment: Option<&Environment>,
    report: &mut Report,
) {
    report.fault();
    report.add(&["the topic `", used.topic.text, "` has "]);
    match environment {
        Some(environment) => {
            report.add(&["the placeholder `{", placeholder, "}`, and the environment `", environment.name]);
            report.add(&["` gives it no value"]);
        }
        None => report.add(&["placeholders, and the application does not say where it runs"]),
    }
    report.add(&["\n", used.topic.at, " `", nodes[node].name.text, "` names it"]);
    match users - 1 {
        0 => {}
        1 => report.note(&["so has a topic in one more place"]),
        more => {
            report.note(&["so have topics in "]);
            report.add_number(more);
            report.add(&[" more places"]);
        }
    }
    match environment {
        Some(environment) => {
            report.help(&["add `", placeholder, " = \"..\"` to `", environment.name, "(..)`"]);
        }
        None => report.help(&[
            "add `environments = [dev(env = \"dev\", namespace = \"..\")]`, one for each place that it runs in",
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{JoinedBy, Mark};

    const TEMPLATE: &str = "{env}.{namespace}.shop.evt.order-placed.v1";

    fn said(topic: &'static str) -> Said {
        let used = TopicUse {
            topic: Mark { text: topic, at: "here" },
            elsewhere: true,
            in_entry: true,
            by: JoinedBy::Name,
            carries: None,
        };
        Said { broken: false, consumed: Vec::leak(vec![used]), ..Said::BROKEN }
    }

    fn told(topic: &'static str, environments: &[Environment]) -> (usize, String) {
        let mut report = Report::new();
        check(&[&said(topic)], environments, &mut report);
        (report.faults(), report.as_str().to_owned())
    }

    #[test]
    fn each_placeholder_has_a_value_in_each_environment() {
        let dev = Environment::new("dev", &[("env", "dev"), ("namespace", "shop")]);
        let live = Environment::new("live", &[("namespace", "shop")]);
        assert_eq!(told(TEMPLATE, &[dev]).0, 0);
        let (faults, text) = told(TEMPLATE, &[dev, live]);
        assert_eq!(faults, 1);
        assert!(
            text.contains("the placeholder `{env}`, and the environment `live` gives it no value"),
            "{text}"
        );
    }

    #[test]
    fn without_environments_one_message_is_enough() {
        let (faults, text) = told(TEMPLATE, &[]);
        assert_eq!(faults, 1);
        assert!(text.contains("has placeholders, and the application does not say where it runs"), "{text}");
        assert_eq!(told("onex.evt.shop.order-placed.v1", &[]).0, 0);
    }

    #[test]
    fn a_value_that_no_topic_needs_is_said() {
        let dev = Environment::new("dev", &[("env", "dev")]);
        let (faults, text) = told("onex.evt.shop.order-placed.v1", &[dev]);
        assert_eq!(faults, 1);
        assert!(text.contains("no topic has the placeholder `{env}`"), "{text}");
    }
}
