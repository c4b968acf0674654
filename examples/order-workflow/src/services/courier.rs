//! Who brings the parcels: everywhere but to one city.

use std::collections::HashSet;
use std::fmt;
use std::sync::Mutex;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Request, Witness, lock, travel};
use crate::orders::events::Address;

/// Where the courier does not go.
pub const UNSERVED_CITY: &str = "Atlantis";

/// The courier.
#[derive(Debug, Default)]
pub struct Courier {
    parcels: Mutex<HashSet<Uuid>>,
    pub(super) witness: Witness,
}

/// Why a parcel was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CourierError {
    /// Nobody goes there.
    NotServed {
        /// Where to.
        city: String,
    },
}

impl Courier {
    /// Takes a parcel, and gives it a number. Again with the same key, it is the same parcel.
    ///
    /// # Errors
    /// Nobody goes there.
    pub async fn send(&self, key: Uuid, to: &Address) -> Result<String, CourierError> {
        travel().await;
        self.witness.note(|| Request::Send { key, to: to.clone() });
        self.send_now(key, to)
    }

    pub(super) fn send_now(&self, key: Uuid, to: &Address) -> Result<String, CourierError> {
        if to.city == UNSERVED_CITY {
            return Err(CourierError::NotServed { city: to.city.clone() });
        }
        lock(&self.parcels).insert(key);
        Ok(format!("parcel-{}", key.simple()))
    }

    /// How many parcels were taken.
    #[must_use]
    pub fn parcels(&self) -> u64 {
        lock(&self.parcels).len() as u64
    }
}

impl fmt::Display for CourierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CourierError::NotServed { city } = self;
        write!(f, "the courier does not go to {city}")
    }
}

impl Classify for CourierError {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}
