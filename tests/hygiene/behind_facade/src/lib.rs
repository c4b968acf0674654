//! A program that has no dependency called `onex`: every macro is told where it is. Its events are from another crate, one of
//! them an instance of a generic type.

use std::sync::Arc;

use onex_hygiene_facade::engine::{
    dispatch, effect, handler, orchestrator, Container, Ctx, Dep, Emit, Fault, Intent,
};
use onex_hygiene_facade::events::{Changed, ParcelSent, Thing};
use onex_hygiene_facade::serde::{Deserialize, Serialize};

/// Where a parcel goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(crate = "onex_hygiene_facade::serde")]
pub struct Address(pub String);

impl Thing for Address {
    const CHANGED: &'static str = "AddressChanged";
}

/// The name by which the contract knows it.
pub type AddressChanged = Changed<Address>;

/// A label is to be printed.
#[derive(Debug, Intent, Serialize, Deserialize)]
#[intent("label.print", crate = onex_hygiene_facade::engine)]
#[serde(crate = "onex_hygiene_facade::serde")]
pub struct PrintLabel;

/// What is kept of a change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(crate = "onex_hygiene_facade::serde")]
pub struct Filed {
    pages: i64,
}

/// The node.
#[orchestrator(contract = "contract.yaml", crate = onex_hygiene_facade::engine)]
pub struct Dispatch;

/// The node that prints.
#[effect(contract = "printer.yaml", crate = onex_hygiene_facade::engine)]
pub struct Printer;

#[handler(event = dispatch::ParcelSent, crate = onex_hygiene_facade::engine)]
async fn parcel_sent(sent: &ParcelSent) -> Emit<dispatch::ParcelSent> {
    let now = Address(format!("on the way with {}", sent.parcel));
    Emit::event(Changed { version: 1, now }).and_intent(PrintLabel)
}

#[handler(event = dispatch::AddressChanged, crate = onex_hygiene_facade::engine)]
async fn address_changed(_changed: &AddressChanged) -> Emit<dispatch::AddressChanged> {
    Emit::start()
}

#[handler(step = dispatch::file, crate = onex_hygiene_facade::engine)]
async fn file(sent: &AddressChanged, cabinet: Dep<Cabinet>) -> Result<Filed, String> {
    let pages = cabinet.0.checked_sub(sent.version).ok_or("the cabinet is full")?;
    Ok(Filed { pages: i64::try_from(pages).unwrap_or(i64::MAX) })
}

#[handler(compensation = dispatch::unfile, crate = onex_hygiene_facade::engine)]
async fn unfile(file: Option<&Filed>) {
    let _ = file;
}

#[handler(step = dispatch::count, crate = onex_hygiene_facade::engine)]
fn count(file: &Filed) -> i64 {
    file.pages
}

#[handler(intent = printer::PrintLabel, crate = onex_hygiene_facade::engine)]
async fn print_label(_: &PrintLabel, cabinet: Dep<Cabinet>) {
    let _ = cabinet.0;
}

/// Where files are kept.
#[derive(Debug)]
pub struct Cabinet(pub u64);

/// What the handlers take.
#[derive(Debug, Container)]
#[container(crate = onex_hygiene_facade::engine)]
pub struct App {
    /// The cabinet.
    pub cabinet: Arc<Cabinet>,
}

/// Routes a typed event through the table, by a module that has the name of a function of the library.
///
/// # Errors
///
/// The handler's.
pub async fn send(parcel: u64) -> Result<(), Fault> {
    dispatch::<Dispatch, _, _>(ParcelSent { parcel }, Ctx::detached(), &()).await.map(drop)
}
