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

pub use application::{Mounting, Part, closed, mountings, part};
pub use environment::Environment;
pub use report::Report;
pub use said::{
    Carried, Executor, Mark, NamedNode, Names, Receiver, Said, Sent, StepNeed, TopicUse, WhatFor,
};

pub use crate::message::RustType;

/// Everything that is wrong with nodes taken together.
#[must_use]
pub const fn check(nodes: &[&Said], environments: &[Environment]) -> Report {
    let mut report = Report::new();
    // What seems to be missing may be in the contract that is faulty, whose faults come first.
    each!(_, node in nodes => {
        if node.broken {
            return report;
        }
    });
    owners::names(nodes, &mut report);
    orphans::check(nodes, &mut report);
    owners::commands(nodes, &mut report);
    owners::groups(nodes, &mut report);
    types::check(nodes, &mut report);
    owners::intents(nodes, &mut report);
    intents::check(nodes, &mut report);
    named::check(nodes, &mut report);
    environment::check(nodes, environments, &mut report);
    report
}
