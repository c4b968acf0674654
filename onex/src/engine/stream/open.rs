//! Opening a stream.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::super::clock;
use super::super::core::Engine;
use super::super::error::{InputError, StartError};
use super::super::workflow::Workflow;
use super::checkpoint::{Checkpoint, Unreadable};
use super::flow::Folded;
use super::items::ItemStream;
use super::source::{Feeder, SeekSource, Source, SourceError};
use crate::journal::{CommitError, EntityId, Journal};
use crate::message::{DecodeError, Payload, RunId};
use crate::node::mount::BoxFuture;
use crate::node::{Node, StreamWorkflow};

/// A stream that is not open yet. See [`Runtime::stream`](crate::Runtime::stream).
#[must_use = "nothing happens until `open`"]
pub struct StreamBuilder<C, J> {
    engine: Arc<Engine<C, J>>,
    node: TypeId,
    name: &'static str,
    from: From,
    window: Option<usize>,
}

enum From {
    Here(Feeder),
    Watermark { stream: String, source: SeekFn },
}

/// Goes to the watermark, if there is one, and feeds from there.
type SeekFn = Box<dyn FnOnce(Option<u64>) -> BoxFuture<Result<Feeder, SourceError>> + Send>;

impl<C, J> StreamBuilder<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) fn new<N: StreamWorkflow>(
        engine: Arc<Engine<C, J>>,
        source: impl Source<Item = N::Input>,
    ) -> Self {
        Self::from::<N>(engine, From::Here(Feeder::counting(source)))
    }

    pub(crate) fn durable<N: StreamWorkflow>(
        engine: Arc<Engine<C, J>>,
        stream: String,
        mut source: impl SeekSource<Item = N::Input>,
    ) -> Self {
        let seek: SeekFn = Box::new(move |watermark| {
            Box::pin(async move {
                if let Some(position) = watermark {
                    source.seek(position).await?;
                }
                Ok(Feeder::seeking(source))
            })
        });
        Self::from::<N>(engine, From::Watermark { stream, source: seek })
    }

    fn from<N: Node>(engine: Arc<Engine<C, J>>, from: From) -> Self {
        StreamBuilder { engine, node: TypeId::of::<N>(), name: N::TABLE.name, from, window: None }
    }

    /// How many items may be between the source and whoever takes them: in flight, or over and behind one that is not.
    /// At least 1; default four times the contract's `max_parallel_steps`.
    pub fn window(mut self, items: usize) -> Self {
        self.window = Some(items.max(1));
        self
    }

    /// Opens the stream, once there is room for one more run. Nothing is taken from the source before it is asked for an item.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn open(self) -> Result<ItemStream<C, J>, StartError> {
        let StreamBuilder { engine, node, name, from, window } = self;
        if engine.permits.is_closed() {
            return Err(StartError::Closed);
        }
        let Some(workflow) = engine.registry.workflow_of(node).map(Arc::clone) else {
            return Err(StartError::NotMounted { node: name });
        };
        let in_flight = engine.in_flight.enter();
        let permit = engine.admit(&workflow).await.ok_or(StartError::Closed)?;
        let started_unix_ms = clock::unix_ms();
        let run = RunId(clock::time_id(started_unix_ms));
        let (checkpoint, feeder) = match from {
            From::Here(feeder) => (Checkpoint::none(run), feeder),
            From::Watermark { stream, source } => {
                let id = EntityId {
                    node: format!("{}/{}", workflow.node, workflow.row.name).into(),
                    key: stream.into(),
                };
                let (checkpoint, is_known) =
                    Checkpoint::of(&engine.journal, id, run).await.map_err(unreadable)?;
                let position = is_known.then_some(checkpoint.mark.position);
                let feeder = source(position).await.map_err(|source| StartError::Source { source })?;
                (checkpoint, feeder)
            }
        };
        let window = window.unwrap_or(workflow.at_once.get() as usize * 4);
        let folded = folded(&workflow, &checkpoint).map_err(InputError::Decode)?;
        Ok(ItemStream::new(
            engine,
            workflow,
            feeder,
            window,
            checkpoint,
            folded,
            started_unix_ms,
            permit,
            in_flight,
        ))
    }
}

/// What the items before the watermark have come to, in the types of the steps that fold them.
fn folded<C>(workflow: &Workflow<C>, checkpoint: &Checkpoint) -> Result<Folded, DecodeError> {
    let mut folded = BTreeMap::new();
    for def in workflow.steps.iter().filter(|def| def.fold.is_some()) {
        if let (Some(json), Some(read)) = (checkpoint.mark.folded.get(def.id), def.read) {
            folded.insert(def.id, read(&Payload::json(json.clone()))?);
        }
    }
    Ok(Arc::new(folded))
}

fn unreadable(error: Unreadable) -> StartError {
    match error {
        Unreadable::Journal(error) => StartError::Journal(CommitError::from(error)),
        Unreadable::Decode(error) => StartError::Input(InputError::Decode(error)),
    }
}

impl<C, J> fmt::Debug for StreamBuilder<C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamBuilder")
            .field("node", &self.name)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}
