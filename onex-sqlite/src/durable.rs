//! A runtime on a file, as one more way to finish a builder.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use onex::engine::BuildProblem;
use onex::journal::StorageError;
use onex::{BuildError, Runtime, RuntimeBuilder};

use crate::requests::serve;
use crate::{OpenError, Options, Sqlite};

/// What `.durable("orders.db")` is, beside [`RuntimeBuilder::build`]: the same program, and what it acknowledges outlives it.
///
/// An extension rather than a feature of `onex`: SQLite, which is C, is compiled for those who ask for it, and `onex` does
/// not know its stores.
pub trait Durable<C> {
    /// A runtime on the journal at `path`, which is made where nothing is. It owns the file until its last clone is gone, and
    /// carries out what is asked of it from beside ([`Requests`](crate::Requests)).
    /// What the owner before it left unfinished goes on.
    ///
    /// # Errors
    /// As [`RuntimeBuilder::build_on`]; also that the file cannot be opened, for which [`OpenError`](crate::OpenError) is
    /// the source.
    fn durable(
        self,
        path: impl AsRef<Path> + Send,
    ) -> impl Future<Output = Result<Runtime<C, Sqlite>, BuildError>> + Send;

    /// As [`durable`](Self::durable), with other choices. With [`Durability::Memory`](crate::Durability::Memory) there is no file.
    ///
    /// # Errors
    /// As [`durable`](Self::durable).
    fn durable_with(
        self,
        path: impl AsRef<Path> + Send,
        options: Options,
    ) -> impl Future<Output = Result<Runtime<C, Sqlite>, BuildError>> + Send;

    /// As [`durable_with`](Self::durable_with), where and how durable a [`Config`](onex::config::Config) says: in memory where it
    /// names no path. `options` say the rest.
    ///
    /// ```no_run
    /// # use onex::Runtime;
    /// # async fn main_(app: ()) -> Result<(), Box<dyn std::error::Error>> {
    /// use onex::config::{Config, Source};
    /// use onex_sqlite::{Durable as _, Options};
    ///
    /// let config = Config::load(Source::new().file("onex.toml").variables("ONEX"))?;
    /// let runtime = Runtime::builder(app).config(&config).durable_as(&config.journal, Options::default()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`durable`](Self::durable); also that it is to be on a disk, and no path is given.
    #[cfg(feature = "config")]
    fn durable_as(
        self,
        journal: &onex::config::JournalConfig,
        options: Options,
    ) -> impl Future<Output = Result<Runtime<C, Sqlite>, BuildError>> + Send;
}

impl<C: Send + Sync + 'static> Durable<C> for RuntimeBuilder<C> {
    async fn durable(self, path: impl AsRef<Path> + Send) -> Result<Runtime<C, Sqlite>, BuildError> {
        self.durable_with(path, Options::default()).await
    }

    async fn durable_with(
        self,
        path: impl AsRef<Path> + Send,
        options: Options,
    ) -> Result<Runtime<C, Sqlite>, BuildError> {
        let journal = Sqlite::open_with(path, options).map_err(unusable)?;
        let owner = format!("process {}", std::process::id());
        let doorbell = journal.doorbell();
        let runtime = self.build_on(journal, &owner).await?;
        if let Some(doorbell) = doorbell {
            serve(&runtime, doorbell);
        }
        Ok(runtime)
    }
    #[cfg(feature = "config")]
    async fn durable_as(
        self,
        journal: &onex::config::JournalConfig,
        options: Options,
    ) -> Result<Runtime<C, Sqlite>, BuildError> {
        use onex::journal::Durability;

        let nothing_said = if journal.path.is_some() { Durability::Strict } else { Durability::Memory };
        let durability = journal.durability.unwrap_or(nothing_said);
        let path = match &journal.path {
            Some(path) => path.as_path(),
            None if durability == Durability::Memory => Path::new("memory"),
            None => return Err(unusable(OpenError::NoPath { durability })),
        };
        self.durable_with(path, options.durability(durability)).await
    }
}

fn unusable(error: OpenError) -> BuildError {
    BuildError { problems: vec![BuildProblem::Journal(StorageError(Arc::new(error)))] }
}
