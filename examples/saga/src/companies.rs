//! The companies outside. They remember by the key that they are given: the same call twice is one booking.

use std::collections::{BTreeMap, HashMap};
use std::future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};

use crate::trip::BookTrip;
use crate::troubles::Trouble;

/// Who takes bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Company {
    /// Flies.
    Airline,
    /// Has rooms.
    Hotel,
    /// Has cars.
    CarRental,
    /// Has the money.
    Bank,
}

/// A booking that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// With whom.
    pub company: Company,
    /// What it costs.
    pub cents: u64,
}

/// What a company answers instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum No {
    /// It cannot be had.
    SoldOut,
    /// Nobody answers; perhaps later.
    LineIsBusy,
    /// It is not done.
    NotCancelled,
}

impl std::fmt::Display for No {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            No::SoldOut => "sold out",
            No::LineIsBusy => "the line is busy",
            No::NotCancelled => "the company does not cancel",
        })
    }
}

impl Classify for No {
    fn class(&self) -> FaultClass {
        match self {
            No::SoldOut => FaultClass::Refused,
            No::LineIsBusy => FaultClass::Retryable,
            No::NotCancelled => FaultClass::Permanent,
        }
    }
}

/// All of them, and what they remember.
#[derive(Debug, Default)]
pub struct Companies {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    standing: BTreeMap<(String, Company), Booking>,
    calls: HashMap<(String, Company, bool), u32>,
}

impl Companies {
    /// Books for a trip, once however often it is asked: a trip has one booking with each company.
    ///
    /// # Errors
    /// The company says no, or nothing.
    pub async fn book(&self, trip: &BookTrip, company: Company) -> Result<Booking, No> {
        let call = self.called(trip, company, false);
        match (trip.trouble, company) {
            (
                Trouble::NoCarLeft | Trouble::CancellingIsHard | Trouble::AirlineNeverCancels,
                Company::CarRental,
            ) => {
                return Err(No::SoldOut);
            }
            (Trouble::HotelIsBusy, Company::Hotel) if call < 3 => return Err(No::LineIsBusy),
            _ => {}
        }
        let booking = Booking { company, cents: trip.cents };
        self.memory().standing.insert((trip.trip_id.clone(), company), booking.clone());
        if (trip.trouble, company) == (Trouble::BankHangs, Company::Bank) {
            future::pending::<()>().await;
        }
        Ok(booking)
    }

    /// Cancels what a trip has booked with a company, if it has: asked twice, or for nothing, it is as well.
    ///
    /// # Errors
    /// The company does not cancel, or not yet.
    pub fn cancel(&self, trip: &BookTrip, company: Company) -> Result<(), No> {
        let call = self.called(trip, company, true);
        match (trip.trouble, company) {
            (Trouble::CancellingIsHard, Company::Hotel) if call < 3 => return Err(No::LineIsBusy),
            (Trouble::AirlineNeverCancels, Company::Airline) => return Err(No::NotCancelled),
            _ => {}
        }
        self.memory().standing.remove(&(trip.trip_id.clone(), company));
        Ok(())
    }

    /// What stands for a trip.
    pub fn standing(&self, trip_id: &str) -> Vec<Company> {
        self.memory()
            .standing
            .keys()
            .filter(|(trip, _)| trip == trip_id)
            .map(|(_, company)| *company)
            .collect()
    }

    /// How often a company was called for a trip: to book, or to cancel.
    pub fn calls(&self, trip_id: &str, company: Company, to_cancel: bool) -> u32 {
        self.memory().calls.get(&(trip_id.to_owned(), company, to_cancel)).copied().unwrap_or_default()
    }

    fn called(&self, trip: &BookTrip, company: Company, to_cancel: bool) -> u32 {
        let mut memory = self.memory();
        let calls = memory.calls.entry((trip.trip_id.clone(), company, to_cancel)).or_default();
        *calls += 1;
        *calls
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Whoever panicked has changed one entry, and that one whole.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
