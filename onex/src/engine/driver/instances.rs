//! Steps that are done once for each entry of a list: counted when their turn comes.

use super::Driver;
use crate::engine::fans::entries;
use crate::engine::workflow::StepDef;
use crate::journal::Journal;
use crate::run::{Fact, Failure, FailureCause, FailureClass, Input, StepId};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// What driving a step takes, or an instance of one.
    pub(super) fn def(&self, step: StepId) -> &StepDef<C> {
        self.workflow.step(self.row(step))
    }

    /// The step of the workflow that a step of the run is, or an instance of one.
    pub(super) fn row(&self, step: StepId) -> StepId {
        self.outputs.row(self.run.step_of(step))
    }

    /// The item of a batch that a step is for, or the entry of the list that it is an instance for.
    pub(super) fn item(&self, step: StepId) -> Option<u64> {
        let entry = self.run.instance_of(step).map(|(_, entry)| entry);
        entry.or_else(|| self.outputs.item(step)).map(u64::from)
    }

    /// Tells the kernel how many entries a list has, if it asks for one. True if it did.
    pub(super) fn count_a_list(&mut self) -> bool {
        let Some(step) = self.run.uncounted() else { return false };
        let each = self.def(step).each;
        let listed = each
            .map_or(Ok(Vec::new()), |each| entries(&each, self.outputs.of(step)))
            .and_then(|entries| Ok((self.within_limits(step, entries.len())?, entries)));
        match listed {
            Ok((items, entries)) => {
                self.fans.add(self.run.plan(), step, self.run.len() as u32, entries);
                self.feed(Input::Counted { step, items });
            }
            Err(message) => {
                let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
                self.fails_untried(step, Input::Uncountable { step, failure }, message);
            }
        }
        true
    }

    /// As many entries as a list has, if the run may go over so many.
    fn within_limits(&self, step: StepId, entries: usize) -> Result<u32, String> {
        let most = self.engine.settings.max_instances;
        let items = (u32::try_from(entries).ok().filter(|items| *items <= most))
            .ok_or_else(|| format!("it goes over a list of {entries} entries; there may be {most}"))?;
        let Some(limit) = self.workflow.action_limit else { return Ok(items) };
        let actions = limit.known.saturating_add(self.fans.actions_with(self.run.plan(), step, items));
        if limit.allows(actions) {
            return Ok(items);
        }
        Err(format!(
            "it goes over a list of {entries} entries, with which the run may come to {actions} actions, and the program \
             allows {}; lessen retries, or raise `max_actions`",
            limit.max
        ))
    }

    /// A step whose instances have all ended gives what they returned.
    pub(super) fn gather(&mut self) {
        if self.fans.is_empty() {
            return;
        }
        for fact in &self.decision.facts {
            if let Fact::StepCompleted { step, .. } = *fact
                && self.run.instance_of(step).is_none()
                && let Some(each) = self.def(step).each
                && let Some(gathered) = self.fans.gathered(step, &each)
            {
                self.outputs.set(step, gathered);
            }
        }
    }
}
