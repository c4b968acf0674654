//! Who may order: the customers `cust-001` to `cust-500`.

use std::collections::BTreeSet;
use std::fmt;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};

use super::travel;

/// The register of customers.
#[derive(Debug)]
pub struct Customers {
    ids: BTreeSet<String>,
}

/// A customer that is in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// As the register spells it.
    pub id: String,
}

/// Why a customer cannot order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CustomerError {
    /// The register has no such customer.
    Unknown {
        /// Who was looked for.
        id: String,
    },
}

impl Customers {
    /// How many customers there are.
    pub const COUNT: u32 = 500;

    /// The id of a customer, from 1.
    #[must_use]
    pub fn id(number: u32) -> String {
        format!("cust-{number:03}")
    }

    /// Looks a customer up.
    ///
    /// # Errors
    /// Nobody knows this customer.
    pub async fn find(&self, id: &str) -> Result<Customer, CustomerError> {
        travel().await;
        match self.ids.get(id) {
            Some(id) => Ok(Customer { id: id.clone() }),
            None => Err(CustomerError::Unknown { id: id.to_owned() }),
        }
    }
}

impl Default for Customers {
    fn default() -> Self {
        Customers { ids: (1..=Self::COUNT).map(Self::id).collect() }
    }
}

impl fmt::Display for CustomerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CustomerError::Unknown { id } = self;
        write!(f, "nobody knows the customer `{id}`")
    }
}

impl Classify for CustomerError {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}
