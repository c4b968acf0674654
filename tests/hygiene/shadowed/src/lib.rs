//! Nodes among names that mean something else than usual: what the macros write names everything by its full path.

/// Every name that expanded code could be tempted to use. Not the primitive types: serde's own derives would not survive that.
pub mod names {
    #![allow(missing_docs, missing_debug_implementations)]
    macro_rules! nothing { ($($name:ident)*) => { $( pub struct $name; )* } }
    nothing! {
        Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Extend Fn FnMut FnOnce Formatter From Future Into
        IntoIterator Iterator Option Ord PartialEq PartialOrd PhantomData Result Send Sized String Sync ToOwned ToString
        TryFrom TryInto Unpin Vec Display Serialize Deserialize Node Route Step Payload Workflow Fault Names
    }
    #[allow(non_snake_case)]
    pub fn Ok() {}
    #[allow(non_snake_case)]
    pub fn Err() {}
    #[allow(non_snake_case)]
    pub fn Some() {}
    #[allow(non_upper_case_globals)]
    pub const None: () = ();
    pub fn drop() {}
    pub mod core {}
    pub mod std {}
    pub mod alloc {}
    pub mod onex {}
    pub mod serde {}
}

#[rustfmt::skip]
#[allow(unused_macros)]
mod macros {
    macro_rules! assert { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! concat { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! env { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! format { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! include_bytes { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! matches { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! panic { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    macro_rules! vec { ($($t:tt)*) => { ::core::compile_error!("not by its path") }; }
    pub(crate) use {assert, concat, env, format, include_bytes, matches, panic, vec};
}

/// The nodes.
pub mod shop {
    // Explicit imports win over everything that is in scope by itself.
    #[allow(unused_imports)]
    use crate::macros::{assert, concat, env, format, include_bytes, matches, panic, vec};
    #[allow(unused_imports)]
    use crate::names::*;
    use ::onex::{Container, Ctx, Dep, Emit, Event, Intent, compute, effect, handler, orchestrator, reducer};

    /// An order was placed.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, Event, ::serde::Serialize, ::serde::Deserialize)]
    pub struct OrderPlaced {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// An order was accepted.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, Event, ::serde::Serialize, ::serde::Deserialize)]
    pub struct OrderAccepted {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// An order has a price. Contracts of others call it by the name of its Python class.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, Event, ::serde::Serialize, ::serde::Deserialize)]
    #[event(name = "ModelOrderPriced")]
    pub struct OrderPriced {
        /// Which.
        pub order_id: u64,
        /// What it costs.
        pub cents: u64,
    }

    /// The bell is to be rung.
    #[derive(::std::fmt::Debug, Intent, ::serde::Serialize, ::serde::Deserialize)]
    #[intent("bell.ring")]
    pub struct RingBell {
        /// How loud.
        pub loudness: u64,
    }

    /// What is known of an order.
    #[derive(
        ::std::fmt::Debug,
        ::std::clone::Clone,
        ::std::default::Default,
        ::serde::Serialize,
        ::serde::Deserialize,
    )]
    pub struct Book {
        /// What it costs.
        pub cents: u64,
    }

    impl ::std::convert::From<&Book> for RingBell {
        fn from(book: &Book) -> Self {
            Self { loudness: book.cents }
        }
    }

    /// What an order costs.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::serde::Serialize, ::serde::Deserialize)]
    pub struct Price {
        /// In cents.
        pub cents: u64,
    }

    /// Sells. Its functions do not wait for anything, so none of them is `async`.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
    #[orchestrator(contract = "../../strict/contracts/shop/contract.yaml")]
    pub struct Shop;

    /// Takes back, in the same module.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
    #[orchestrator(contract = "../../strict/contracts/returns.yaml")]
    pub struct Returns;

    /// Rings.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
    #[effect(contract = "../../strict/contracts/bell.yaml")]
    pub struct Bell;

    /// Counts.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
    #[compute(contract = "../../strict/contracts/pricing.yaml")]
    pub struct Pricing;

    /// Writes down.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
    #[reducer(contract = "../../strict/contracts/books.yaml")]
    pub struct Books;

    /// Accepts what is asked for.
    #[handler(event = shop::OrderPlaced)]
    fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
        Emit::event(OrderAccepted { order_id: order.order_id, cents: order.cents })
    }

    /// Prices.
    #[handler(step = shop::price)]
    fn price(accepted: &OrderAccepted) -> Price {
        Price { cents: accepted.cents }
    }

    /// Reserves.
    #[handler(step = shop::reserve)]
    fn reserve(
        accepted: &OrderAccepted,
        till: Dep<Till>,
        ctx: Ctx,
    ) -> ::std::result::Result<u64, ::std::string::String> {
        till.taken
            .checked_add(accepted.cents)
            .ok_or_else(|| ::std::string::ToString::to_string(&ctx.idempotency_key()))
    }

    /// Gives back.
    #[handler(compensation = shop::release)]
    fn release(reserve: ::std::option::Option<&u64>, till: Dep<Till>) {
        ::std::debug_assert!(reserve.is_none_or(|cents| *cents <= till.limit));
    }

    /// Charges.
    #[handler(step = shop::charge)]
    fn charge(
        price: &Price,
        reserve: &u64,
        till: Dep<Till>,
    ) -> ::std::result::Result<u64, ::std::string::String> {
        ::std::result::Result::Ok(price.cents.max(*reserve).min(till.limit))
    }

    /// Says so.
    #[handler(step = shop::receipt)]
    fn receipt(charge: ::std::option::Option<&u64>) -> ::std::option::Option<u64> {
        charge.copied()
    }

    /// What returns do with the event that a shop takes, too.
    mod returned {
        use super::{Emit, OrderPlaced, RingBell, returns};
        use ::onex::handler;

        /// Rings.
        #[handler(event = returns::OrderPlaced)]
        fn order_placed(order: OrderPlaced) -> Emit<returns::OrderPlaced> {
            Emit::intent(RingBell { loudness: order.cents })
        }
    }

    /// Rings.
    #[handler(intent = bell::RingBell)]
    fn ring_bell(ring: &RingBell, till: Dep<Till>) {
        ::std::debug_assert!(ring.loudness <= till.limit);
    }

    /// Counts.
    #[handler(event = pricing::OrderAccepted)]
    fn order_accepted(order: &OrderAccepted) -> OrderPriced {
        OrderPriced { order_id: order.order_id, cents: order.cents }
    }

    /// Writes down.
    #[handler(transition = books::OrderPriced)]
    fn order_priced(book: &mut Book, priced: &OrderPriced) {
        book.cents = priced.cents;
    }

    /// Where money is.
    #[derive(::std::fmt::Debug)]
    pub struct Till {
        /// How much.
        pub taken: u64,
        /// How much at most.
        pub limit: u64,
    }

    /// What handlers take.
    #[derive(::std::fmt::Debug, Container)]
    pub struct App {
        /// The till.
        pub till: ::std::sync::Arc<Till>,
    }
}
