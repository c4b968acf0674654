//! What the contract says about failures, as rows of the tables.

use onex_contract::{
    Backoff, CircuitBreaker, CompensationOrder, RetryPolicy, RunBackoff, RunBreaker, Step, Workflow,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::table::option;

/// `error_handling`.
pub(super) fn row(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let errors = context.contract.errors.as_ref();
    let breaker = errors.and_then(|errors| errors.breaker.as_ref()).filter(|breaker| breaker.enabled);
    let backends = breaker.into_iter().flat_map(|breaker| {
        breaker.backends.iter().map(|backend| {
            let (name, at) = (&backend.name.value, context.at(backend.name.span));
            let row = breaker_row(
                &private,
                backend.failure_threshold,
                &in_a_row(&private),
                breaker.success_threshold,
                backend.reset_timeout_ms,
                breaker.half_open_max_requests,
            );
            quote!(#private::BackendRow { name: #name, breaker: #row, at: #at })
        })
    });
    let own = option(&private, breaker.map(|breaker| of_node(&private, breaker)));
    let retry = errors.and_then(|errors| errors.retry.as_ref()).map(|retry| retry_row(&private, retry));
    let retry = option(&private, retry);
    let timeout_ms = option(&private, errors.and_then(|errors| errors.timeout).map(|timeout| timeout.value));
    quote! {
        #private::FailureRow {
            breaker: #own, backends: &[#(#backends),*], retry: #retry, timeout_ms: #timeout_ms,
        }
    }
}

/// `coordination_rules.circuit_breaker`.
pub(super) fn of_workflow(private: &TokenStream, workflow: &Workflow) -> TokenStream {
    let row = workflow.coordination.circuit_breaker.as_ref().map(|breaker| {
        let RunBreaker { failure_threshold, success_threshold, timeout_ms, half_open_requests, .. } =
            *breaker;
        let window = window(private, breaker);
        breaker_row(private, failure_threshold, &window, success_threshold, timeout_ms, half_open_requests)
    });
    option(private, row)
}

fn window(private: &TokenStream, breaker: &RunBreaker) -> TokenStream {
    let row = breaker.window_seconds.map(|seconds| {
        let failure_rate = breaker.failure_rate.unwrap_or_default();
        let min_requests = breaker.min_requests.unwrap_or_default();
        quote! {
            #private::WindowRow {
                seconds: #seconds, failure_rate: #failure_rate, min_requests: #min_requests,
            }
        }
    });
    option(private, row)
}

/// The pace of a workflow's retries.
pub(super) fn pace_of_workflow(private: &TokenStream, workflow: &Workflow) -> TokenStream {
    let multiplier = workflow.backoff_multiplier;
    let growth = match workflow.coordination.backoff {
        RunBackoff::Exponential | RunBackoff::Constant => quote!(Times(#multiplier)),
        RunBackoff::Linear => quote!(Linear),
    };
    let Workflow { retry_delay_ms, max_retry_delay_ms, .. } = workflow;
    let jitter = workflow.coordination.jitter_factor;
    quote! {
        #private::PaceRow {
            initial_delay_ms: #retry_delay_ms,
            growth: #private::Growth::#growth,
            max_delay_ms: #max_retry_delay_ms,
            jitter: #jitter,
        }
    }
}

/// What undoes a step, with what the workflow's plan says.
pub(super) fn compensation(private: &TokenStream, workflow: &Workflow, step: &Step) -> TokenStream {
    let plan = workflow.coordination.compensation_plan.as_ref();
    let row = step.compensation.as_ref().map(|compensation| {
        let name = &compensation.name.value;
        let timeout_ms = compensation.timeout_ms.or(plan.map(|plan| plan.action_timeout_ms));
        let retries = compensation.retry_count.or(plan.map(|plan| plan.max_retries));
        let (timeout_ms, retries) = (option(private, timeout_ms), option(private, retries));
        let (priority, delay_ms) =
            (compensation.priority.unwrap_or(100), compensation.delay_ms.unwrap_or_default());
        quote! {
            #private::CompensationRow {
                name: #name, timeout_ms: #timeout_ms, retries: #retries, priority: #priority,
                delay_ms: #delay_ms,
            }
        }
    });
    option(private, row)
}

/// `compensation_plan`, as far as it is about all steps.
pub(super) fn undoing(private: &TokenStream, workflow: &Workflow) -> TokenStream {
    let Some(plan) = &workflow.coordination.compensation_plan else {
        return quote!(#private::UndoingRow::NONE);
    };
    let order = match plan.order {
        CompensationOrder::Reverse => quote!(Reverse),
        CompensationOrder::Forward => quote!(Forward),
        CompensationOrder::Parallel => quote!(Parallel),
    };
    let (delay_ms, timeout_ms) = (plan.delay_ms, option(private, plan.total_timeout_ms));
    quote! {
        #private::UndoingRow {
            order: #private::UndoOrder::#order, delay_ms: #delay_ms, timeout_ms: #timeout_ms,
        }
    }
}

fn of_node(private: &TokenStream, breaker: &CircuitBreaker) -> TokenStream {
    breaker_row(
        private,
        breaker.failure_threshold,
        &in_a_row(private),
        breaker.success_threshold,
        breaker.reset_timeout_ms,
        breaker.half_open_max_requests,
    )
}

fn in_a_row(private: &TokenStream) -> TokenStream {
    quote!(#private::Option::None)
}

fn breaker_row(
    private: &TokenStream,
    failure_threshold: u32,
    window: &TokenStream,
    success_threshold: u32,
    reset_timeout_ms: u64,
    half_open_max_requests: u32,
) -> TokenStream {
    quote! {
        #private::BreakerRow {
            failure_threshold: #failure_threshold,
            window: #window,
            success_threshold: #success_threshold,
            reset_timeout_ms: #reset_timeout_ms,
            half_open_max_requests: #half_open_max_requests,
        }
    }
}

fn retry_row(private: &TokenStream, retry: &RetryPolicy) -> TokenStream {
    let RetryPolicy { max_retries, initial_delay_ms, max_delay_ms, base, jitter, .. } = retry;
    let growth = match retry.backoff {
        Backoff::Exponential => quote!(Times(#base)),
        Backoff::Linear => quote!(Linear),
        Backoff::Fixed => quote!(Times(1.0)),
    };
    quote! {
        #private::RetryRow {
            max_retries: #max_retries,
            pace: #private::PaceRow {
                initial_delay_ms: #initial_delay_ms,
                growth: #private::Growth::#growth,
                max_delay_ms: #max_delay_ms,
                jitter: #jitter,
            },
        }
    }
}
