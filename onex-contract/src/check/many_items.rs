//! What a workflow over many items cannot be. A program gives a batch its items all at once, and a stream one after the other.

use super::rules::Resolved;
use crate::contract::{ErrorAction, Mode, Step, StepKind};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::agree::contradiction;
use crate::read::{Maybe, StepDeclaration};
use crate::source::Spanned;

/// `given`: the mode, if the contract says it.
pub(super) fn check(given: Option<Spanned<Mode>>, steps: &[StepDeclaration], sink: &mut Sink) {
    let Some(mode) = given else { return };
    let Some(what) = many_items(mode.value) else { return };
    let entry = steps.iter().find_map(|step| step.patterns().first());
    if let Some(pattern) = entry {
        let message = format!("the items of a {what} come from a program, and a step waits for an event");
        let fault = contradiction(message, (pattern.span, "an event"), (mode.span, "many items"));
        sink.report(fault.help(
            "remove the `event_pattern`, or choose another mode: an event brings one input, and starts one run",
        ));
    }
    if mode.value == Mode::Streaming
        && let Some(action) = steps.iter().find_map(asks_to_undo)
    {
        let fault =
            contradiction("a stream cannot be undone", (action, "undone by this"), (mode.span, "a stream"))
                .note("a stream has no end at which its steps could be undone")
                .help("choose another `error_action`, or another mode");
        sink.report(fault);
    }
}

fn asks_to_undo(step: &StepDeclaration) -> Option<crate::source::Span> {
    let action = step.error_action.ok().flatten()?;
    (action.value == ErrorAction::Compensate).then_some(action.span)
}

/// Only a batch has workers.
pub(super) fn defer_workers(given: Option<Spanned<Mode>>, rules: Maybe<bool>, sink: &mut Sink) {
    if let Ok(Some(balanced)) = rules
        && balanced.value
        && given.is_none_or(|mode| mode.value != Mode::Batch)
    {
        let unexecuted = not_in_this_version("`load_balancing_enabled: true` outside a batch", balanced.span);
        sink.defer(unexecuted.help("remove the key, or set it to `false`"));
    }
}

/// What is valid and not executed by this version.
pub(super) fn defer(steps: &[Step], rules: &Resolved, sink: &mut Sink) {
    let Some(what) = many_items(rules.mode) else { return };
    if let Some(limit) = rules.coordination.max_actions {
        let unexecuted = not_in_this_version(format!("`max_actions_per_workflow` for a {what}"), limit.span);
        sink.defer(
            unexecuted.help("remove it: how many actions there are depends on how many items there are"),
        );
    }
    if rules.mode == Mode::Streaming
        && let Some(lasting) = rules.coordination.lasting
    {
        let unexecuted = not_in_this_version(format!("`{}` for a {what}", lasting.value), lasting.span);
        sink.defer(
            unexecuted
                .help("remove it: a stream lasts if the program opens it with `Runtime::durable_stream`"),
        );
    }
    if rules.mode == Mode::Batch
        && let Some(step) = steps.iter().find(|step| step.skip_on_failure)
    {
        let unexecuted = not_in_this_version("`skip_on_failure` in a batch", step.id.span);
        sink.defer(
            unexecuted.note("it would have to tell the failures of one item from those of the others"),
        );
    }
    if let Some(path) = steps.iter().find_map(|step| step.for_each.as_ref()) {
        let unexecuted = not_in_this_version(format!("`for_each` in a {what}"), path.span);
        sink.defer(unexecuted.note("its steps are done for each item already"));
    }
    if let Some(filter) = steps.iter().find_map(|step| step.sends.as_ref()?.patterns.first()) {
        let unexecuted = not_in_this_version(format!("`intent_filter` in a {what}"), filter.span);
        sink.defer(unexecuted.help("do the work in an effect step, or choose another mode"));
    }
    let is_reducer = |index: &usize| steps[*index].kind == StepKind::Reducer;
    let behind = |step: &Step| step.depends_on.iter().find(|on| is_reducer(&on.value)).map(|on| on.span);
    if rules.mode == Mode::Streaming
        && let Some(on) = steps.iter().find_map(behind)
    {
        let unexecuted = not_in_this_version("a step behind a reducer in a stream", on);
        sink.defer(
            unexecuted
                .note("a reducer folds items as they come out, and has never had the last one")
                .help("do it where items come out, by the program"),
        );
    }
}

/// What a run in this mode is, if it has many items.
fn many_items(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Batch => Some("batch"),
        Mode::Streaming => Some("stream"),
        Mode::Sequential | Mode::Parallel | Mode::Conditional => None,
    }
}
