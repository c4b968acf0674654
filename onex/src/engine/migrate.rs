//! Moves runs to the plan of this program: what a run has come to is written anew in terms of the new plan, in one commit, and
//! it goes on there as if its process had ended.

use std::sync::{Arc, PoisonError};

use super::control::Control;
use super::core::Engine;
use super::driver::{read_as, read_input};
use super::held::HeldCause;
use super::live::LiveGuard;
use super::migration::{MigrateError, MigrateObstacle, Migrated, Migration};
use super::recover::Waiting;
use super::workflow::Workflow;
use crate::journal::{
    Append, Commit, CommitError, Detail, DetailBody, Journal, RunRecord, RunSummary, Timer, TimerKey,
};
use crate::message::RunId;
use crate::run::{Fact, Obstacle, Plan, Run, StepId, StepState};

/// A move that nothing stands against.
struct Move<C> {
    workflow: Arc<Workflow<C>>,
    record: RunRecord,
    facts: Vec<Fact>,
    /// What each step of the old plan becomes.
    map: Vec<Option<StepId>>,
    told: Migrated,
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// What moving a run would come to. Writes nothing.
    pub(crate) async fn try_migration(
        &self,
        run: RunId,
        migration: &Migration,
    ) -> Result<Migrated, MigrateError> {
        Ok(self.planned(run, migration).await?.told)
    }

    pub(crate) async fn migrate(
        self: &Arc<Self>,
        run: RunId,
        migration: &Migration,
    ) -> Result<Migrated, MigrateError> {
        let planned = self.planned(run, migration).await?;
        if planned.changes_nothing() {
            return Ok(planned.told);
        }
        let in_flight = self.in_flight.enter();
        let (live, control) = self.taken_from_its_driver(run).await?;
        // It may have come further until it was left.
        let moved = match self.planned(run, migration).await {
            Ok(planned) => self.carry_over(planned, migration).await,
            Err(refused) => Err(refused),
        };
        // Moved or not, it goes on as in the next process.
        self.held.lock().unwrap_or_else(PoisonError::into_inner).retain(|held| held.run != run);
        let timers = self.timers_of(run).await?;
        if let Some(record) = self.journal.run(run).await.map_err(CommitError::from)? {
            let summary = RunSummary {
                run,
                identity: record.start.identity.clone(),
                seq: record.seq(),
                started_unix_ms: record.start.started_unix_ms,
                ended_unix_ms: record.ended_unix_ms,
            };
            let (engine, waiting) = (Arc::clone(self), Waiting { summary, live, control });
            self.tasks.spawn(async move {
                engine.take_over(waiting, timers).await;
                drop(in_flight);
            });
        }
        moved
    }

    /// The run's place among those that are live, with all who wait for it. Its driver, if it has one, has let go of it.
    async fn taken_from_its_driver(
        self: &Arc<Self>,
        run: RunId,
    ) -> Result<(LiveGuard, Arc<Control>), MigrateError> {
        let control = Arc::<Control>::default();
        if let Some(live) = self.live.try_enter(run, Arc::clone(&control)) {
            return Ok((live, control));
        }
        self.live.leave(run).await.ok_or(MigrateError::Busy { run })
    }

    async fn planned(&self, run: RunId, migration: &Migration) -> Result<Move<C>, MigrateError> {
        let record = self.journal.run(run).await.map_err(CommitError::from)?;
        let record = record.ok_or(MigrateError::Unknown { run })?;
        let not_here = |cause| MigrateError::NotHere { run, cause };
        let workflow = self.registry.workflow_named(&record.start.identity);
        let workflow = Arc::clone(workflow.ok_or(not_here(HeldCause::NotMounted))?);
        let old = workflow.plan_of(&record).map_err(not_here)?;
        let replayed = Run::replay(Arc::clone(&old), &record.facts);
        let replayed = replayed.map_err(|error| not_here(error.into()))?;
        let refused = |reasons| MigrateError::Refused { run, reasons };
        let map = mapped(&old, &workflow, migration).map_err(refused)?;
        let carried = replayed.carried_to(&workflow.plan, &map);
        let told = |obstacles: Vec<Obstacle>| obstacles.into_iter().map(|one| stands(one, &old, &workflow));
        let mut reasons: Vec<MigrateObstacle> =
            carried.as_ref().err().cloned().map(told).into_iter().flatten().collect();
        reasons.extend(other_types(&workflow, &record, &map));
        let facts = carried.ok().filter(|_| reasons.is_empty()).ok_or(reasons).map_err(refused)?;
        let name = |step: &StepId| workflow.step(*step).id.to_owned();
        let is_new = |step: &StepId| !map.contains(&Some(*step));
        let told = Migrated {
            run,
            from: (record.start.plan.fingerprint, record.start.version),
            to: (workflow.pin.fingerprint, workflow.row.version),
            steps: old
                .steps()
                .map(|(step, spec)| (spec.id.to_string(), map[step.index()].as_ref().map(name)))
                .collect(),
            new: workflow.plan.steps().map(|(step, _)| step).filter(is_new).map(|step| name(&step)).collect(),
        };
        Ok(Move { workflow, record, facts, map, told })
    }

