//! A file whose runs were begun by a program with another contract: each goes on on its own plan, is held, or is moved.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{HeldCause, Migration, Misfit};
use onex::message::RunId;
use onex::node::mount::Mount;
use onex::run::{RunState, StepState};
use onex::{Container, Ctx, Dep, Runtime};
use onex_sqlite::{Durable as _, Inspect, Outcome, Request, Requests, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::support::Folder;

/// The outside.
#[derive(Debug)]
struct Outside {
    calls: Mutex<Vec<(&'static str, Uuid)>>,
    /// Each charge takes one.
    permits: Semaphore,
}

#[derive(Container)]
struct App {
    outside: Arc<Outside>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Reserved {
    place: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Charged {
    cents: u64,
}

impl Outside {
    fn new(permits: usize) -> Arc<Self> {
        Arc::new(Outside { calls: Mutex::default(), permits: Semaphore::new(permits) })
    }

    fn note(&self, step: &'static str, ctx: &Ctx) {
        self.calls.lock().unwrap().push((step, ctx.idempotency_key()));
    }

    fn steps(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().iter().map(|(step, _)| *step).collect()
    }

    async fn charge(&self, ctx: Ctx) -> Charged {
        self.note("charge", &ctx);
        self.permits.acquire().await.unwrap().forget();
        Charged { cents: 700 }
    }
}

/// The contract that the runs begin with.
mod first {
    use super::{Charged, Ctx, Dep, Outside, Reserved};
    use onex::{handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/shop.yaml")]
    pub(super) struct Shop;

    #[handler(step = shop::reserve)]
    async fn reserve(outside: Dep<Outside>, ctx: Ctx) -> Reserved {
        outside.note("reserve", &ctx);
        Reserved { place: "A 7".to_owned() }
    }

    #[handler(step = shop::charge)]
    async fn charge(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> Charged {
        let _ = reserve;
        outside.charge(ctx).await
    }

    #[handler(step = shop::receipt)]
    fn receipt(charge: &Charged) -> String {
        format!("{} cents", charge.cents)
    }
}

/// A step more, another order, other times.
mod later {
    use super::{Charged, Ctx, Dep, Outside, Reserved};
    use onex::{handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/shop_later.yaml")]
    pub(super) struct Shop;

    #[handler(step = shop::audit)]
    async fn audit(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> String {
        outside.note("audit", &ctx);
        reserve.place.clone()
    }

    #[handler(step = shop::reserve)]
    async fn reserve(outside: Dep<Outside>, ctx: Ctx) -> Reserved {
        outside.note("reserve", &ctx);
        Reserved { place: "A 7".to_owned() }
    }

    #[handler(step = shop::charge)]
    async fn charge(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> Charged {
        assert_eq!(reserve.place, "A 7");
        outside.charge(ctx).await
    }

    #[handler(step = shop::receipt)]
    fn receipt(charge: &Charged) -> String {
        format!("{} cents, as before", charge.cents)
    }
}

/// As the later one, and the last step takes what the new one returns.
mod needy {
    use super::{Charged, Ctx, Dep, Outside, Reserved};
    use onex::{handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/shop_later.yaml")]
    pub(super) struct Shop;

    #[handler(step = shop::audit)]
    async fn audit(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> String {
        outside.note("audit", &ctx);
        reserve.place.clone()
    }

    #[handler(step = shop::reserve)]
    async fn reserve() -> Reserved {
        Reserved { place: "A 7".to_owned() }
    }

    #[handler(step = shop::charge)]
    async fn charge(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> Charged {
        let _ = reserve;
        outside.charge(ctx).await
    }

    #[handler(step = shop::receipt)]
    fn receipt(charge: &Charged, audit: &String) -> String {
        format!("{} cents, {audit}", charge.cents)
    }
}

/// Two steps have other names, one is new.
mod renamed {
    use super::{Charged, Ctx, Dep, Outside, Reserved};
    use onex::{handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/shop_renamed.yaml")]
    pub(super) struct Shop;

    #[handler(step = shop::hold)]
    async fn hold(outside: Dep<Outside>, ctx: Ctx) -> Reserved {
        outside.note("hold", &ctx);
        Reserved { place: "B 2".to_owned() }
    }

    #[handler(step = shop::screen)]
    async fn screen(hold: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> String {
        outside.note("screen", &ctx);
        hold.place.clone()
    }

    #[handler(step = shop::charge)]
    async fn charge(hold: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> Charged {
        let _ = hold;
        outside.charge(ctx).await
    }

    #[handler(step = shop::invoice)]
    fn invoice(charge: &Charged, screen: &String) -> String {
        format!("{} cents for {screen}", charge.cents)
    }
}

/// A run whose process ends while it is charged.
fn begun(path: &Path, outside: &Arc<Outside>) -> RunId {
    let process = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = process.block_on(async {
        let app = App { outside: Arc::clone(outside) };
        let runtime = Runtime::builder(app).mount::<first::Shop>().durable(path).await.unwrap();
        let run = runtime.start::<first::Shop>((), None).await.unwrap().id();
        while outside.steps().last() != Some(&"charge") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        run
    });
    drop(process);
    run
}

async fn program<N: Mount<App>>(path: &Path, outside: &Arc<Outside>) -> Runtime<App, Sqlite> {
    let app = App { outside: Arc::clone(outside) };
    let runtime = Runtime::builder(app).mount::<N>().durable(path).await.unwrap();
    runtime.settled().await;
    runtime
}

/// Asks as another process would.
async fn ask(path: &Path, request: Request) -> Option<Outcome> {
    let path = path.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let requests = Requests::open(path).unwrap();
        let asked = requests.ask(&request, "ada").unwrap();
        requests.wait(asked, Duration::from_secs(20)).unwrap()
    });
    asked.await.unwrap()
}

fn in_a_process<T>(what: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}

#[test]
fn r23_a_contract_that_grew_under_a_live_run_does_not_hold_it() {
    let (folder, outside) = (Folder::new(), Outside::new(0));
    let path = folder.path("orders.db");
    let run = begun(&path, &outside);
    outside.permits.add_permits(1);
    in_a_process(async {
        let runtime = program::<later::Shop>(&path, &outside).await;
        assert_eq!(runtime.held_runs(), []);
        let report = runtime.status(run).await.unwrap().unwrap();
        assert_eq!((report.state, report.version), (RunState::Completed, (1, 0, 0)));
        assert_eq!(*report.output::<String>("receipt").unwrap(), "700 cents, as before");
    });
    assert_eq!(outside.steps(), ["reserve", "charge", "charge"], "what is new is for new runs");
    let calls = outside.calls.lock().unwrap();
    assert_eq!(calls[1].1, calls[2].1, "under its key");
    let detail = Inspect::open(&path).unwrap().run(run).unwrap().unwrap();
    let steps: Vec<&str> = detail.steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(steps, ["reserve", "charge", "receipt"], "it is told by the names of its plan");
}

#[test]
fn r23_a_handler_that_takes_more_holds_the_run_until_it_is_moved() {
    let (folder, outside) = (Folder::new(), Outside::new(0));
    let path = folder.path("orders.db");
    let run = begun(&path, &outside);
    outside.permits.add_permits(1);
    in_a_process(async {
        let runtime = program::<needy::Shop>(&path, &outside).await;
        let [held] = &runtime.held_runs()[..] else { panic!("{:?}", runtime.held_runs()) };
        let takes = Misfit::TakesMore { step: "receipt".into(), takes: "audit".into() };
        assert_eq!(held.cause, HeldCause::Unfit { version: (1, 0, 0), steps: vec![takes] });
        assert!(
            held.cause.to_string().contains("step `receipt` takes what `audit` returns"),
            "{}",
            held.cause
        );
        runtime.migrate(run, &Migration::new()).await.unwrap();
        runtime.settled().await;
        let report = runtime.status(run).await.unwrap().unwrap();
        assert_eq!(*report.output::<String>("receipt").unwrap(), "700 cents, A 7");
    });
}

#[test]
fn r23_a_run_is_moved_from_another_process_and_stays_moved() {
    let (folder, outside) = (Folder::new(), Outside::new(0));
    let path = folder.path("orders.db");
    let run = begun(&path, &outside);
    let map = Migration::new().rename("reserve", "hold").rename("receipt", "invoice");
    let request = |map: &Migration, dry_run| Request::Migrate { run, map: map.clone(), dry_run };
    let look = || Inspect::open(&path).unwrap().run(run).unwrap().unwrap();
    in_a_process(async {
        let runtime = program::<renamed::Shop>(&path, &outside).await;
        assert_eq!(runtime.held_runs().len(), 1);
        let before = look().line.facts;
        let Some(Outcome::Refused { why }) = ask(&path, request(&Migration::new(), false)).await else {
            panic!("`reserve` and `receipt` are gone")
        };
        assert!(why.contains("no step `reserve` any more") && why.contains("`receipt`"), "{why}");
        assert_eq!(ask(&path, request(&map, true)).await, Some(Outcome::Done));
        assert_eq!(look().line.facts, before, "asked only");
        assert_eq!(ask(&path, request(&map, false)).await, Some(Outcome::Done));
        while outside.steps().len() < 4 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let moved = look();
        assert_eq!((moved.line.version.as_str(), moved.line.state), ("3.0.0", RunState::Running));
        let steps: Vec<_> = moved.steps.iter().map(|step| (step.step.as_str(), step.state)).collect();
        let expected = [
            ("hold", StepState::Completed),
            ("screen", StepState::Completed),
            ("charge", StepState::Scheduled),
            ("invoice", StepState::Waiting),
        ];
        assert_eq!(steps, expected);
        let output = moved.steps[0].output.as_ref().unwrap();
        assert!(output.get().contains("A 7"), "what it returned under its old name: {output}");
        let names: Vec<&str> = moved.attempts.iter().map(|attempt| attempt.step.as_str()).collect();
        assert_eq!(
            names,
            ["reserve", "reserve", "charge", "screen", "screen", "charge"],
            "as they were called then"
        );
        // The process ends here.
    });
    outside.permits.add_permits(1);
    in_a_process(async {
        let runtime = program::<renamed::Shop>(&path, &outside).await;
        assert_eq!(runtime.held_runs(), []);
        let report = runtime.status(run).await.unwrap().unwrap();
        assert_eq!((report.state, report.version), (RunState::Completed, (3, 0, 0)));
        assert_eq!(*report.output::<String>("invoice").unwrap(), "700 cents for A 7");
    });
    assert_eq!(outside.steps(), ["reserve", "charge", "screen", "charge", "charge"]);
    let calls = outside.calls.lock().unwrap();
    assert!(calls[1].1 == calls[3].1 && calls[3].1 == calls[4].1, "under the key that it had");
    assert!(Inspect::open(&path).unwrap().damage(9).unwrap().is_empty());
}
