//! The mounted nodes, compiled: what arrives at a target is a lookup away from the function that handles it.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::build_error::BuildProblem;
use super::circuit::{Circuit, Circuits};
use super::defaults::Defaults;
use super::nesting;
use super::workflow::{Workflow, backoff};
use crate::bus::routing::{Destination, Routing, Target};
use crate::journal::RunIdentity;
use crate::message::Topics;
use crate::node::mount::{FoldFns, KeyFns, Mounted, RouteFn, RouteFns};
use crate::plan::{Brings, Kind, NodeTable, WorkflowRow};
use crate::run::{Backoff, StepId};

/// All mounted nodes and their routing.
pub(crate) struct Registry<C> {
    pub(crate) routing: Routing,
    nodes: Vec<MountedNode<C>>,
    by_type: HashMap<TypeId, usize>,
}

struct MountedNode<C> {
    table: &'static NodeTable,
    routes: Vec<Route<C>>,
    /// One of them parks what it cannot handle.
    parks: bool,
    workflow: Option<Arc<Workflow<C>>>,
    entry: Arc<str>,
    /// The name of its inbox for what it has no route for.
    nobody: Arc<str>,
}

/// A route and its function.
pub(crate) struct Route<C> {
    pub(crate) call: RouteFns<C>,
    pub(crate) node: &'static str,
    pub(crate) kind: Kind,
    pub(crate) handler: &'static str,
    /// Of an effect's node, if it has one.
    pub(crate) circuit: Option<Arc<Circuit>>,
    /// How often and when it is called again, if its contract says so.
    pub(crate) retries: Option<(u32, Backoff)>,
    /// How long one call may take, if its contract says so.
    pub(crate) timeout: Option<Duration>,
    key: Option<KeyFns>,
    /// What has a key and cannot be handled is parked.
    pub(crate) parks: bool,
    subscriber: Arc<str>,
    /// It takes the envelope, and not what that carries.
    pub(crate) whole: bool,
}

