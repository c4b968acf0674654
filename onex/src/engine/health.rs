//! Whether an engine can do its work: what each part of it says of itself, and the worst of that.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::circuit::CircuitState;
use super::core::Engine;
use crate::journal::{CommitError, Durability, InboxMark, Journal};

/// How well something does. Of two, the greater is the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Nothing is in its way.
    Healthy,
    /// It works, and something waits that should not, or that a person must look at.
    Degraded,
    /// It does not work.
    Unhealthy,
}

/// Whether a runtime can do its work. It serialises to `status`, `components` (a status for each), `reasons` (why, for those
/// that are not healthy), `active_workflows`, `workflow_definition_loaded` and `durability`. Nothing of a user, and no path, is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The worst of its components.
    pub status: HealthStatus,
    /// Its components, in the order of [`Component`].
    pub components: [ComponentHealth; 5],
    /// Runs that are being driven, paused ones among them.
    pub active_workflows: usize,
    /// Some mounted node has a workflow.
    pub workflow_definition_loaded: bool,
    /// What its journal promises of what it has acknowledged. It is a choice, and speaks for or against no component.
    pub durability: Durability,
}

/// What one part of an engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentHealth {
    /// Which.
    pub component: Component,
    /// How well it does.
    pub status: HealthStatus,
    /// Why not better; empty if it is healthy.
    pub reason: String,
}

/// A part of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Where everything is committed.
    Journal,
    /// Where what has one key waits for its turn.
    Mailboxes,
    /// What guards the targets of effects.
    Circuits,
    /// Where envelopes from outside are taken.
    Subscriptions,
    /// What is driven.
    Runs,
}

impl Health {
    /// One of its components.
    #[must_use]
    pub fn component(&self, component: Component) -> &ComponentHealth {
        &self.components[component as usize]
    }
}

impl Serialize for Health {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Statuses<'a>(&'a Health);
        struct Reasons<'a>(&'a Health);
        impl Serialize for Statuses<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.components.iter().map(|of| (of.component, of.status)))
            }
        }
        impl Serialize for Reasons<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let ill = self.0.components.iter().filter(|of| of.status != HealthStatus::Healthy);
                serializer.collect_map(ill.map(|of| (of.component, &of.reason)))
            }
        }
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("components", &Statuses(self))?;
        map.serialize_entry("reasons", &Reasons(self))?;
        map.serialize_entry("active_workflows", &self.active_workflows)?;
        map.serialize_entry("workflow_definition_loaded", &self.workflow_definition_loaded)?;
        map.serialize_entry("durability", &self.durability)?;
        map.end()
    }
}

/// What the journal last made of a commit.
#[derive(Debug, Default)]
pub(crate) struct LastCommit(AtomicU8);

impl LastCommit {
    const APPLIED: u8 = 0;
    const FAILED: u8 = 1;
    const FENCED: u8 = 2;
    const FULL: u8 = 3;

    pub(crate) fn note(&self, outcome: Result<(), &CommitError>) {
        let outcome = match outcome {
            Err(CommitError::Storage(_)) => Self::FAILED,
            Err(CommitError::Fenced { .. }) => Self::FENCED,
            Err(CommitError::Full { .. }) => Self::FULL,
            // A refusal that is about what was committed says that the journal works.
            Ok(()) | Err(_) => Self::APPLIED,
        };
        // Nearly always it stays as it is: no cache line is taken from the other threads for that.
        if self.0.load(Ordering::Relaxed) != outcome {
            self.0.store(outcome, Ordering::Relaxed);
        }
    }

    fn reason(&self) -> Option<&'static str> {
        match self.0.load(Ordering::Relaxed) {
            Self::FAILED => Some("it refused the last commit: its storage failed"),
            Self::FENCED => Some("another owner has it now"),
            Self::FULL => Some("it is full: commits wait until there is room"),
            _ => None,
        }
    }
}

/// What speaks against a component: a status with its reason for each, as far as they hold.
fn judge(component: Component, against: &[(bool, HealthStatus, &dyn fmt::Display)]) -> ComponentHealth {
    let held = || against.iter().filter(|(holds, ..)| *holds);
    let status = held().map(|(_, status, _)| *status).max().unwrap_or(HealthStatus::Healthy);
    let reasons: Vec<String> = held().map(|(.., reason)| reason.to_string()).collect();
    ComponentHealth { component, status, reason: reasons.join("; ") }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) async fn health(&self) -> Health {
        use HealthStatus::{Degraded, Unhealthy};
        let nobody = InboxMark { subscriber: "".into(), envelope_id: Uuid::nil() };
        let unreadable = self.journal.handled(&nobody).await.is_err();
        let refused = self.last_commit.reason();
        let journal = judge(
            Component::Journal,
            &[
                (unreadable, Unhealthy, &"it cannot be read"),
                (refused.is_some(), Unhealthy, &refused.unwrap_or_default()),
            ],
        );
        let stuck = self.mailboxes.stuck();
        let mailboxes = judge(
            Component::Mailboxes,
            &[
                (stuck.full > 0, Degraded, &format_args!("{} full", stuck.full)),
                (
                    stuck.held > 0,
                    Degraded,
                    &format_args!("{} held: what has their key is left to the next owner", stuck.held),
                ),
                (
                    stuck.parked > 0,
                    Degraded,
                    &format_args!(
                        "{} parked until a person decides: {} wait behind what could not be handled",
                        stuck.parked, stuck.behind
                    ),
                ),
            ],
        );
        let not_closed = |circuit: &&std::sync::Arc<super::circuit::Circuit>| {
            circuit.report().state != CircuitState::Closed
        };
        let targets: Vec<&str> =
            self.circuits.iter().filter(not_closed).map(|circuit| &*circuit.target).collect();
        let circuits = judge(
            Component::Circuits,
            &[(!targets.is_empty(), Degraded, &format_args!("not closed: {}", targets.join(", ")))],
        );
        let closed = self.permits.is_closed();
        let subscriptions = judge(
            Component::Subscriptions,
            &[
                (closed, Unhealthy, &"nothing is accepted any more: the runtime is being shut down"),
                (
                    !closed && self.permits.available_permits() == 0,
                    Degraded,
                    &format_args!(
                        "full: {} envelopes from outside are worked on",
                        self.settings.max_in_flight
                    ),
                ),
            ],
        );
        let (waiting, held) = (self.waiting_runs(), self.held_runs().len());
        let (paused, parked) = (self.live.paused(), self.parked_runs.count());
        let runs = judge(
            Component::Runs,
            &[
                (waiting > 0, Degraded, &format_args!("full: {waiting} wait for their turn")),
                (paused > 0, Degraded, &format_args!("{paused} paused")),
                (parked > 0, Degraded, &format_args!("{parked} parked until a person decides")),
                (held > 0, Degraded, &format_args!("{held} of the journal cannot go on in this program")),
            ],
        );
        let components = [journal, mailboxes, circuits, subscriptions, runs];
        Health {
            status: components.iter().map(|of| of.status).max().unwrap_or(HealthStatus::Healthy),
            components,
            active_workflows: self.live.ids().len(),
            workflow_definition_loaded: self.registry.workflows().next().is_some(),
            durability: self.journal.durability(),
        }
    }
}
