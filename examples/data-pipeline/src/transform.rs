//! From orders as they are written to rows as they are loaded, and what these come to. Pure.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::delivery::{Customers, Orders, RawOrder};

/// An order that can be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The shop's number; no other row of the delivery has it.
    pub order_id: String,
    /// Whose it is.
    pub customer: String,
    /// Where that customer is.
    pub country: String,
    /// What it comes to.
    pub cents: i64,
}

/// The rows of a delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows(pub Vec<Row>);

/// How good the orders are. The contracts' condition reads `score`: renamed here, they do not compile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The part of them that can be loaded as they are, from 0 to 1; of no orders, all can.
    pub score: f64,
}

/// What the rows of a country come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many there are.
    pub orders: u64,
    /// The sum of them.
    pub cents: i64,
}

/// The countries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals(pub BTreeMap<String, Total>);

/// How good orders are as they are.
#[must_use]
pub fn quality(orders: &Orders, customers: &Customers) -> Quality {
    let score = match orders.0.len() {
        0 => 1.0,
        all => join(orders, customers).0.len() as f64 / all as f64,
    };
    Quality { score }
}

/// What people write, as it is meant: ` c2 ` is `C2`, `30,50` and `30.50 EUR` are `30.50`.
#[must_use]
pub fn repair(orders: &Orders) -> Orders {
    let repaired = |order: &RawOrder| RawOrder {
        order_id: order.order_id.trim().to_owned(),
        customer: order.customer.trim().to_uppercase(),
        amount: order.amount.trim_end_matches("EUR").trim().replace(',', "."),
    };
    Orders(orders.0.iter().map(repaired).collect())
}

/// The orders whose customer is known, whose amount is one, and whose number has not come before.
#[must_use]
pub fn join(orders: &Orders, customers: &Customers) -> Rows {
    let mut seen = HashSet::new();
    let row = |order: &RawOrder| {
        let (country, cents) = (customers.0.get(&order.customer)?.clone(), cents(&order.amount)?);
        let (order_id, customer) = (order.order_id.clone(), order.customer.clone());
        seen.insert(order_id.clone()).then_some(Row { order_id, customer, country, cents })
    };
    Rows(orders.0.iter().filter_map(row).collect())
}

/// Adds rows to what came before them. Sums that no `i64` holds stay at its end.
pub fn add(totals: &mut Totals, rows: &Rows) {
    for row in &rows.0 {
        let total = totals.0.entry(row.country.clone()).or_default();
        total.orders += 1;
        total.cents = total.cents.saturating_add(row.cents);
    }
}

/// `12.50`, and nothing that is only like it.
fn cents(amount: &str) -> Option<i64> {
    let (whole, hundredths) = amount.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if hundredths.len() != 2 || !digits(hundredths) || !digits(whole) {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(hundredths.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(of: &[(&str, &str, &str)]) -> Orders {
        let order = |&(id, customer, amount): &(&str, &str, &str)| RawOrder {
            order_id: id.to_owned(),
            customer: customer.to_owned(),
            amount: amount.to_owned(),
        };
        Orders(of.iter().map(order).collect())
    }

    fn known() -> Customers {
        Customers([("C1".to_owned(), "DE".to_owned())].into())
    }

    #[test]
    fn what_is_not_right_is_not_joined_and_lowers_the_score() {
        let good = ("1", "C1", "12.50");
        for bad in [("2", "C9", "1.00"), ("2", " c1", "1.00"), ("2", "C1", "1,00"), ("2", "C1", "n/a"), good]
        {
            let orders = orders(&[good, bad]);
            assert_eq!(join(&orders, &known()).0.len(), 1, "{bad:?}");
            assert_eq!(quality(&orders, &known()).score, 0.5, "{bad:?}");
        }
        assert_eq!(quality(&Orders::default(), &known()).score, 1.0);
    }

    #[test]
    fn what_is_meant_is_repaired_and_what_is_not_known_is_not_guessed() {
        let repaired =
            repair(&orders(&[(" 1", " c1 ", "30,50"), ("2", "C1", "7.00 EUR"), ("3", "C1", "n/a")]));
        let rows = join(&repaired, &known());
        let cents: Vec<(&str, i64)> = rows.0.iter().map(|row| (&*row.order_id, row.cents)).collect();
        assert_eq!(cents, [("1", 3050), ("2", 700)]);
    }

    #[test]
    fn an_amount_is_digits_a_point_and_two_digits() {
        assert_eq!((cents("0.05"), cents("12.50")), (Some(5), Some(1250)));
        for no in
            ["", "1", "1.5", "1.505", "-1.00", "+1.00", ".50", "1.+5", "1e3.00", "99999999999999999999.00"]
        {
            assert_eq!(cents(no), None, "{no}");
        }
    }

    #[test]
    fn totals_go_on_from_those_before() {
        let rows = join(&orders(&[("1", "C1", "1.00"), ("2", "C1", "2.50")]), &known());
        let mut totals = Totals::default();
        add(&mut totals, &rows);
        add(&mut totals, &rows);
        assert_eq!(totals.0["DE"], Total { orders: 4, cents: 700 });
    }
}
