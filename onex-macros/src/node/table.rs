//! The contract as static tables: what the engine reads at run time.

use onex_contract::{
    Brings, ErrorAction, NodeKind, OnDuplicate, OutputOf, RunIf, Said, Step, StepKind, Strategy, Workflow,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::routes::handler_name;
use super::{Context, conditions, failures, reducer};

/// `impl Node`, and the statics that its table is made of.
pub(crate) fn node(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let (contract, shell) = (context.contract, &context.shell.name);
    let kind = kind(contract.kind);
    let (name, file) = (&contract.name.value, contract.source.name());
    let events = events(context);
    let routes = routes(context);
    let intents = intents(context);
    let workflow = contract.workflow.as_ref().map(|workflow| workflow_static(context, workflow));
    let workflow_row = match &contract.workflow {
        Some(_) => quote!(#private::Option::Some(&__ONEX_WORKFLOW)),
        None => quote!(#private::Option::None),
    };
    let failures = failures::row(context);
    let said = super::said::expand(context);
    let (event_count, intent_count) = (events.len(), intents.len());
    quote! {
        static __ONEX_EVENTS: [#private::EventRow; #event_count] = [#(#events),*];
        static __ONEX_INTENTS: [#private::IntentRow; #intent_count] = [#(#intents),*];
        #workflow
        static __ONEX_NODE: #private::NodeTable = #private::NodeTable {
            name: #name,
            kind: #private::Kind::#kind,
            contract: #file,
            events: &__ONEX_EVENTS,
            routes: &[#(#routes),*],
            intents: &__ONEX_INTENTS,
            failures: #failures,
            workflow: #workflow_row,
        };
        impl #private::Node for #shell {
            const TABLE: &'static #private::NodeTable = &__ONEX_NODE;
            const SAID: #private::Option<&'static #private::system::Said> = #private::Option::Some(&#said);
        }
        impl #private::Contracted for #shell {}
    }
}

/// The kind's name, as a type and as a variant.
pub(crate) fn kind(kind: NodeKind) -> proc_macro2::Ident {
    match kind {
        NodeKind::Compute => format_ident!("Compute"),
        NodeKind::Effect => format_ident!("Effect"),
        NodeKind::Reducer => format_ident!("Reducer"),
        NodeKind::Orchestrator => format_ident!("Orchestrator"),
    }
}

/// The kind of a step. Those that this version does not execute have no row.
fn step_kind(kind: StepKind) -> proc_macro2::Ident {
    match kind {
        StepKind::Compute => format_ident!("Compute"),
        StepKind::Effect => format_ident!("Effect"),
        StepKind::Reducer => format_ident!("Reducer"),
        StepKind::Orchestrator | StepKind::Internal => format_ident!("Orchestrator"),
    }
}

fn events(context: &Context<'_>) -> Vec<TokenStream> {
    let private = context.private();
    let rows = context.contract.events.iter().map(|event| {
        let (name, topic, wire_type) =
            (&event.rust.name.value, event.topic.as_str(), event.topic.wire_type());
        let (consumed, published, external, at) =
            (event.consumed, event.published, event.external, context.at(event.declared));
        quote! {
            #private::EventRow {
                name: #name, topic: #topic, wire_type: #wire_type,
                consumed: #consumed, published: #published, external: #external, at: #at,
            }
        }
    });
    rows.collect()
}

fn routes(context: &Context<'_>) -> Vec<TokenStream> {
    let private = context.private();
    let rows = context.contract.routes.iter().map(|route| {
        let brings = match &route.brings {
            Brings::Event(event) => {
                let index = event.value;
                quote!(Event(#index))
            }
            Brings::Intent { intent_type, .. } => {
                let intent_type = intent_type.value.as_str();
                quote!(Intent(#intent_type))
            }
            Brings::Operation { .. }
            | Brings::Topic { .. }
            | Brings::Payload { .. }
            | Brings::Anything { .. } => {
                let topics = route.topics.iter().map(onex_contract::Topic::as_str);
                match (route.asked(), route.model()) {
                    (Some(name), _) => {
                        let name = &name.value;
                        quote!(Named { name: #name, topics: &[#(#topics),*] })
                    }
                    (None, model) if matches!(route.brings, Brings::Anything { .. }) => {
                        let whole = model.is_none();
                        quote!(Rest { topics: &[#(#topics),*], whole: #whole })
                    }
                    (None, _) => quote!(Topic(&[#(#topics),*])),
                }
            }
        };
        let (handler, parks, at) = (handler_name(context, route), route.parks(), context.at(route.span));
        quote! {
            #private::RouteRow {
                brings: #private::BringsRow::#brings, handler: #handler, parks: #parks, at: #at,
            }
        }
    });
    rows.collect()
}

fn intents(context: &Context<'_>) -> Vec<TokenStream> {
    let private = context.private();
    let rows = context.contract.intents.iter().map(|target| {
        let (intent_type, node) = (target.intent_type.value.as_str(), &target.node.value);
        let at = context.at(target.intent_type.span);
        quote!(#private::IntentRow { intent_type: #intent_type, node: #node, at: #at })
    });
    let emission = context.contract.emission.as_ref();
    let target = emission.and_then(|emission| emission.target.as_ref());
    let emitted = reducer::emitted(context).iter().map(|intent| {
        let (intent_type, at) = (intent.intent_type.value.as_str(), context.at(intent.intent_type.span));
        let node = target.map_or("", |target| target.value.as_str());
        quote!(#private::IntentRow { intent_type: #intent_type, node: #node, at: #at })
    });
    rows.chain(emitted).collect()
}

fn workflow_static(context: &Context<'_>, workflow: &Workflow) -> TokenStream {
    let private = context.private();
    let name = &workflow.name.value;
    let (major, minor, patch) = (workflow.version.major, workflow.version.minor, workflow.version.patch);
    // The runtime's table has a variant of the same name for each mode that this version executes.
    let mode = format_ident!("{}", format!("{:?}", workflow.mode));
    let strategy = match workflow.strategy {
        Strategy::FailFast => format_ident!("FailFast"),
        Strategy::ContinueOnError => format_ident!("ContinueOnError"),
        Strategy::Retry => format_ident!("Retry"),
        Strategy::Compensate => format_ident!("Compensate"),
    };
    let workflow_type = format_ident!("{}", format!("{:?}", workflow.workflow_type));
    let Said { timeout, retries, parallel_steps, batch_size: says_batch_size, pace: says_pace, actions } =
        workflow.said;
    let Workflow { max_retries, timeout_ms, max_parallel_steps, dead_letter, .. } = workflow;
    let batch_size = workflow.coordination.batch_size;
    let pace = failures::pace_of_workflow(&private, workflow);
    let breaker = failures::of_workflow(&private, workflow);
    let max_concurrent_runs = option(&private, workflow.coordination.max_concurrent_runs);
    let undoing = failures::undoing(&private, workflow);
    let min_completed_percent = option(&private, workflow.coordination.min_completion_percent);
    let grace_ms = option(&private, workflow.coordination.shutdown_timeout_ms);
    let max_depth = workflow.coordination.max_depth;
    let lasting = option(
        &private,
        workflow.coordination.lasting.map(|lasting| {
            let (says, at) = (lasting.value, context.at(lasting.span));
            quote!(#private::LastingRow { says: #says, at: #at })
        }),
    );
    let steps = workflow
        .steps
        .iter()
        .zip(conditions::else_of(workflow))
        .map(|(step, else_of)| step_row(context, workflow, step, else_of));
    let entry = match entry(workflow) {
        Some((step, events, on_duplicate)) => quote! {
            #private::Option::Some(#private::EntryRow {
                step: #step, events: &[#(#events),*], on_duplicate: #private::OnDuplicate::#on_duplicate,
            })
        },
        None => quote!(#private::Option::None),
    };
    quote! {
        static __ONEX_WORKFLOW: #private::WorkflowRow = #private::WorkflowRow {
            name: #name,
            version: (#major, #minor, #patch),
            workflow_type: #private::WorkflowType::#workflow_type,
            said: #private::Said {
                timeout: #timeout, retries: #retries, parallel_steps: #parallel_steps,
                batch_size: #says_batch_size, pace: #says_pace, actions: #actions,
            },
            mode: #private::Mode::#mode,
            strategy: #private::Strategy::#strategy,
            max_retries: #max_retries,
            timeout_ms: #timeout_ms,
            max_parallel_steps: #max_parallel_steps,
            batch_size: #batch_size,
            pace: #pace,
            breaker: #breaker,
            max_concurrent_runs: #max_concurrent_runs,
            grace_ms: #grace_ms,
            max_depth: #max_depth,
            dead_letter: #dead_letter,
            lasting: #lasting,
            undoing: #undoing,
            min_completed_percent: #min_completed_percent,
            steps: &[#(#steps),*],
            entry: #entry,
        };
    }
}

fn step_row(context: &Context<'_>, workflow: &Workflow, step: &Step, else_of: Option<usize>) -> TokenStream {
    let looks_at = conditions::looks_at(step).into_iter().map(index);
    let else_of = option(&context.private(), else_of.map(index));
    let run_always = step.run_if == RunIf::Always;
    let private = context.private();
    let (id, kind, at) = (&step.id.value, step_kind(step.kind), context.at(step.id.span));
    let depends_on = step.depends_on.iter().map(|dependency| index(dependency.value));
    let (timeout_ms, says_timeout, continue_on_error) =
        (step.timeout_ms, step.says_timeout, step.continue_on_error);
    let retry_count = option(&private, step.retry_count);
    let error_action = option(&private, step.error_action.and_then(|action| error_action(&private, action)));
    let Step { enabled, skip_on_failure, priority, order_index, .. } = step;
    let compensation = failures::compensation(&private, workflow, step);
    let circuit = option(&private, step.circuit.as_ref().map(|circuit| circuit.value.as_str()));
    let publishes = option(&private, step.publishes.first().map(|event| event.value));
    let each = option(
        &private,
        step.for_each.as_ref().map(|path| {
            let of = match path.of {
                OutputOf::Input => None,
                OutputOf::Step(of) => Some(index(of)),
            };
            let (of, at_once) = (option(&private, of), step.max_parallel_instances);
            quote!(#private::EachRow { of: #of, at_once: #at_once })
        }),
    );
    let gate = option(
        &private,
        step.gate.as_ref().map(|gate| {
            let (events, at) = (&gate.awaits.events, context.at(gate.awaits.span()));
            let timeout_ms = option(&private, gate.timeout_ms);
            quote!(#private::GateRow { events: &[#(#events),*], timeout_ms: #timeout_ms, at: #at })
        }),
    );
    let workflow_of_step = option(&private, step.workflow.as_ref().map(|workflow| workflow.value.as_str()));
    let sends = step.sends.iter().flat_map(|filter| &filter.intents);
    quote! {
        #private::StepRow {
            id: #id,
            kind: #private::Kind::#kind,
            depends_on: &[#(#depends_on),*],
            timeout_ms: #timeout_ms,
            says_timeout: #says_timeout,
            retry_count: #retry_count,
            continue_on_error: #continue_on_error,
            error_action: #error_action,
            enabled: #enabled,
            skip_on_failure: #skip_on_failure,
            priority: #priority,
            order_index: #order_index,
            run_always: #run_always,
            looks_at: &[#(#looks_at),*],
            else_of: #else_of,
            compensation: #compensation,
            circuit: #circuit,
            publishes: #publishes,
            each: #each,
            gate: #gate,
            workflow: #workflow_of_step,
            sends: &[#(#sends),*],
            at: #at,
        }
    }
}

/// How the run goes on; `retry` is about attempts, which `retry_count` has, and leaves the end to the strategy.
fn error_action(private: &TokenStream, action: ErrorAction) -> Option<TokenStream> {
    match action {
        ErrorAction::Stop => Some(quote!(#private::ErrorAction::Stop)),
        ErrorAction::Continue => Some(quote!(#private::ErrorAction::Continue)),
        ErrorAction::Compensate => Some(quote!(#private::ErrorAction::Compensate)),
        ErrorAction::Retry => None,
    }
}

fn entry(workflow: &Workflow) -> Option<(u32, &[usize], proc_macro2::Ident)> {
    let step = workflow.entry()?;
    let entry = workflow.steps[step].entry.as_ref()?;
    let on_duplicate = match entry.on_duplicate {
        OnDuplicate::Reject => format_ident!("Reject"),
        OnDuplicate::Join => format_ident!("Join"),
        OnDuplicate::NewRun => format_ident!("NewRun"),
    };
    Some((index(step), &entry.awaits.events, on_duplicate))
}

/// A step's index as the tables write it. A contract has at most 100,000 steps.
pub(crate) fn index(step: usize) -> u32 {
    u32::try_from(step).unwrap_or(u32::MAX)
}

pub(super) fn option<T: quote::ToTokens>(private: &TokenStream, value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(#private::Option::Some(#value)),
        None => quote!(#private::Option::None),
    }
}