/// Who is called at a target.
pub(crate) enum Serves<'a, C> {
    Route(&'a Route<C>, RouteFn<C>),
    Fold(&'a Route<C>, FoldFns),
    Entry(&'a Arc<Workflow<C>>),
    /// Nobody of this node.
    Nobody(&'static str),
    Gate(&'a Arc<Workflow<C>>, StepId),
}

impl<C> Registry<C> {
    pub(crate) fn compile(
        nodes: Vec<(TypeId, Mounted<C>)>,
        topics: &Topics,
        circuits: &mut Circuits,
        defaults: &Defaults,
        problems: &mut Vec<BuildProblem>,
    ) -> Self {
        let tables: Vec<&'static NodeTable> = nodes.iter().map(|(_, mounted)| mounted.table).collect();
        let mut unrouted = Vec::new();
        let routing = Routing::compile(&tables, topics, &mut unrouted);
        problems.extend(unrouted.into_iter().map(BuildProblem::from));
        let by_type = nodes.iter().enumerate().map(|(index, (type_id, _))| (*type_id, index)).collect();
        problems.extend(nesting::check(&nodes));
        let called: HashSet<TypeId> =
            nodes.iter().flat_map(|(_, mounted)| nesting::called(mounted)).collect();
        let nodes = nodes
            .into_iter()
            .map(|(node, mounted)| {
                problems.extend(mismatch(&mounted));
                let mut compiled = MountedNode::compile(&mounted, &routing, circuits, defaults, problems);
                if let Some(workflow) = compiled.workflow.as_mut().and_then(Arc::get_mut) {
                    workflow.is_called = called.contains(&node);
                }
                compiled
            })
            .collect();
        Registry { routing, nodes, by_type }
    }

    pub(crate) fn table(&self, node: TypeId) -> Option<&'static NodeTable> {
        self.by_type.get(&node).map(|index| self.nodes[*index].table)
    }

    /// All of them, in the order in which their nodes are mounted.
    pub(crate) fn workflows(&self) -> impl Iterator<Item = &Arc<Workflow<C>>> {
        self.nodes.iter().filter_map(|node| node.workflow.as_ref())
    }

    pub(crate) fn workflow_of(&self, node: TypeId) -> Option<&Arc<Workflow<C>>> {
        self.by_type.get(&node).and_then(|index| self.nodes[*index].workflow.as_ref())
    }

    pub(crate) fn workflow_of_row(&self, row: &'static WorkflowRow) -> Option<&Arc<Workflow<C>>> {
        self.workflows().find(|workflow| std::ptr::eq(workflow.row, row))
    }

    pub(crate) fn workflow_named(&self, identity: &RunIdentity) -> Option<&Arc<Workflow<C>>> {
        let of_node = self.nodes.iter().find(|node| node.table.name == identity.node);
        of_node?.workflow.as_ref().filter(|workflow| workflow.row.name == identity.workflow)
    }

    /// Where what is meant for a route of a node is sent, if the node is mounted.
    pub(crate) fn address(&self, node: TypeId, route: usize) -> Option<&Destination> {
        let node = *self.by_type.get(&node)?;
        match self.nodes[node].table.routes.get(route)?.brings {
            Brings::Event(event) => self.routing.event(self.nodes[node].table.events.get(event)?.topic),
            Brings::Intent(intent_type) => self.routing.intent(intent_type),
            Brings::Named { .. } | Brings::Topic(_) | Brings::Rest { .. } => {
                self.routing.address(node, route)
            }
        }
    }

    /// Expects a target of this registry's routing.
    pub(crate) fn serves(&self, target: Target) -> Option<Serves<'_, C>> {
        match target {
            Target::Route { node, route } => {
                let route = self.nodes.get(node)?.routes.get(route)?;
                Some(match route.call {
                    RouteFns::Answer(call) => Serves::Route(route, call),
                    RouteFns::Fold(fold) => Serves::Fold(route, fold),
                })
            }
            Target::Entry { node } => self.nodes.get(node)?.workflow.as_ref().map(Serves::Entry),
            Target::Nobody { node } => Some(Serves::Nobody(self.nodes.get(node)?.table.name)),
            Target::Gate { node, step } => {
                Some(Serves::Gate(self.nodes.get(node)?.workflow.as_ref()?, StepId(step)))
            }
        }
    }

    /// The workflow of a target's node.
    pub(crate) fn workflow_at(&self, target: Target) -> Option<&Arc<Workflow<C>>> {
        self.nodes.get(target.node())?.workflow.as_ref()
    }

    /// How the key of what arrives at a target is read, if it has one.
    pub(crate) fn key(&self, target: Target) -> Option<KeyFns> {
        match target {
            Target::Route { node, route } => self.nodes.get(node)?.routes.get(route)?.key,
            Target::Entry { node } => self.nodes.get(node)?.workflow.as_ref()?.key(),
            Target::Nobody { .. } => None,
            // It waits for its run, not behind what has its key: that may be what the run waits for.
            Target::Gate { .. } => None,
        }
    }

    /// Something may be parked at the node that handles what arrives there.
    pub(crate) fn parks(&self, target: Target) -> bool {
        self.nodes.get(target.node()).is_some_and(|node| node.parks)
    }

    /// The route that arrives there comes to, if it parks what it cannot handle.
    pub(crate) fn parking_route(&self, target: Target) -> Option<&Route<C>> {
        let Target::Route { node, route } = target else { return None };
        self.nodes.get(node)?.routes.get(route).filter(|route| route.parks)
    }

    /// Where the node of this name is among the mounted.
    pub(crate) fn place_of(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.table.name == name)
    }

    /// The name of the node that handles what arrives there.
    pub(crate) fn node_name(&self, target: Target) -> Option<&'static str> {
        self.nodes.get(target.node()).map(|node| node.table.name)
    }

    /// The name under which a target's inbox marks are kept: `node/handler`.
    pub(crate) fn subscriber(&self, target: Target) -> Option<Arc<str>> {
        match target {
            Target::Route { node, route } => {
                self.nodes.get(node)?.routes.get(route).map(|route| Arc::clone(&route.subscriber))
            }
            Target::Entry { node } => self.nodes.get(node).map(|node| Arc::clone(&node.entry)),
            Target::Nobody { node } => self.nodes.get(node).map(|node| Arc::clone(&node.nobody)),
            Target::Gate { node, step } => {
                let node = self.nodes.get(node)?;
                let row = node.table.workflow?.steps.get(step as usize)?;
                Some(format!("{}.{}", node.entry, row.id).into())
            }
        }
    }
}