    async fn carry_over(&self, planned: Move<C>, migration: &Migration) -> Result<Migrated, MigrateError> {
        let Move { workflow, record, facts: carried, map, told } = planned;
        let run = told.run;
        let mut facts = vec![Fact::RunMigrated { to: told.to.0, version: told.to.1 }];
        facts.extend(carried);
        let details = details(&record, &facts, &map, migration);
        let set: Vec<Timer> = self.timers_of(run).await?;
        let moved = |timer: &Timer| {
            let step = map.get(timer.key.step.index()).copied().flatten()?;
            Some(Timer { key: TimerKey { step, ..timer.key }, ..*timer })
        };
        let timers: Vec<Timer> = set.iter().filter_map(moved).collect();
        let is_set = |key: &TimerKey| timers.iter().any(|timer| timer.key == *key);
        let fired: Vec<TimerKey> = set.iter().map(|timer| timer.key).filter(|key| !is_set(key)).collect();
        let append = Append {
            run,
            expected_seq: record.seq(),
            facts: &facts,
            details: &details,
            active_ms: record.active_ms,
            ended_unix_ms: None,
        };
        let commit = Commit {
            append: Some(append),
            plan: Some(&workflow.pin),
            timers: &timers,
            fired: &fired,
            ..Commit::default()
        };
        self.commit(&commit).await?;
        Ok(told)
    }

    async fn timers_of(&self, run: RunId) -> Result<Vec<Timer>, MigrateError> {
        let timers = self.journal.timers().await.map_err(CommitError::from)?;
        Ok(timers.into_iter().filter(|timer| timer.key.run == run).collect())
    }
}

impl<C> Move<C> {
    fn changes_nothing(&self) -> bool {
        let same = |(index, step): (usize, &Option<StepId>)| *step == Some(StepId(index as u32));
        self.told.from.0 == self.told.to.0 && self.map.iter().enumerate().all(same)
    }
}

/// What each step of the old plan becomes, or all that is wrong with what is said of it.
fn mapped<C>(
    old: &Plan,
    workflow: &Workflow<C>,
    migration: &Migration,
) -> Result<Vec<Option<StepId>>, Vec<MigrateObstacle>> {
    let mut wrong = Vec::new();
    let mut map = Vec::with_capacity(old.len());
    for (_, spec) in old.steps() {
        let name = migration.name(&spec.id);
        let becomes = name.map(|name| (name, workflow.named(name)));
        if let Some((name, None)) = becomes {
            let step = spec.id.to_string();
            wrong.push(if name == spec.id {
                MigrateObstacle::Gone { step }
            } else {
                MigrateObstacle::NoSuchName { step, to: name.to_owned() }
            });
        }
        map.push(becomes.and_then(|(_, step)| step));
    }
    let is_known = |name: &str| old.steps().any(|(_, spec)| spec.id == name);
    let unknown = migration.mentioned().filter(|(name, _)| !is_known(name));
    wrong.extend(unknown.map(|(name, _)| MigrateObstacle::NoSuchStep { step: name.to_owned() }));
    if wrong.is_empty() { Ok(map) } else { Err(wrong) }
}

fn stands<C>(obstacle: Obstacle, old: &Plan, workflow: &Workflow<C>) -> MigrateObstacle {
    let mut told = String::new();
    let was = |step: StepId| format!("`{}`", old.step(step).id);
    let is = |step: StepId| format!("`{}`", workflow.step(step).id);
    // Writing to a string cannot fail.
    let _ = obstacle.explain(&mut told, was, is);
    MigrateObstacle::Stands { obstacle, told }
}

/// What the journal has and the program cannot read.
fn other_types<C>(
    workflow: &Workflow<C>,
    record: &RunRecord,
    map: &[Option<StepId>],
) -> Vec<MigrateObstacle> {
    let told = |cause| match cause {
        HeldCause::OtherType { what, message } => Some(MigrateObstacle::OtherType { what, message }),
        _ => None,
    };
    let input = read_input(workflow, &record.start.input).err();
    let outputs = record.told().filter_map(|(fact, detail)| {
        let (step, DetailBody::Output(output)) = (fact.completes()?, &detail.body) else { return None };
        let def = workflow.step(map.get(step.index()).copied().flatten()?);
        read_as(def.read, output, || format!("the output of step `{}`", def.id)).err()
    });
    input.into_iter().chain(outputs).filter_map(told).collect()
}

/// What steps returned and people said, beside the facts that carry it over.
fn details(record: &RunRecord, facts: &[Fact], map: &[Option<StepId>], migration: &Migration) -> Vec<Detail> {
    let before = |to: StepId| map.iter().position(|step| *step == Some(to)).map(|old| StepId(old as u32));
    let latest = |is_it: &dyn Fn(&Fact, &DetailBody) -> bool| {
        let (_, detail) = record.told().rev().find(|(fact, detail)| is_it(fact, &detail.body))?;
        Some(detail.body.clone())
    };
    let body = |fact: &Fact| match *fact {
        Fact::RunMigrated { .. } => Some(DetailBody::Reason(migration.to_string().into())),
        Fact::RunPaused => latest(&|fact, _| matches!(fact, Fact::RunPaused)),
        Fact::StepCarried { step, state: StepState::Completed, .. } => {
            let old = before(step)?;
            latest(&|fact, body| matches!(body, DetailBody::Output(_)) && fact.completes() == Some(old))
        }
        Fact::StepCarried { step, .. } => {
            let old = before(step);
            latest(&|fact, body| matches!(body, DetailBody::Error(_)) && fact.step() == old)
        }
        _ => None,
    };
    let places = facts.iter().zip(record.seq()..);
    places.filter_map(|(fact, seq)| Some(Detail { seq, body: body(fact)? })).collect()
}
