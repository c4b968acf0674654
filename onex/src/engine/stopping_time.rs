//! How long a run may take to stop, and to its end, with the runs that are its steps.

use std::any::TypeId;
use std::collections::HashMap;
use std::time::Duration;

use super::registry::Registry;
use super::workflow::Workflow;

impl<C> Registry<C> {
    /// How long what is in flight of a run may take to stop: the grace of its workflow, and as long as a run needs that is one of
    /// its steps. `usual`: the grace of contracts that do not say.
    pub(crate) fn time_to_stop(&self, workflow: &Workflow<C>, usual: Duration) -> Duration {
        Times { registry: self, usual, known: HashMap::new() }.until_stopped(workflow)
    }

    /// How long a run may take to its end once it is told to stop: its grace for what is in flight, and once more for what is
    /// undone then.
    pub(crate) fn time_to_end(&self, workflow: &Workflow<C>, usual: Duration) -> Duration {
        Times { registry: self, usual, known: HashMap::new() }.until_ended(workflow)
    }
}

struct Times<'r, C> {
    registry: &'r Registry<C>,
    usual: Duration,
    /// To the end of those that were met before, however often they are steps.
    known: HashMap<TypeId, Duration>,
}

impl<C> Times<'_, C> {
    fn until_stopped(&mut self, workflow: &Workflow<C>) -> Duration {
        let called = workflow.steps.iter().filter_map(|def| Some((def.calls?.0.node)()));
        called.fold(self.grace(workflow), |longest, node| longest.max(self.until_called_ended(node)))
    }

    fn until_ended(&mut self, workflow: &Workflow<C>) -> Duration {
        self.until_stopped(workflow).saturating_add(self.grace(workflow))
    }

    fn until_called_ended(&mut self, node: TypeId) -> Duration {
        if let Some(time) = self.known.get(&node) {
            return *time;
        }
        let registry = self.registry;
        let time = registry.workflow_of(node).map_or(Duration::ZERO, |called| self.until_ended(called));
        self.known.insert(node, time);
        time
    }

    fn grace(&self, workflow: &Workflow<C>) -> Duration {
        workflow.grace().unwrap_or(self.usual)
    }
}
