//! Steps that are workflows: that none of them is the workflow that it is a step of, and what of them this version does not
//! execute.

use super::rules::Resolved;
use crate::contract::{Mode, Step, StepKind};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::source::Spanned;

/// A workflow whose run starts a run of itself never ends.
pub(super) fn check(own: &Spanned<String>, steps: &[Step], sink: &mut Sink) {
    for step in steps {
        let Some(workflow) = step.workflow.as_ref().filter(|workflow| workflow.value == own.value) else {
            continue;
        };
        let message = format!("the workflow `{}` is a step of itself", own.value);
        let fault =
            Diagnostic::new(Code::StepOfItself, message, workflow.span, "each run would start another")
                .also(own.span, "this is the workflow")
                .help("name another workflow; what is to be repeated has a `retry_count`, or a `for_each`");
        sink.report(fault);
    }
}

pub(super) fn defer(steps: &[Step], rules: &Resolved, sink: &mut Sink) {
    let of_kind = || steps.iter().filter(|step| step.kind == StepKind::Orchestrator);
    for step in of_kind().filter(|step| step.workflow.is_none()) {
        let what = "`node_type: orchestrator` without a `workflow`";
        let unexecuted = not_in_this_version(what, step.kind_span);
        sink.defer(unexecuted.help("name the workflow that is this step, as `workflow`"));
    }
    if let Mode::Batch | Mode::Streaming = rules.mode {
        if let Some(workflow) = of_kind().find_map(|step| step.workflow.as_ref()) {
            let what = format!("a workflow as a step in the mode `{}`", rules.mode.as_str());
            let unexecuted = not_in_this_version(what, workflow.span);
            sink.defer(
                unexecuted.note("what is done for one item of many is no run that another could belong to"),
            );
        }
        return;
    }
    for step in of_kind().filter(|step| step.workflow.is_some()) {
        if let Some(circuit) = &step.circuit {
            let unexecuted = not_in_this_version("the `circuit` of a step that is a workflow", circuit.span);
            sink.defer(
                unexecuted.help("give it to the steps of that workflow, which are what acts on a target"),
            );
        }
        if let Some(path) = &step.for_each {
            let unexecuted = not_in_this_version("`for_each` of a step that is a workflow", path.span);
            sink.defer(unexecuted.help("let a step of that workflow go over the list"));
        }
    }
}
