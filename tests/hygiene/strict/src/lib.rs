//! A node of every kind where no name is in scope that was not imported, no warning is let pass, and the library has
//! another name.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    future_incompatible,
    keyword_idents,
    let_underscore,
    missing_debug_implementations,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    rust_2024_compatibility,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_docs_in_private_items
)]

extern crate std;

/// A shop.
pub mod shop {
    use ::core::clone::Clone;
    use ::core::convert::From;
    use ::core::debug_assert;
    use ::core::default::Default;
    use ::core::fmt::Debug;
    use ::core::option::Option;
    use ::core::prelude::v1::derive;
    use ::core::result::Result;
    use ::core::result::Result::{Err, Ok};
    use ::renamed::{
        Container, Ctx, Dep, Emit, Event, Intent, compute, diagnostic, effect, handler, orchestrator, reducer,
    };
    use ::serde::{Deserialize, Serialize};
    use ::std::string::{String, ToString};
    use ::std::sync::Arc;

    /// An order was placed.
    #[derive(Debug, Clone, Event, Serialize, Deserialize)]
    #[event(crate = ::renamed)]
    pub struct OrderPlaced {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// An order was accepted.
    #[derive(Debug, Clone, Event, Serialize, Deserialize)]
    #[event(crate = ::renamed)]
    pub struct OrderAccepted {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// An order has a price. Contracts of others call it by the name of its Python class.
    #[derive(Debug, Clone, Event, Serialize, Deserialize)]
    #[event(name = "ModelOrderPriced", crate = ::renamed)]
    pub struct OrderPriced {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// The bell is to be rung.
    #[derive(Debug, Intent, Serialize, Deserialize)]
    #[intent("bell.ring", crate = ::renamed)]
    pub struct RingBell {
        /// How loud.
        pub loudness: u64,
    }

    /// What is known of an order.
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    pub struct Book {
        /// What it costs.
        pub cents: u64,
    }

    impl From<&Book> for RingBell {
        fn from(book: &Book) -> Self {
            Self { loudness: book.cents }
        }
    }

    /// What an order costs.
    #[derive(Debug, Clone, Serialize, Deserialize)]
    pub struct Price {
        /// In cents.
        pub cents: u64,
    }

    /// Sells. Its functions do not wait for anything, so none of them is `async`.
    #[derive(Debug, Clone, Copy)]
    #[orchestrator(contract = "contracts/shop/contract.yaml", crate = ::renamed)]
    pub struct Shop;

    /// Takes back, in the same module.
    #[derive(Debug, Clone, Copy)]
    #[orchestrator(contract = "contracts/returns.yaml", crate = ::renamed)]
    pub struct Returns;

    /// Rings.
    #[derive(Debug, Clone, Copy)]
    #[effect(contract = "contracts/bell.yaml", crate = ::renamed)]
    pub struct Bell;

    /// Counts.
    #[derive(Debug, Clone, Copy)]
    #[compute(contract = "contracts/pricing.yaml", crate = ::renamed)]
    pub struct Pricing;

    /// Writes down.
    #[derive(Debug, Clone, Copy)]
    #[reducer(contract = "contracts/books.yaml", crate = ::renamed)]
    pub struct Books;

    /// Accepts what is asked for.
    #[handler(event = shop::OrderPlaced, crate = ::renamed)]
    fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
        Emit::event(OrderAccepted { order_id: order.order_id, cents: order.cents })
    }

    /// Prices.
    #[handler(step = shop::price, crate = ::renamed)]
    const fn price(accepted: &OrderAccepted) -> Price {
        Price { cents: accepted.cents }
    }

    /// Reserves.
    #[handler(step = shop::reserve, crate = ::renamed)]
    fn reserve(accepted: &OrderAccepted, till: Dep<Till>, ctx: Ctx) -> Result<u64, String> {
        till.taken.checked_add(accepted.cents).ok_or_else(|| ToString::to_string(&ctx.idempotency_key()))
    }

    /// Gives back.
    #[handler(compensation = shop::release, crate = ::renamed)]
    fn release(reserve: Option<&u64>, till: Dep<Till>) {
        debug_assert!(reserve.is_none_or(|cents| *cents <= till.limit));
    }

    /// Charges.
    #[handler(step = shop::charge, crate = ::renamed)]
    fn charge(price: &Price, reserve: &u64, till: Dep<Till>) -> Result<u64, String> {
        if *reserve > till.limit {
            Err(<String as From<&str>>::from("the till is full"))
        } else {
            Ok(price.cents)
        }
    }

    /// Says so.
    #[handler(step = shop::receipt, crate = ::renamed)]
    const fn receipt(charge: Option<&u64>) -> Option<u64> {
        charge.copied()
    }

    /// What returns do with the event that a shop takes, too.
    mod returned {
        use super::{Emit, OrderPlaced, RingBell, returns};
        use ::renamed::handler;

        /// Rings.
        #[handler(event = returns::OrderPlaced, crate = ::renamed)]
        fn order_placed(order: OrderPlaced) -> Emit<returns::OrderPlaced> {
            Emit::intent(RingBell { loudness: order.cents })
        }
    }

    /// Rings.
    #[handler(intent = bell::RingBell, crate = ::renamed)]
    fn ring_bell(ring: &RingBell, till: Dep<Till>) {
        debug_assert!(ring.loudness <= till.limit);
    }

    /// Counts.
    #[handler(event = pricing::OrderAccepted, crate = ::renamed)]
    const fn order_accepted(order: &OrderAccepted) -> OrderPriced {
        OrderPriced { order_id: order.order_id, cents: order.cents }
    }

    /// Writes down.
    #[handler(transition = books::OrderPriced, crate = ::renamed)]
    const fn order_priced(book: &mut Book, priced: &OrderPriced) {
        book.cents = priced.cents;
    }

    /// Where money is.
    #[derive(Debug)]
    pub struct Till {
        /// How much.
        pub taken: u64,
        /// How much at most.
        pub limit: u64,
    }

    /// What handlers take.
    #[derive(Debug, Container)]
    #[container(crate = ::renamed)]
    pub struct App {
        /// The till.
        pub till: Arc<Till>,
    }
}
