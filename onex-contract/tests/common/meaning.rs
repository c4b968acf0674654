//! What a contract is without its places, to compare it with itself in another form.

use onex_contract::{Contract, Routing, RoutingStrategy};

/// The contract in words. The one handler of the older form is a section with one route.
pub(crate) fn meaning(mut contract: Contract) -> String {
    contract
        .routing
        .get_or_insert_with(|| Routing { strategy: RoutingStrategy::SingleHandler, ..Routing::default() });
    let source = format!("{:?}", contract.source);
    let debug = format!("{contract:?}").replacen(&source, "", 1);
    let mut parts = debug.split("Span { start: ");
    let mut meaning = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        meaning.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    meaning
}
