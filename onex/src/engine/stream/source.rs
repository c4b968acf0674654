//! Where the items of a stream come from.

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::engine::contain::CatchPanic;
use crate::message::{Payload, StepValue};
use crate::node::mount::BoxFuture;

/// Why a source has no further item, other than that it is at its end.
pub type SourceError = Box<dyn Error + Send + Sync>;

/// Where the items of a stream come from: a channel, a socket, a file.
///
/// It is asked for an item only when there is room for one, so a slow step slows the source. A future that it has returned
/// is polled to its end, or dropped together with the source.
///
/// ```
/// use onex::stream::{Source, SourceError};
///
/// struct Numbers(std::ops::Range<u64>);
///
/// impl Source for Numbers {
///     type Item = u64;
///
///     async fn next(&mut self) -> Result<Option<u64>, SourceError> {
///         Ok(self.0.next())
///     }
/// }
/// ```
pub trait Source: Send + 'static {
    /// An item.
    type Item: StepValue;

    /// The next item; `None` at the end, after which it is not asked again.
    ///
    /// # Errors
    /// There is none although this is not the end. The stream stops.
    fn next(&mut self) -> impl Future<Output = Result<Option<Self::Item>, SourceError>> + Send;
}

/// A source that can be read again from where it was: what a stream needs that goes on in another process.
pub trait SeekSource: Source {
    /// Where the item begins that [`next`](Source::next) gives now: an offset in a file or a partition, or how many came
    /// before. Of two items the later one begins later.
    fn position(&self) -> u64;

    /// Goes to a position that [`position`](Self::position) has given.
    ///
    /// # Errors
    /// It is not there any more.
    fn seek(&mut self, position: u64) -> impl Future<Output = Result<(), SourceError>> + Send;
}

/// The items of an iterator, as a source. Its items are counted from 0, and to seek is to skip.
///
/// The iterator runs in the stream's own task: one that blocks blocks it.
#[derive(Debug, Clone)]
pub struct Iter<I> {
    iterator: I,
    given: u64,
}

impl<I: Iterator> Iter<I> {
    /// A source of the items of this iterator.
    pub fn new(items: impl IntoIterator<IntoIter = I>) -> Self {
        Iter { iterator: items.into_iter(), given: 0 }
    }
}

impl<I> Source for Iter<I>
where
    I: Iterator<Item: StepValue> + Send + 'static,
{
    type Item = I::Item;

    async fn next(&mut self) -> Result<Option<I::Item>, SourceError> {
        self.given += 1;
        Ok(self.iterator.next())
    }
}

impl<I> SeekSource for Iter<I>
where
    I: Iterator<Item: StepValue> + Send + 'static,
{
    fn position(&self) -> u64 {
        self.given
    }

    async fn seek(&mut self, position: u64) -> Result<(), SourceError> {
        while self.given < position {
            if self.iterator.next().is_none() {
                return Err(format!("there are only {} items", self.given).into());
            }
            self.given += 1;
        }
        Ok(())
    }
}

/// A channel: its end is when all senders are dropped.
impl<T: StepValue> Source for tokio::sync::mpsc::Receiver<T> {
    type Item = T;

    async fn next(&mut self) -> Result<Option<T>, SourceError> {
        Ok(self.recv().await)
    }
}

/// What a source has answered.
#[derive(Debug)]
pub(super) enum Next {
    Item(Fed),
    End,
    Failed(SourceError),
}

/// An item that a source has given.
#[derive(Debug)]
pub(super) struct Fed {
    pub(super) item: Payload,
    /// Where it begins, and where the next one does.
    pub(super) position: u64,
    pub(super) next_position: u64,
}

/// A source whose type is forgotten: one future for all of its items.
pub(super) struct Feeder {
    hand: Arc<Hand>,
    feeding: Option<CatchPanic<Result<(), SourceError>>>,
}

/// Where the future of a source and whoever polls it meet: both are in one task.
#[derive(Debug, Default)]
struct Hand {
    inner: Mutex<Exchange>,
}

#[derive(Debug, Default)]
struct Exchange {
    wanted: bool,
    fed: Option<Fed>,
}

impl Feeder {
    /// A source whose items are counted here.
    pub(super) fn counting<S: Source>(source: S) -> Self {
        Self::of(source, |_| None)
    }

    /// A source that says where its items begin.
    pub(super) fn seeking<S: SeekSource>(source: S) -> Self {
        Self::of(source, |source| Some(source.position()))
    }

    fn of<S: Source>(mut source: S, position: fn(&S) -> Option<u64>) -> Self {
        let hand: Arc<Hand> = Arc::default();
        let mine = Arc::clone(&hand);
        let feeding: BoxFuture<_> = Box::pin(async move {
            let mut count = 0;
            loop {
                mine.asked().await;
                let at = position(&source).unwrap_or(count);
                let Some(item) = source.next().await? else { return Ok(()) };
                count += 1;
                let next_position = position(&source).unwrap_or(count);
                mine.lock().fed = Some(Fed { item: Payload::new(item), position: at, next_position });
            }
        });
        Feeder { hand, feeding: Some(CatchPanic::new(feeding)) }
    }

    /// Asks for an item, and goes on asking until there is one.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        let Some(feeding) = &mut self.feeding else { return Poll::Ready(Next::End) };
        self.hand.lock().wanted = true;
        let polled = Pin::new(feeding).poll(cx);
        if let Some(fed) = self.hand.lock().fed.take() {
            return Poll::Ready(Next::Item(fed));
        }
        let Poll::Ready(ended) = polled else { return Poll::Pending };
        self.feeding = None;
        Poll::Ready(match ended {
            Ok(Ok(())) => Next::End,
            Ok(Err(error)) => Next::Failed(error),
            Err(panicked) => Next::Failed(format!("the source panicked: {}", panicked.message).into()),
        })
    }

    /// Asks for nothing any more.
    pub(super) fn close(&mut self) {
        self.feeding = None;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.feeding.is_none()
    }
}

impl Hand {
    /// Waits until an item is asked for. Whoever asks polls next, so nobody has to be woken.
    fn asked(&self) -> impl Future<Output = ()> + Send {
        poll_fn(|_| {
            let asked = std::mem::take(&mut self.lock().wanted);
            if asked { Poll::Ready(()) } else { Poll::Pending }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Exchange> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
