//! What the contracts of a set say against each other, and what the set lacks. `traffic` is what the facts mean for each
//! topic, and each rule is a file.
//!
//! What two contracts say against each other is an error: it stays wrong, whatever other contracts there are. What a
//! set lacks is a warning: a contract that was not given may have it.

mod commands;
mod groups;
mod guess;
mod intents;
mod named;
mod nearest;
mod nodes;
mod orphans;
mod report;
mod routes;
mod traffic;
mod types;

use guess::Guesses;
use intents::Executors;

use super::facts::Facts;
use crate::contract::Contract;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;

/// Whether a set of contracts is all that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Every contract of the set was read.
    Whole,
    /// Some could not be: what nobody seems to do, one of these may do, so nothing is said to be missing.
    Part,
}

/// Checks contracts as one system: that a topic which is consumed is produced, that work has one owner, that intents
/// reach a node which executes them, that both ends of a topic mean the same type, that a node which another one names is
/// there and of the kind that is asked for.
///
/// What two contracts say against each other is an error, what the set lacks a warning: it may be elsewhere. Of a set of
/// one contract nothing is said. The places of a fault may be in several contracts, so the sources of these go by
/// different names.
///
/// ```
/// use onex_contract::{Coverage, Source, check_system, parse};
///
/// let shop = parse(&Source::new(
///     "shop.yaml",
///     "\
/// name: node_shop_effect
/// node_type: effect
/// contract_version: 1.0.0
/// handler_routing:
///   handlers:
///     - { event_model: { name: PlaceOrder }, handler: { name: place_order }, output_events: [OrderPlaced] }
/// consumed_events:
///   - { topic: onex.cmd.shop.place-order.v1, event_type: PlaceOrder, external: true }
/// published_events:
///   - { topic: onex.evt.shop.order-placed.v2, event_type: OrderPlaced }
/// ",
/// ))?;
/// let audit = parse(&Source::new(
///     "audit.yaml",
///     "\
/// name: node_audit_effect
/// node_type: effect
/// contract_version: 1.0.0
/// handler_routing:
///   handlers:
///     - { event_model: { name: OrderPlaced }, handler: { name: order_placed } }
/// consumed_events:
///   - { topic: onex.evt.shop.order-placed.v1, event_type: OrderPlaced }
/// ",
/// ))?;
/// let faults = check_system(&[shop, audit], Coverage::Whole).expect("one version is consumed, another produced");
/// let [fault] = faults.list() else { panic!("one fault is one message") };
/// assert_eq!(fault.message, "no contract of this set produces `onex.evt.shop.order-placed.v1`");
/// assert_eq!(fault.secondary[0].text, "produced as `v2`");
/// # Ok::<(), onex_contract::Diagnostics>(())
/// ```
pub fn check_system(contracts: &[Contract], coverage: Coverage) -> Option<Diagnostics> {
    if contracts.len() < 2 {
        return None;
    }
    let (source, moved) = Source::joined(contracts.iter().map(|contract| &contract.source));
    let facts = Facts::of(contracts, &moved);
    let traffic = traffic::by_topic(&facts);
    let mut guesses = Guesses::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    nodes::check(&facts, &mut found);
    if coverage == Coverage::Whole {
        orphans::check(&facts, &traffic, &mut guesses, &mut found);
    }
    commands::check(&facts, &traffic, &mut found);
    groups::check(&facts, &traffic, &mut found);
    types::check(&facts, &traffic, &mut found);
    let executors = Executors::of(&facts);
    intents::check(&facts, &executors, coverage, &mut guesses, &mut found);
    named::check(&facts, &executors, coverage, &mut guesses, &mut found);
    (!found.is_empty()).then(|| Diagnostics::new(source, found))
}
