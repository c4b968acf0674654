//! What a workflow takes from the `error_handling` of its node, where its own rules say nothing.

use super::rules::Resolved;
use crate::contract::{Backoff, ErrorPolicy, RetryPolicy, RunBackoff};
use crate::read::{Declarations, Maybe, Rules, Settings, WorkflowDeclaration};

/// The policy, if failed operations are tried again at all.
fn policy(errors: Option<&ErrorPolicy>) -> Option<&RetryPolicy> {
    errors?.retry.as_ref().filter(|retry| retry.max_retries > 0)
}

/// Fills in the timeouts and retries of effect steps that say nothing, and the pace if the workflow gives none of it.
pub(super) fn fill(declared: &Declarations, workflow: &WorkflowDeclaration, resolved: &mut Resolved) {
    let (Ok(errors), Ok(rules)) = (&declared.errors, &workflow.rules) else { return };
    let says_timeouts = [rules.step_timeout_ms, beside(workflow, |settings| settings.step_timeout_ms)];
    if says_timeouts == [Ok(None); 2] {
        resolved.effect_timeout_ms =
            errors.as_ref().and_then(|errors| errors.timeout).map(|timeout| timeout.value);
    }
    let Some(retry) = policy(errors.as_ref()) else { return };
    resolved.effect_retries = Some(retry.max_retries);
    if says_its_pace(rules, workflow) {
        return;
    }
    resolved.retry_delay_ms = retry.initial_delay_ms;
    resolved.max_retry_delay_ms = retry.max_delay_ms;
    resolved.coordination.jitter_factor = retry.jitter;
    (resolved.coordination.backoff, resolved.backoff_multiplier) = match retry.backoff {
        Backoff::Exponential => (RunBackoff::Exponential, retry.base),
        Backoff::Linear => (RunBackoff::Linear, 1.0),
        Backoff::Fixed => (RunBackoff::Constant, 1.0),
    };
}

fn beside<T>(workflow: &WorkflowDeclaration, read: impl FnOnce(&Settings) -> Maybe<T>) -> Maybe<T> {
    workflow.settings.as_ref().map_or(Ok(None), read)
}

fn says_its_pace(rules: &Rules, workflow: &WorkflowDeclaration) -> bool {
    let delays = [
        rules.retry_delay_ms,
        rules.retry_backoff_ms,
        rules.max_retry_delay_ms,
        beside(workflow, |settings| settings.retry_delay_ms),
    ];
    let factors = [rules.backoff_multiplier, rules.retry_backoff_multiplier, rules.jitter_factor];
    let shapes = [rules.exponential, beside(workflow, |settings| settings.exponential)];
    delays.iter().any(|delay| *delay != Ok(None))
        || factors.iter().any(|factor| *factor != Ok(None))
        || shapes.iter().any(|shape| *shape != Ok(None))
        || rules.backoff != Ok(None)
}
