//! The engine on tokio: the only place where time passes.
//!
//! It brings envelopes to the handlers that the contracts name (`delivery`, `call_route`), starts the runs that they
//! ask for (`start`) and drives each of them (`driver`) by what the [kernel](crate::run) decides. Whatever has an
//! effect is committed to the [journal](crate::journal) first, to be read back from there.
//!
//! A program holds a [`Runtime`].

mod action;
mod action_limit;
mod admission;
mod again;
mod arrivals;
mod asleep;
mod batch;
mod build_error;
mod builder;
mod call_route;
mod circuit;
mod clock;
mod completed;
mod contain;
mod control;
mod core;
mod counters;
mod dead_letters;
mod defaults;
mod delivery;
mod dormancy;
mod driver;
mod emit;
mod entity;
mod error;
mod executions;
mod fans;
mod fold;
mod health;
mod held;
mod ids;
mod in_flight;
mod keyed;
mod line;
mod live;
mod load;
mod mailboxes;
mod map;
mod messages;
mod meters;
mod migrate;
mod migration;
mod nesting;
mod other_plan;
mod outcome;
mod output;
mod pace;
mod parked;
mod parked_runs;
mod pin;
mod poison;
mod ready;
mod recover;
mod registry;
mod report;
mod run_handle;
mod runtime;
mod settings;
mod shutdown;
mod size;
mod spans;
mod start;
mod status;
mod stopping_time;
pub mod stream;
mod sub_run;
mod sync;
mod tasks;
mod watch;
mod weak;
mod workflow;

pub use crate::node::SkipCause;
pub use action::{Action, ActionPayload, ActionType};
pub use again::{AgainError, RedriveError};
pub use batch::{BatchItem, BatchReport};
pub use build_error::{BuildError, BuildProblem};
pub use builder::RuntimeBuilder;
pub use circuit::{CircuitPolicy, CircuitProblem, CircuitReport, CircuitState, CircuitWindow};
pub use completed::{OutputOf, RunFailed};
pub use control::ControlError;
pub use counters::Counters;
pub use defaults::Defaults;
pub use entity::{EntityError, EntityState};
pub use error::{InputError, PublishError, StartError, SubscribeError};
pub use health::{Component, ComponentHealth, Health, HealthStatus};
pub use held::{HeldCause, HeldRun, Misfit};
pub use load::Load;
pub use migration::{MigrateError, MigrateObstacle, Migrated, Migration, NotAMapping};
pub use output::{
    Disclose, ErrorPlace, ErrorType, Failures, NotRunCause, RunError, RunOutput, SkippedStep, Standing,
};
pub use pace::RetryBudget;
pub use parked::{GiveUpError, NotParked, ParkedMessage};
pub use report::{InstanceReport, OutputError, RunCause, RunReport, StepReport};
pub use run_handle::{LostCause, RunHandle, RunLost};
pub use runtime::Runtime;
pub use settings::{SettingOutOfBounds, Settings};
pub use shutdown::Shutdown;
pub use size::TooLarge;
pub use watch::{ItemsProgress, RunProgress, StepProgress, Watch};
pub use weak::WeakRuntime;
