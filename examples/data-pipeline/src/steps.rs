//! The three contracts, and the functions of their steps: the same for all, but where a batch takes many at once.

use std::sync::Arc;

use onex::{Classify, Container, Ctx, Dep, FaultClass, handler, orchestrator};
use serde::{Deserialize, Serialize};

use crate::delivery::{self, Customers, Delivery, Manifest, Orders, Unnamed};
use crate::share::{Share, SourceError};
use crate::transform::{self, Quality, Rows, Totals};
use crate::warehouse::{Load, StoreError, Warehouse};

/// What the effects work with.
#[derive(Debug, Clone, Container)]
pub struct Site {
    /// Where deliveries lie.
    pub share: Arc<Share>,
    /// Where they go.
    pub warehouse: Arc<Warehouse>,
}

/// One step after the other.
#[orchestrator(contract = "contracts/sequential.yaml")]
#[derive(Debug)]
pub struct Sequential;

/// Whatever can, side by side.
#[orchestrator(contract = "contracts/parallel.yaml")]
#[derive(Debug)]
pub struct Parallel;

/// Many deliveries at once.
#[orchestrator(contract = "contracts/batch.yaml")]
#[derive(Debug)]
pub struct Batch;

#[handler(step = sequential::validate)]
#[handler(step = parallel::validate)]
#[handler(step = batch::validate)]
fn validate(input: &Delivery) -> Result<(), Unnamed> {
    delivery::validate(input)
}

#[handler(step = sequential::customers)]
#[handler(step = parallel::customers)]
#[handler(step = batch::customers)]
async fn customers(input: &Delivery, share: Dep<Share>) -> Result<Customers, SourceError> {
    share.read(&input.folder, "customers.csv", delivery::customers).await
}

#[handler(step = sequential::orders)]
#[handler(step = parallel::orders)]
#[handler(step = batch::orders)]
async fn orders(input: &Delivery, share: Dep<Share>) -> Result<Orders, SourceError> {
    share.read(&input.folder, "orders.csv", delivery::orders).await
}

#[handler(step = sequential::manifest)]
#[handler(step = parallel::manifest)]
#[handler(step = batch::manifest)]
async fn manifest(input: &Delivery, share: Dep<Share>) -> Result<Manifest, SourceError> {
    share.read(&input.folder, "manifest.csv", delivery::manifest).await
}

#[handler(step = sequential::quality)]
#[handler(step = parallel::quality)]
#[handler(step = batch::quality)]
fn quality(orders: &Orders, customers: &Customers) -> Quality {
    transform::quality(orders, customers)
}

#[handler(step = sequential::repair)]
#[handler(step = parallel::repair)]
#[handler(step = batch::repair)]
fn repair(orders: &Orders) -> Orders {
    transform::repair(orders)
}

/// On the fast track nothing is repaired, and the orders are joined as they came.
#[handler(step = sequential::join)]
#[handler(step = parallel::join)]
#[handler(step = batch::join)]
fn join(orders: &Orders, repair: Option<&Orders>, customers: &Customers) -> Rows {
    transform::join(repair.unwrap_or(orders), customers)
}

#[handler(step = sequential::load)]
#[handler(step = parallel::load)]
async fn load(input: &Delivery, join: &Rows, warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<u32, StoreError> {
    let loaded = warehouse.load(&[Load { by: &whose(&ctx), delivery: &input.name, rows: join }])?;
    loaded.into_iter().next().unwrap_or(Ok(0))
}

/// Many deliveries in one transaction. If the database fails, all of them have failed, and are tried again.
#[handler(batch = batch::load)]
async fn load_many(
    input: &[&Delivery],
    join: &[&Rows],
    ctx: &[Ctx],
    warehouse: Dep<Warehouse>,
) -> Vec<Result<u32, StoreError>> {
    let by: Vec<String> = ctx.iter().map(whose).collect();
    let each = by.iter().zip(input).zip(join);
    let all: Vec<Load<'_>> =
        each.map(|((by, delivery), rows)| Load { by, delivery: &delivery.name, rows }).collect();
    warehouse.load(&all).unwrap_or_else(|error| vec![Err(error); all.len()])
}

/// Also where it is unknown whether anything was loaded.
#[handler(compensation = sequential::unload)]
#[handler(compensation = parallel::unload)]
#[handler(compensation = batch::unload)]
async fn unload(input: &Delivery, warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<(), StoreError> {
    warehouse.unload(&whose(&ctx), &input.name)
}

/// Why what is loaded cannot stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unverified {
    /// The shop has sent more than has come.
    TooFew {
        /// So many are loaded.
        loaded: u32,
        /// So many were sent.
        sent: u32,
    },
    /// Nobody can tell.
    Store(StoreError),
}

impl std::fmt::Display for Unverified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unverified::TooFew { loaded, sent } => {
                write!(f, "{loaded} of {sent} orders are loaded; one in ten may be missing")
            }
            Unverified::Store(error) => error.fmt(f),
        }
    }
}

impl Classify for Unverified {
    fn class(&self) -> FaultClass {
        match self {
            Unverified::TooFew { .. } => FaultClass::Refused,
            Unverified::Store(error) => error.class(),
        }
    }
}

/// Asks the database, not the step before it.
#[handler(step = sequential::verify)]
#[handler(step = parallel::verify)]
#[handler(step = batch::verify)]
async fn verify(input: &Delivery, manifest: &Manifest, warehouse: Dep<Warehouse>) -> Result<(), Unverified> {
    let loaded = warehouse.rows_of(&input.name).map_err(Unverified::Store)?;
    let missing = manifest.orders.saturating_sub(loaded);
    if missing > manifest.orders / 10 {
        return Err(Unverified::TooFew { loaded, sent: manifest.orders });
    }
    Ok(())
}

#[handler(step = sequential::totals)]
#[handler(step = parallel::totals)]
fn totals(join: &Rows) -> Totals {
    let mut totals = Totals::default();
    transform::add(&mut totals, join);
    totals
}

/// Of all deliveries together.
#[handler(fold = batch::totals)]
fn fold_totals(totals: &mut Totals, join: &Rows) {
    transform::add(totals, join);
}

#[handler(step = sequential::save)]
#[handler(step = parallel::save)]
#[handler(step = batch::save)]
async fn save(totals: &Totals, warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<(), StoreError> {
    warehouse.save(&whose(&ctx), totals)
}

#[handler(compensation = sequential::forget)]
#[handler(compensation = parallel::forget)]
#[handler(compensation = batch::forget)]
async fn forget(warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<(), StoreError> {
    warehouse.forget(&whose(&ctx))
}

/// The run, and of a batch the delivery's place in it: the same for every attempt, and for what undoes it.
fn whose(ctx: &Ctx) -> String {
    let Some(step) = ctx.step else { return String::new() };
    step.item.map_or_else(|| step.run.to_string(), |item| format!("{}/{item}", step.run))
}
