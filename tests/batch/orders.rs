//! Orders that are checked one by one, priced and charged in groups, and confirmed one by one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::{Container, Ctx, Dep, RuntimeBuilder, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use uuid::Uuid;

/// One order, and what its steps will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) cents: u32,
    pub(crate) faulty: bool,
    /// So many attempts to charge it fail.
    pub(crate) charge_fails: u32,
    /// Charging it, also with others, goes wrong in this way.
    pub(crate) charge: Charge,
    pub(crate) refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Charge {
    Well,
    Panics,
    LosesOne,
    Hangs,
}

impl Order {
    pub(crate) const PLAIN: Self =
        Order { cents: 100, faulty: false, charge_fails: 0, charge: Charge::Well, refused: false };
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Charged {
    pub(crate) cents: u32,
}

/// The outside: each call of a group with the items in it, and each refund.
#[derive(Default)]
pub(crate) struct Bank {
    pub(crate) groups: Mutex<Vec<Group>>,
    pub(crate) refunds: Mutex<Vec<(Option<u64>, Uuid)>>,
    pub(crate) now: Mutex<(usize, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) items: Vec<u64>,
    pub(crate) attempts: Vec<u32>,
    pub(crate) keys: Vec<Uuid>,
}

#[derive(Container)]
pub(crate) struct App {
    pub(crate) bank: Arc<Bank>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refused;

impl onex::Classify for Refused {
    fn class(&self) -> onex::FaultClass {
        onex::FaultClass::Refused
    }
}

fn checked(order: &Order) -> Result<u32, String> {
    if order.faulty { Err("an order without a name".to_owned()) } else { Ok(order.cents) }
}

fn charged(order: &Order, price: u32, attempt: u32) -> Result<Charged, String> {
    if attempt <= order.charge_fails { Err(format!("busy, {attempt}")) } else { Ok(Charged { cents: price }) }
}

async fn charge_all(
    orders: &[&Order],
    prices: &[&u32],
    ctx: &[Ctx],
    bank: &Bank,
) -> Vec<Result<Charged, String>> {
    let group = Group {
        items: ctx.iter().map(|ctx| ctx.step.unwrap().item.unwrap()).collect(),
        attempts: ctx.iter().map(|ctx| ctx.attempt).collect(),
        keys: ctx.iter().map(Ctx::idempotency_key).collect(),
    };
    bank.groups.lock().unwrap().push(group);
    {
        let (now, most) = &mut *bank.now.lock().unwrap();
        *now += 1;
        *most = (*most).max(*now);
    }
    sleep(Duration::from_millis(10)).await;
    bank.now.lock().unwrap().0 -= 1;
    let any = |charge| orders.iter().any(|order| order.charge == charge);
    assert!(!any(Charge::Panics), "one of them is poison");
    if any(Charge::Hangs) {
        std::future::pending::<()>().await;
    }
    let each = orders.iter().zip(prices).zip(ctx);
    let each = each.map(|((order, price), ctx)| charged(order, **price, ctx.attempt));
    each.skip(usize::from(any(Charge::LosesOne))).collect()
}

fn confirmed(charge: Option<&Charged>, notify: Option<&bool>) -> String {
    format!("{:?} {notify:?}", charge.map(|charged| charged.cents))
}

macro_rules! one_by_one {
    ($module:ident) => {
        #[handler(step = $module::check)]
        fn check(input: &Order) -> Result<u32, String> {
            checked(input)
        }

        #[handler(step = $module::notify)]
        async fn notify(charge: &Charged, input: &Order) -> Result<bool, Refused> {
            sleep(Duration::from_millis(5)).await;
            if input.refused { Err(Refused) } else { Ok(charge.cents > 900) }
        }

        #[handler(step = $module::receipt)]
        fn receipt(charge: Option<&Charged>, notify: Option<&bool>) -> String {
            confirmed(charge, notify)
        }
    };
}

macro_rules! in_groups {
    ($module:ident, $functions:ident $(, $refund:item)?) => {
        mod $functions {
            use super::*;

            one_by_one!($module);

            #[handler(batch = $module::price)]
            fn price(check: &[&u32]) -> Vec<u32> {
                check.iter().map(|cents| *cents + 1).collect()
            }

            #[handler(batch = $module::charge)]
            async fn charge(
                input: &[&Order],
                price: &[&u32],
                ctx: &[Ctx],
                bank: Dep<Bank>,
            ) -> Vec<Result<Charged, String>> {
                charge_all(input, price, ctx, &bank).await
            }

            $(
                #[handler(compensation = $module::refund)]
                $refund
            )?
        }
    };
}

#[orchestrator(contract = "contracts/batch/orders.yaml")]
pub(crate) struct Orders;
in_groups!(orders, of_orders);

#[orchestrator(contract = "contracts/batch/strict.yaml")]
pub(crate) struct Strict;
in_groups!(strict, of_strict_orders);

#[orchestrator(contract = "contracts/batch/undone.yaml")]
pub(crate) struct Undone;
in_groups!(
    undone,
    of_undone_orders,
    async fn refund(charge: Option<&Charged>, ctx: Ctx, bank: Dep<Bank>) {
        assert!(charge.is_some());
        bank.refunds.lock().unwrap().push((ctx.step.unwrap().item, ctx.idempotency_key()));
    }
);

#[orchestrator(contract = "contracts/batch/alone.yaml")]
pub(crate) struct Alone;

mod of_one_alone {
    use super::*;

    one_by_one!(alone);

    #[handler(step = alone::price)]
    fn price(check: &u32) -> u32 {
        check + 1
    }

    #[handler(step = alone::charge)]
    async fn charge(input: &Order, price: &u32, ctx: Ctx) -> Result<Charged, String> {
        charged(input, *price, ctx.attempt)
    }
}

pub(crate) fn builder(bank: &Arc<Bank>) -> RuntimeBuilder<App> {
    onex::Runtime::builder(App { bank: Arc::clone(bank) })
        .mount::<Orders>()
        .mount::<Strict>()
        .mount::<Undone>()
        .mount::<Alone>()
}

impl Bank {
    pub(crate) fn items_of_groups(&self) -> Vec<Vec<u64>> {
        self.groups.lock().unwrap().iter().map(|group| group.items.clone()).collect()
    }
}
