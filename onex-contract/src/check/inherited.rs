//! What a workflow takes from the `error_handling` of its node, where its own rules say nothing.

use super::rules::Resolved;
use crate::contract::{Backoff, ErrorPolicy, RetryPolicy, RunBackoff};
use crate::read::{Declarations, Maybe, Rules, Settings};

/// The policy, if failed operations are tried again at all.
fn policy(errors: Option<&ErrorPolicy>) -> Option<&RetryPolicy> {
    errors?.retry.as_ref().filter(|retry| retry.max_retries > 0)
}

/// Fills in the timeouts and retries of effect steps that say nothing, and the pace if the workflow gives none of it.
pub(super) fn fill(declared: &Declarations, resolved: &mut Resolved) {
    let Ok(errors) = &declared.errors else { return };
    if !resolved.says_step_timeout {
        resolved.effect_timeout_ms =
            errors.as_ref().and_then(|errors| errors.timeout).map(|timeout| timeout.value);
    }
    let Some(retry) = policy(errors.as_ref()) else { return };
    resolved.effect_retries = Some(retry.max_retries);
    if resolved.said.pace {
        return;
    }
    resolved.said.pace = true;
    resolved.retry_delay_ms = retry.initial_delay_ms;
    resolved.max_retry_delay_ms = retry.max_delay_ms;
    resolved.coordination.jitter_factor = retry.jitter;
    (resolved.coordination.backoff, resolved.backoff_multiplier) = match retry.backoff {
        Backoff::Exponential => (RunBackoff::Exponential, retry.base),
        Backoff::Linear => (RunBackoff::Linear, 1.0),
        Backoff::Fixed => (RunBackoff::Constant, 1.0),
    };
}

fn beside<T>(settings: Option<&Settings>, read: impl FnOnce(&Settings) -> Maybe<T>) -> Maybe<T> {
    settings.map_or(Ok(None), read)
}

/// Whether the workflow gives any of the pace of its retries.
pub(super) fn says_its_pace(rules: &Rules, settings: Option<&Settings>) -> bool {
    let delays = [
        rules.retry_delay_ms,
        rules.retry_backoff_ms,
        rules.max_retry_delay_ms,
        beside(settings, |settings| settings.retry_delay_ms),
    ];
    let factors = [rules.backoff_multiplier, rules.retry_backoff_multiplier, rules.jitter_factor];
    let shapes = [rules.exponential, beside(settings, |settings| settings.exponential)];
    delays.iter().any(|delay| *delay != Ok(None))
        || factors.iter().any(|factor| *factor != Ok(None))
        || shapes.iter().any(|shape| *shape != Ok(None))
        || rules.backoff != Ok(None)
}
