//! Lines that are no orders: JSON of something else, and no JSON.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::lines::MAX_LINE;
use crate::orders::events::OrderPlaced;

const GARBAGE: [&str; 8] = [
    "order_id,customer_id,card",
    "<order id=\"17\"/>",
    "{'order_id': 'ord-1'}",
    "{order_id: 1}",
    "{\"order_id\":\"ord-1\",}",
    "[1, 2",
    "NaN",
    "\u{0}\u{1}\u{2}",
];

/// An order without one of its fields.
pub(super) fn missing_field(order: &OrderPlaced, rng: &mut Rng) -> Vec<u8> {
    let mut value = value(order);
    let fields = ["order_id", "customer_id", "card", "ship_to", "items"];
    if let Some(object) = value.as_object_mut() {
        object.remove(fields[rng.usize(..fields.len())]);
    }
    value.to_string().into_bytes()
}

/// JSON that is an order in no other way either.
pub(super) fn not_an_order(order: &OrderPlaced, rng: &mut Rng) -> Vec<u8> {
    let with = |field: &str, new: Value| {
        let mut value = value(order);
        value[field] = new;
        value.to_string()
    };
    match rng.u8(..8) {
        0 => "42".into(),
        1 => "null".into(),
        2 => "[]".into(),
        3 => "\"ord-1\"".into(),
        4 => with("items", json!("three books")),
        5 => with("customer_id", json!(17)),
        6 => with("items", json!([{ "sku": "sku-01", "quantity": u64::MAX, "unit_cents": 1 }])),
        _ => format!("{{\"order_id\":\"twice\",{}", &value(order).to_string()[1..]),
    }
    .into_bytes()
}

/// The beginning of an order.
pub(super) fn truncated(order: &str, rng: &mut Rng) -> Vec<u8> {
    let mut end = rng.usize(1..order.len());
    while !order.is_char_boundary(end) {
        end -= 1;
    }
    order[..end].into()
}

/// Something that is no JSON.
pub(super) fn garbage(rng: &mut Rng) -> Vec<u8> {
    GARBAGE[rng.usize(..GARBAGE.len())].into()
}

/// An order with a byte that no UTF-8 has, or with half a character.
pub(super) fn not_utf8(order: &str, rng: &mut Rng) -> Vec<u8> {
    let mut bytes = order.as_bytes().to_vec();
    let bad: &[u8] = [&[0xFF][..], &[0xC3], &[0xED, 0xA0, 0x80]][rng.usize(..3)];
    let mut at = rng.usize(1..order.len());
    while !order.is_char_boundary(at) {
        at -= 1;
    }
    bytes.splice(at..at, bad.iter().copied());
    bytes
}

/// White space. As the last line it needs some, or it would not be a line.
pub(super) fn blank(is_last: bool, rng: &mut Rng) -> Vec<u8> {
    let blanks: [&[u8]; 3] = [b"  ", b"\t", b""];
    blanks[rng.usize(..if is_last { 2 } else { 3 })].into()
}

/// An order that is fine but for its length.
pub(super) fn too_long(mut order: OrderPlaced) -> Vec<u8> {
    order.ship_to.name = "é".repeat(MAX_LINE);
    value(&order).to_string().into_bytes()
}

fn value(order: &OrderPlaced) -> Value {
    serde_json::to_value(order).expect("an order has only string keys and finite numbers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Class, orders};

    fn many(class: Class) -> impl Iterator<Item = Vec<u8>> {
        let mut rng = Rng::with_seed(3);
        (0..200).map(move |index| class.line(index, index == 199, &mut rng))
    }

    #[test]
    fn what_is_to_be_no_json_is_none() {
        for class in [Class::Truncated, Class::Garbage, Class::Blank] {
            for line in many(class) {
                let text = String::from_utf8(line).expect("it is to be UTF-8");
                assert!(serde_json::from_str::<Value>(&text).is_err(), "{class:?}: {text}");
                assert!(!text.contains(['\n', '\r']), "{class:?}: {text}");
            }
        }
    }

    #[test]
    fn what_is_to_be_no_utf8_is_none() {
        assert!(many(Class::NotUtf8).all(|line| String::from_utf8(line).is_err()));
    }

    #[test]
    fn what_is_to_be_no_order_is_json_and_no_order() {
        for class in [Class::MissingField, Class::NotAnOrder] {
            for line in many(class) {
                assert!(serde_json::from_slice::<&serde_json::value::RawValue>(&line).is_ok());
                assert!(serde_json::from_slice::<OrderPlaced>(&line).is_err());
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_an_order_otherwise() {
        let line = too_long(orders::order(Class::TooLong, 0, &mut Rng::with_seed(3)));
        assert!(line.len() > 2 * MAX_LINE);
        assert!(serde_json::from_slice::<OrderPlaced>(&line).is_ok());
    }
}
