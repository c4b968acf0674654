//! Declarations to a valid contract: whether they fit together, and every reference resolved.
//!
//! It must not know YAML. Each rule is a function that reports into one sink; what was reported before is not
//! reported again for those who needed it.

mod actions;
mod arrivals;
mod branches;
mod breakers;
mod bus;
mod coherence;
mod components;
mod conditions;
mod deferred;
#[cfg(feature = "tools")]
pub(crate) mod document;
mod emission;
mod entry;
mod errors;
mod events;
mod gates;
mod graph;
mod identity;
mod inherited;
mod instances;
mod intake;
mod intent_filters;
mod intents;
mod kind;
mod lowering;
mod machine;
mod machine_graph;
mod many_items;
mod module_names;
mod needs;
mod ownership;
mod parking;
pub(crate) mod pattern;
mod reducer;
mod results;
mod routes;
mod rules;
mod step_keys;
mod steps;
mod strategy;
mod sub_workflows;
mod taken_once;
mod topics;
mod unemitted;
mod unique;
mod untaken;
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
    identity::check(declared, sink);
    let bus = bus::resolve(declared, sink);
    let intake = intake::resolve(declared, sink);
    strategy::check(&intake, sink);
    let arrivals = arrivals::resolve(declared, &intake, &bus, sink);
    let lowered = lowering::lower(declared, &intake, &arrivals, &bus);
    untaken::check_types(declared, &lowered, sink);
    topics::check(&lowered, sink);
    let events = events::resolve(source, declared, &lowered, &bus, sink);
    let mut routes = routes::resolve(&lowered, &bus, &events, sink);
    routes.list.extend(intake.beside.as_ref().map(|handler| routes::fallback(handler, &bus)));
    if let Ok(name) = &declared.name {
        routes::derive_topics(&name.value, &mut routes.list);
    }
    let untyped = !deferred::untyped(&bus, &lowered).is_empty();
    results::check(declared, &routes.list, untyped, sink);
    let intents = intents::check(declared, sink);
    let awaited = entry::resolve(declared, &events, sink);
    let workflow = workflow::resolve(declared, &events, &intents, &awaited, sink);
    module_names::check(source, declared, &events, &routes, &awaited, sink);
    ownership::check(&lowered, &bus, &events, &routes, &awaited, intake.fallback, sink);
    untaken::check(declared, &intake, &arrivals, &bus, &events, &awaited, sink);
    deferred::defer(&bus, declared, &lowered, &routes, sink);
    breakers::defer(declared, &routes, &workflow, sink);
    gates::defer(&workflow, &routes.list, sink);
    parking::check(declared, &routes.list, &awaited, sink);
    taken_once::defer(&routes.list, &events, &workflow, sink);
    instances::defer(declared, &workflow, sink);
    let machine = machine::resolve(declared, sink);
    let emission = emission::check(declared, sink);
    if let (Ok(machine), Ok(emission)) = (&machine, &emission) {
        reducer::check(declared, &events, &routes.list, machine.as_ref(), emission.as_ref(), sink);
    }
    errors::check(declared, sink);
    let needs = needs::check(declared, sink);
    if let Ok(workflow) = &workflow {
        unemitted::check(declared, &intake, &lowered, &events, &routes.list, workflow.as_ref(), sink);
    }

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
        routing: intake::finish(&intake, declared)?,
        routes: routes.list,
        bus: bus::finish(bus, declared)?,
        intents: intents?,
        workflow: workflow?,
        machine: machine?,
        errors: declared.errors.clone()?,
        needs: needs?,
        emission: emission?,
        subscribed_intents: intents::subscribed(declared)?,
        unexecuted: sink.take_unexecuted(),
    })
}
