//! One layer over the other: an environment's values, then files, then variables.

use std::path::PathBuf;

use super::error::{ConfigError, ConfigProblem, Fault, Origin};
use super::keys::{ENVIRONMENT, Key, Scalar};
use super::{Config, Environment, file, variables};

/// A value that was said for a known key.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) key: &'static Key,
    pub(super) value: Scalar,
    pub(super) origin: Origin,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.path)
    }
}

/// Where a configuration comes from.
#[derive(Debug, Clone, Default)]
#[must_use = "a source is nothing until it is loaded"]
pub struct Source {
    environment: Option<Environment>,
    files: Vec<PathBuf>,
    prefix: Option<String>,
    /// Instead of the process's.
    variables: Option<Vec<(String, String)>>,
}

impl Source {
    /// Nothing but what [development](Environment::Development) has.
    pub fn new() -> Self {
        Source::default()
    }

    /// A TOML file. It must be there; of several, the later is over the earlier.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// The environment variables that begin with this prefix and two underscores. They are over all files.
    pub fn variables(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// The same, of these variables instead of the process's.
    pub fn variables_of(
        mut self,
        prefix: impl Into<String>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        self.variables = Some(variables.into_iter().collect());
        self.variables(prefix)
    }

    /// Says where the program runs, whatever files and variables say.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }
}

pub(super) fn load(source: Source) -> Result<Config, ConfigError> {
    let mut problems = Vec::new();
    let files: Vec<_> = source.files.iter().map(|path| file::read(path, &mut problems)).collect();
    let variables = match (&source.prefix, source.variables) {
        (Some(prefix), Some(given)) => variables::read(prefix, given.into_iter(), &mut problems),
        (Some(prefix), None) => {
            // A name that is not Unicode is none of ours; a value that is not is told as what it is, for its key to refuse.
            let text = std::env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
            });
            variables::read(prefix, text, &mut problems)
        }
        (None, _) => variables::Contents::default(),
    };
    let said = || files.iter().flat_map(|file| &file.said).chain(&variables.said);
    let environment =
        source.environment.or_else(|| said().filter_map(environment).next_back()).unwrap_or_default();
    let mut config = Config::for_environment(environment);
    let mut delay = None;
    for Said { key, value, origin } in said() {
        match key.set(&mut config, value) {
            Err(fault) => problems.push(ConfigProblem { origin: origin.clone(), fault }),
            Ok(()) if key.path.ends_with("retry_delay_ms") => delay = Some(origin),
            Ok(()) => {}
        }
    }
    let (value, max) = (config.retry.retry_delay_ms, config.retry.max_retry_delay_ms);
    if let Some(origin) = delay.filter(|_| value > max) {
        let fault = Fault::TooLong {
            key: "retry_config.retry_delay_ms",
            value,
            limit: "retry_config.max_retry_delay_ms",
            max,
        };
        problems.push(ConfigProblem { origin: origin.clone(), fault });
    }
    for file in files {
        config.topics.extend(file.topics);
        config.domain.extend(file.domain);
    }
    config.topics.extend(variables.topics);
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

fn environment(said: &Said) -> Option<Environment> {
    match &said.value {
        Scalar::Text(name) if said.key.path == ENVIRONMENT => Environment::named(name),
        _ => None,
    }
}
