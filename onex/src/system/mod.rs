//! Several nodes as one closed application: what one of them takes, another gives. Proven while the compiler runs.
//!
//! `onex check` judges the same set of contracts by the same rules; here they are `const` functions over [`Said`], which
//! each node's macro writes, so that no program with a fault is built. All faults are in one message. The codes and the
//! words are those of `onex_contract::check_system`, and a test holds the two together.
//!
//! Nothing of this is there at run time: whatever is named here is used in constants only, and no binary has its texts.
//! It must not know YAML, handlers or the engine.

/// A loop over a slice, in a constant function.
macro_rules! each {
    ($index:pat, $item:pat in $list:expr => $body:block) => {{
        let list = $list;
        let mut next = 0;
        while next < list.len() {
            let ($index, $item) = (next, &list[next]);
            next += 1;
            $body
        }
    }};
}

mod alike;
mod application;
mod environment;
mod facts;
mod glob;
mod intents;
mod named;
mod nearest;
mod orphans;
mod owners;
mod report;
mod said;
mod topic;
mod types;
mod workflows;

pub use application::{Mounting, Part, closed, mountings, part, room_of};
pub use environment::Environment;
pub use report::Report;
pub use said::{
    Carried, Executor, JoinedBy, Mark, NamedNode, Names, OwnWorkflow, Receiver, Said, Sent, StepNeed,
    SubWorkflow, TopicUse, WhatFor,
};

pub use crate::message::RustType;

/// Everything that is wrong with nodes taken together. `ROOM` is what [`room`] says of them.
#[must_use]
pub const fn check<const ROOM: usize>(nodes: &[&'static Said], environments: &[Environment]) -> Report {
    let mut report = Report::new();
    // What seems to be missing may be in the contract that is faulty, whose faults come first.
    each!(_, node in nodes => {
        if node.broken {
            return report;
        }
    });
    let arranged = facts::Arranged::<ROOM>::of(nodes);
    let set = arranged.set(nodes);
    owners::names(&set, &mut report);
    orphans::check(&set, &mut report);
    owners::commands(&set, &mut report);
    owners::groups(&set, &mut report);
    types::check(&set, &mut report);
    owners::intents(&set, &mut report);
    intents::check(&set, &mut report);
    named::check(&set, &mut report);
    workflows::check::<ROOM>(&set, &mut report);
    environment::check(nodes, environments, &mut report);
    report
}

/// How much room it takes to judge nodes.
#[must_use]
pub const fn room(nodes: &[&'static Said]) -> usize {
    facts::room(nodes)
}
