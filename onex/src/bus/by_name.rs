//! The routes of one node for one topic, of which the name that a message bears decides which one takes it.

use std::sync::Arc;

use super::routing::Target;
use crate::hashing::DeclaredMap;
use crate::message::Topic;
use crate::plan::Brings;

/// Routes of a node for a topic.
#[derive(Debug)]
pub(super) struct ByName {
    node: usize,
    /// Those that are asked for by name.
    named: DeclaredMap<&'static str, usize>,
    /// The one that takes what is not asked for by name.
    whole: Option<usize>,
    /// The one that takes what no other does.
    rest: Option<usize>,
    /// What messages bear that only say on which topic they travel.
    wire_type: Arc<str>,
}

impl ByName {
    pub(super) fn new(node: usize, topic: &Topic) -> Self {
        ByName { node, named: DeclaredMap::default(), whole: None, rest: None, wire_type: topic.wire_type() }
    }

    /// Adds a route. False if another one takes the same already.
    pub(super) fn add(&mut self, route: usize, brings: Brings) -> bool {
        match brings {
            Brings::Named { name, .. } => self.named.insert(name, route).is_none(),
            Brings::Rest { .. } => self.rest.replace(route).is_none(),
            Brings::Event(_) | Brings::Intent(_) | Brings::Topic(_) => self.whole.replace(route).is_none(),
        }
    }

    /// The route, if it takes everything.
    pub(super) fn sole(&self) -> Option<Target> {
        let route = self.whole.or(self.rest).filter(|_| self.named.is_empty())?;
        Some(Target::Route { node: self.node, route })
    }

    /// Who takes a message that bears this name.
    ///
    /// What only says on which topic it travels asks for the one operation there is, if no other route takes it.
    pub(super) fn target(&self, name: &str) -> Target {
        let is_only = self.named.len() == 1 && name == &*self.wire_type;
        let only = self.named.values().next().filter(|_| is_only);
        match self.named.get(name).or(self.whole.as_ref()).or(self.rest.as_ref()).or(only) {
            Some(&route) => Target::Route { node: self.node, route },
            None => Target::Nobody { node: self.node },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: [Brings; 2] =
        [Brings::Named { name: "store", topics: &[] }, Brings::Named { name: "find", topics: &[] }];
    const REST: Brings = Brings::Rest { topics: &[], whole: true };

    fn routes(brings: &[Brings]) -> ByName {
        let mut routes = ByName::new(7, &Topic::new("onex.cmd.users.change.v1"));
        for (route, brings) in brings.iter().enumerate() {
            assert!(routes.add(route, *brings));
        }
        routes
    }

    fn route(route: usize) -> Target {
        Target::Route { node: 7, route }
    }

    #[test]
    fn a_name_leads_to_its_route_and_to_no_other() {
        let both = routes(&NAMED);
        assert_eq!([both.target("store"), both.target("find")], [route(0), route(1)]);
        assert_eq!(both.target("forget"), Target::Nobody { node: 7 });
        assert_eq!(both.target("users.change"), Target::Nobody { node: 7 }, "it could mean either");
    }

    #[test]
    fn what_only_says_its_topic_asks_for_the_one_operation_there_is() {
        let one = routes(&NAMED[..1]);
        assert_eq!([one.target("store"), one.target("users.change")], [route(0), route(0)]);
        assert_eq!(one.target("find"), Target::Nobody { node: 7 });
        assert_eq!(one.sole(), None);
    }

    #[test]
    fn what_takes_the_rest_takes_what_no_other_does() {
        let some = routes(&[NAMED[0], REST]);
        assert_eq!(
            ["store", "find", "users.change"].map(|name| some.target(name)),
            [route(0), route(1), route(1)]
        );
        let topic = routes(&[NAMED[0], Brings::Topic(&[]), REST]);
        assert_eq!(["store", "find"].map(|name| topic.target(name)), [route(0), route(1)]);
        assert_eq!(routes(&[REST]).sole(), Some(route(0)));
    }

    #[test]
    fn one_name_is_one_route() {
        let mut routes = routes(&[NAMED[0], REST]);
        assert!(!routes.add(2, NAMED[0]));
        assert!(!routes.add(2, REST));
    }
}
