//! Steps that do what a test says, and a log of what was called when.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use onex::node::{FaultClass, StepCtx};
use onex::{Ctx, Dep, Fault, Provides};
use tokio::time::Instant;
use uuid::Uuid;

type Boxed = Pin<Box<dyn Future<Output = Result<u64, Fault>> + Send>>;
type Script = Arc<dyn Fn(Ctx) -> Boxed + Send + Sync>;
type SyncScript = Arc<dyn Fn(Ctx) -> Result<u64, Fault> + Send + Sync>;

/// One call of a handler.
#[derive(Debug, Clone)]
pub struct Call {
    pub step: &'static str,
    pub attempt: u32,
    pub key: Uuid,
    pub at: StepCtx,
    pub began: Instant,
    /// None: it never came to its end.
    pub ended: Option<Instant>,
}

/// What steps do, by name; a step without a script returns its attempt's number at once.
#[derive(Default)]
pub struct Scripts {
    asynchronous: Mutex<HashMap<&'static str, Script>>,
    synchronous: Mutex<HashMap<&'static str, SyncScript>>,
    calls: Mutex<Vec<Call>>,
}

impl Scripts {
    pub fn on<F>(&self, step: &'static str, script: impl Fn(Ctx) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Result<u64, Fault>> + Send + 'static,
    {
        self.asynchronous.lock().unwrap().insert(step, Arc::new(move |ctx| Box::pin(script(ctx))));
    }

    pub fn on_sync(
        &self,
        step: &'static str,
        script: impl Fn(Ctx) -> Result<u64, Fault> + Send + Sync + 'static,
    ) {
        self.synchronous.lock().unwrap().insert(step, Arc::new(script));
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub fn calls_of(&self, step: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.step == step).collect()
    }

    /// The names of the steps in the order in which they were called.
    pub fn order(&self) -> Vec<&'static str> {
        self.calls().iter().map(|call| call.step).collect()
    }

    pub fn call(&self, step: &'static str, ctx: Ctx) -> Result<u64, Fault> {
        let call = self.enter(step, &ctx);
        let script = self.synchronous.lock().unwrap().get(step).cloned();
        let attempt = ctx.attempt;
        let returned = script.map_or(Ok(u64::from(attempt)), |script| script(ctx));
        self.leave(call);
        returned
    }

    pub fn call_async(scripts: Dep<Self>, step: &'static str, ctx: Ctx) -> Boxed {
        Box::pin(async move {
            let call = scripts.enter(step, &ctx);
            let script = scripts.asynchronous.lock().unwrap().get(step).cloned();
            let returned = match script {
                Some(script) => script(ctx).await,
                None => Ok(u64::from(ctx.attempt)),
            };
            scripts.leave(call);
            returned
        })
    }

    fn enter(&self, step: &'static str, ctx: &Ctx) -> usize {
        let mut calls = self.calls.lock().unwrap();
        calls.push(Call {
            step,
            attempt: ctx.attempt,
            key: ctx.idempotency_key(),
            at: ctx.step.expect("a step's handler is told its step"),
            began: Instant::now(),
            ended: None,
        });
        calls.len() - 1
    }

    fn leave(&self, call: usize) {
        self.calls.lock().unwrap()[call].ended = Some(Instant::now());
    }
}

/// The container of all tests.
#[derive(Clone, Default)]
pub struct World {
    pub scripts: Arc<Scripts>,
    pub desk: Arc<super::Desk>,
}

impl Provides<Scripts> for World {
    fn provide(&self) -> Dep<Scripts> {
        Dep::new(Arc::clone(&self.scripts))
    }
}

impl Provides<super::Desk> for World {
    fn provide(&self) -> Dep<super::Desk> {
        Dep::new(Arc::clone(&self.desk))
    }
}

/// An unclassified error.
pub fn fail(message: &str) -> Fault {
    Fault { class: None, message: message.into() }
}

pub fn permanent(message: &str) -> Fault {
    Fault::permanent(message)
}

pub fn refused(message: &str) -> Fault {
    Fault { class: Some(FaultClass::Refused), message: message.into() }
}
