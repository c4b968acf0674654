//! The steps of a trip, and what undoes each.
//!
//! What undoes a step is told of its output only if there is one: a booking whose answer never came is cancelled as well. So all
//! of them go by the trip, which is always known.

use std::sync::Arc;

use onex::{Container, Dep, Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

use crate::companies::{Booking, Companies, Company, No};
use crate::troubles::Trouble;

/// Somebody wants to travel.
#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct BookTrip {
    /// Its id. A trip is booked once.
    pub trip_id: String,
    /// What each booking may cost.
    pub cents: u64,
    /// What will go wrong.
    pub trouble: Trouble,
}

/// What the steps work with.
#[derive(Debug, Clone, Container)]
pub struct Agency {
    /// Whom they call.
    pub companies: Arc<Companies>,
}

/// The contract, compiled in.
#[orchestrator(contract = "contract.yaml")]
#[derive(Debug)]
pub struct Trip;

#[handler(step = trip::flight)]
async fn flight(trip: &BookTrip, companies: Dep<Companies>) -> Result<Booking, No> {
    companies.book(trip, Company::Airline).await
}

#[handler(compensation = trip::cancel_flight)]
async fn cancel_flight(input: &BookTrip, companies: Dep<Companies>) -> Result<(), No> {
    companies.cancel(input, Company::Airline)
}

#[handler(step = trip::hotel)]
async fn hotel(trip: &BookTrip, companies: Dep<Companies>) -> Result<Booking, No> {
    companies.book(trip, Company::Hotel).await
}

#[handler(compensation = trip::cancel_hotel)]
async fn cancel_hotel(input: &BookTrip, companies: Dep<Companies>) -> Result<(), No> {
    companies.cancel(input, Company::Hotel)
}

#[handler(step = trip::car)]
async fn car(input: &BookTrip, companies: Dep<Companies>) -> Result<Booking, No> {
    companies.book(input, Company::CarRental).await
}

#[handler(compensation = trip::cancel_car)]
async fn cancel_car(input: &BookTrip, companies: Dep<Companies>) -> Result<(), No> {
    companies.cancel(input, Company::CarRental)
}

#[handler(step = trip::charge)]
async fn charge(input: &BookTrip, companies: Dep<Companies>) -> Result<Booking, No> {
    companies.book(input, Company::Bank).await
}

#[handler(compensation = trip::refund)]
async fn refund(input: &BookTrip, companies: Dep<Companies>) -> Result<(), No> {
    companies.cancel(input, Company::Bank)
}

/// What the traveller is told.
#[handler(step = trip::confirm)]
fn confirm(flight: &Booking, hotel: &Booking, car: &Booking, charge: &Booking) -> String {
    let cents = flight.cents + hotel.cents + car.cents;
    format!("flight, hotel and car for {}.{:02}, charged {}", cents / 100, cents % 100, charge.cents)
}
