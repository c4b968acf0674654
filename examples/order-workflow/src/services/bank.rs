//! Who pays: cards whose token begins with `declined` are refused, and for some orders the bank is away for a while.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Mutex;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Request, Witness, lock, travel};

/// The bank.
#[derive(Debug, Default)]
pub struct Bank {
    books: Mutex<Books>,
    pub(super) witness: Witness,
}

#[derive(Debug, Default)]
struct Books {
    /// By order.
    charges: HashMap<String, Charge>,
    refused: HashSet<Uuid>,
    statement: Statement,
}

#[derive(Debug)]
struct Charge {
    key: Uuid,
    cents: u64,
    refunded: bool,
}

/// What the bank says that it has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statement {
    /// How many cards were charged, also those that got their money back.
    pub charges: u64,
    /// How many cards were refused.
    pub refusals: u64,
    /// What was charged and not given back, in cents.
    pub balance_cents: u128,
}

/// A card was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// For which order.
    pub order_id: String,
    /// How much, in cents.
    pub cents: u64,
}

/// Why a card was not charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BankError {
    /// The bank has understood and says no.
    Declined,
    /// Nobody answers. It may be otherwise in a moment.
    Unreachable,
    /// The order is paid for already, by another request.
    AlreadyCharged {
        /// The order.
        order_id: String,
    },
}

impl Bank {
    /// How many attempts to pay for an order the bank does not answer, before it does: for nine orders in a hundred at
    /// least once, for one of them more often than anybody asks. A function of the order's id.
    #[must_use]
    pub fn outages(order_id: &str) -> u32 {
        match fnv1a(order_id) % 100 {
            0..=4 => 1,
            5..=6 => 2,
            7 => 3,
            8 => 1_000,
            _ => 0,
        }
    }

    /// Whether a card is always refused.
    #[must_use]
    pub fn is_declined(card: &str) -> bool {
        card.starts_with("declined")
    }

    /// Charges a card for an order. Again with the same key, it answers the same and charges nothing.
    ///
    /// # Errors
    /// See [`BankError`].
    pub async fn charge(
        &self,
        key: Uuid,
        attempt: u32,
        order_id: &str,
        card: &str,
        cents: u64,
    ) -> Result<Receipt, BankError> {
        travel().await;
        let (order, token) = (|| order_id.to_owned(), || card.to_owned());
        self.witness.note(|| Request::Charge { key, attempt, order_id: order(), card: token(), cents });
        self.charge_now(key, attempt, order_id, card, cents)
    }

    pub(super) fn charge_now(
        &self,
        key: Uuid,
        attempt: u32,
        order_id: &str,
        card: &str,
        cents: u64,
    ) -> Result<Receipt, BankError> {
        let mut books = lock(&self.books);
        if let Some(charge) = books.charges.get(order_id) {
            let order_id = order_id.to_owned();
            return if charge.key == key {
                Ok(Receipt { order_id, cents: charge.cents })
            } else {
                Err(BankError::AlreadyCharged { order_id })
            };
        }
        if attempt <= Self::outages(order_id) {
            return Err(BankError::Unreachable);
        }
        if Self::is_declined(card) {
            books.statement.refusals += u64::from(books.refused.insert(key));
            return Err(BankError::Declined);
        }
        books.charges.insert(order_id.to_owned(), Charge { key, cents, refunded: false });
        books.statement.charges += 1;
        books.statement.balance_cents += u128::from(cents);
        Ok(Receipt { order_id: order_id.to_owned(), cents })
    }

    /// Gives back what an order has cost. Where nothing was charged, or it was given back, there is nothing to do.
    pub async fn refund(&self, order_id: &str) {
        travel().await;
        self.witness.note(|| Request::Refund { order_id: order_id.to_owned() });
        self.refund_now(order_id);
    }

    pub(super) fn refund_now(&self, order_id: &str) {
        let mut books = lock(&self.books);
        let Some(charge) = books.charges.get_mut(order_id).filter(|charge| !charge.refunded) else { return };
        charge.refunded = true;
        let cents = u128::from(charge.cents);
        books.statement.balance_cents -= cents;
    }

    /// What the bank says that it has done.
    #[must_use]
    pub fn statement(&self) -> Statement {
        lock(&self.books).statement
    }
}

/// FNV-1a: spreads ids evenly, and the same on every machine.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::Declined => f.write_str("the bank refuses the card"),
            BankError::Unreachable => f.write_str("the bank cannot be reached"),
            BankError::AlreadyCharged { order_id } => {
                write!(f, "the order `{order_id}` is paid for by another request")
            }
        }
    }
}

impl Classify for BankError {
    fn class(&self) -> FaultClass {
        match self {
            BankError::Declined => FaultClass::Refused,
            BankError::Unreachable => FaultClass::Retryable,
            BankError::AlreadyCharged { .. } => FaultClass::Permanent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An order for which the bank is away as often as this.
    fn order(outages: u32) -> String {
        (0..).map(|n| format!("o{n}")).find(|id| Bank::outages(id) == outages).expect("there is one")
    }

    #[tokio::test]
    async fn the_same_request_twice_is_one_charge_and_a_refund_twice_is_one() {
        let (bank, id, key) = (Bank::default(), order(0), Uuid::from_u128(1));
        let first = bank.charge(key, 1, &id, "card", 500).await.unwrap();
        assert_eq!(bank.charge(key, 1, &id, "card", 500).await, Ok(first));
        let other = bank.charge(Uuid::from_u128(2), 1, &id, "card", 500).await;
        assert_eq!(other, Err(BankError::AlreadyCharged { order_id: id.clone() }));
        assert_eq!(bank.statement(), Statement { charges: 1, refusals: 0, balance_cents: 500 });

        bank.refund(&id).await;
        bank.refund(&id).await;
        bank.refund("nobody's").await;
        assert_eq!(bank.statement(), Statement { charges: 1, refusals: 0, balance_cents: 0 });
    }

    #[tokio::test]
    async fn an_outage_ends_after_as_many_attempts_as_its_order_says() {
        let (bank, id, key) = (Bank::default(), order(2), Uuid::from_u128(1));
        for attempt in [1, 1, 2] {
            assert_eq!(bank.charge(key, attempt, &id, "card", 500).await, Err(BankError::Unreachable));
        }
        assert!(bank.charge(key, 3, &id, "card", 500).await.is_ok());
        assert_eq!(bank.statement().charges, 1);
    }

    #[tokio::test]
    async fn a_declined_card_is_not_charged() {
        let bank = Bank::default();
        let answer = bank.charge(Uuid::from_u128(1), 1, &order(0), "declined-1", 500).await;
        assert_eq!(answer, Err(BankError::Declined));
        assert_eq!(bank.statement(), Statement { charges: 0, refusals: 1, balance_cents: 0 });
    }
}