impl<C> MountedNode<C> {
    fn compile(
        mounted: &Mounted<C>,
        routing: &Routing,
        circuits: &mut Circuits,
        defaults: &Defaults,
        problems: &mut Vec<BuildProblem>,
    ) -> Self {
        let table = mounted.table;
        let workflow = table.workflow.and_then(|row| {
            match Workflow::compile(mounted, row, routing, circuits, defaults) {
                Ok(workflow) => {
                    let too_many = workflow.action_limit.filter(|limit| !limit.allows(limit.known));
                    problems.extend(too_many.map(|limit| BuildProblem::TooManyActions {
                        contract: table.contract,
                        workflow: row.name,
                        actions: limit.known,
                        max: limit.max,
                    }));
                    Some(Arc::new(workflow))
                }
                Err(source) => {
                    let at = row.steps.first().map(|step| step.at);
                    problems.push(BuildProblem::Plan {
                        contract: table.contract,
                        at,
                        workflow: row.name,
                        source,
                    });
                    None
                }
            }
        });
        // Of several events each has a key of its own.
        let entry_event = table.workflow.and_then(|row| match row.entry?.events {
            [event] => Some(Brings::Event(*event)),
            _ => None,
        });
        let entry_key = workflow.as_deref().and_then(Workflow::key);
        let routes = (table.routes.iter().zip(&mounted.routes).enumerate())
            .map(|(index, (row, call))| Route {
                call: *call,
                node: table.name,
                kind: table.kind,
                handler: row.handler,
                circuit: (table.kind == Kind::Effect).then(|| circuits.of_node(table.name)).flatten(),
                retries: table.failures.retry.map(|retry| (retry.max_retries, backoff(&retry.pace))),
                timeout: table.failures.timeout_ms.map(Duration::from_millis),
                key: key_of_fold(call)
                    .or_else(|| mounted.keys.iter().find(|(route, _)| *route == index).map(|(_, key)| *key))
                    .or_else(|| entry_key.filter(|_| entry_event == Some(row.brings))),
                parks: row.parks,
                subscriber: format!("{}/{}", table.name, row.handler).into(),
                whole: matches!(row.brings, Brings::Rest { whole: true, .. }),
            })
            .collect();
        let entry = format!("{}/{}", table.name, table.workflow.map_or("", |workflow| workflow.name)).into();
        let parks = table.routes.iter().any(|row| row.parks);
        MountedNode { table, routes, parks, workflow, entry, nobody: table.name.into() }
    }
}

/// Events are folded in order into one state: whose, the key says, and without one a node has one state.
fn key_of_fold<C>(fns: &RouteFns<C>) -> Option<KeyFns> {
    match fns {
        RouteFns::Answer(_) => None,
        RouteFns::Fold(fold) => {
            let key = fold.key.unwrap_or(|_| Some(String::new()));
            Some(KeyFns { input: fold.event, key })
        }
    }
}

/// What the macros never write, and a `Mount` written by hand may: a table and functions that do not belong together.
fn mismatch<C>(mounted: &Mounted<C>) -> Option<BuildProblem> {
    let table = mounted.table;
    let events = table.events.len();
    let known = |event: usize| event < events;
    let routes_known = table.routes.iter().all(|row| match row.brings {
        Brings::Event(event) => known(event),
        Brings::Intent(_) | Brings::Named { .. } | Brings::Topic(_) | Brings::Rest { .. } => true,
    });
    let steps = table.workflow.map_or(0, |workflow| workflow.steps.len());
    let workflow_known = table.workflow.is_none_or(|workflow| {
        workflow.steps.iter().filter_map(|step| step.publishes).all(known)
            && workflow
                .steps
                .iter()
                .filter_map(|step| step.gate)
                .all(|gate| gate.events.iter().copied().all(known))
            && workflow
                .entry
                .is_none_or(|entry| entry.events.iter().copied().all(known) && (entry.step as usize) < steps)
    });
    let belong = routes_known
        && workflow_known
        && table.routes.len() == mounted.routes.len()
        && steps == mounted.steps.len();
    (!belong).then_some(BuildProblem::NotItsFunctions { node: table.name, contract: table.contract })
}
