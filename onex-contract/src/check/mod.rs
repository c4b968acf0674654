//! Declarations to a valid contract: whether they fit together, and every reference resolved.
//!
//! It must not know YAML. Each rule is a function that reports into one sink; what was reported before is not
//! reported again for those who needed it.

mod entry;
mod events;
mod graph;
mod intents;
mod kind;
mod module_names;
mod ownership;
mod pattern;
mod routes;
mod rules;
mod steps;
mod topics;
mod workflow;

use crate::contract::Contract;
use crate::diagnostic::{Reported, Sink};
use crate::read::Declarations;
use crate::source::Source;

/// Makes the contract, if nothing was reported.
///
/// # Errors
///
/// Something was, by this stage or one before it.
pub(crate) fn check(source: &Source, declared: &Declarations, sink: &mut Sink) -> Result<Contract, Reported> {
    kind::check(declared, sink);
    topics::check(declared, sink);
    let events = events::resolve(source, declared, sink);
    let routes = routes::resolve(declared, &events, sink);
    let intents = intents::check(declared, sink);
    let entries = entry::resolve(declared, &events, sink);
    let workflow = workflow::resolve(declared, &events, &entries, sink);
    module_names::check(source, declared, &events, &routes, sink);
    ownership::check(declared, &events, &routes, &entries, sink);

    sink.verdict()?;
    Ok(Contract {
        source: source.clone(),
        name: declared.name.clone()?,
        kind: declared.kind?.value,
        kind_span: declared.kind?.span,
        contract_version: declared.contract_version?,
        node_version: declared.node_version?,
        description: declared.description.clone()?,
        input_model: declared.input_model.clone()?,
        output_model: declared.output_model.clone()?,
        events: events.finish()?,
        routes: routes.list,
        intents: intents?,
        workflow: workflow?,
        unexecuted: sink.take_unexecuted(),
    })
}
