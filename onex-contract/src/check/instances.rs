//! What is valid about steps that are done once for each entry of a list, and not executed by this version.

use crate::contract::Workflow;
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::{Declarations, Given};

/// What a handler's parameter is called that takes the entry.
const ITEM: &str = "item";

pub(super) fn defer(declared: &Declarations, workflow: &Given<Option<Workflow>>, sink: &mut Sink) {
    let Ok(Some(workflow)) = workflow else { return };
    for step in &workflow.steps {
        if step.ident == ITEM {
            let deferred = not_in_this_version("a step that is called `item`", step.id.span);
            sink.defer(deferred.note("the parameter `item` of a handler is the entry of a list"));
        }
        if let (Some(path), Some(event)) = (&step.for_each, step.publishes.first()) {
            let what = "an event for each entry of a list";
            sink.defer(not_in_this_version(what, event.span).also(path.span, "the list"));
        }
    }
    let steps = declared.workflow.as_ref().ok().and_then(Option::as_ref);
    let Some(Ok(steps)) = steps.map(|workflow| &workflow.steps) else { return };
    for step in &steps.list.items {
        if let (Ok(None), Ok(Some(most))) = (&step.for_each, &step.max_parallel_instances)
            && most.value > 1
        {
            let what = "`max_parallel_instances` of a step that goes over no list";
            sink.defer(not_in_this_version(what, most.span));
        }
    }
}
