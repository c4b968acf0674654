//! One program from its start to its end, however it ends, and the machine that it runs on.

use std::cell::Cell;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{HeldCause, MigrateError, PublishError, StartError};
use onex::journal::CommitError;
use onex::message::{RunId, Topic};
use onex::{Envelope, Payload, Runtime, Settings};
use onex_sqlite::{OpenError, Sqlite};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::bells::{Belfry, Bell, Bells};
use crate::disk::Trip;
use crate::fate::{End, Fate, Meddling, Note};
use crate::journal::Watched;
use crate::later::{OrdersLater, Release};
use crate::ledger::Ledger;
use crate::program::{Machine, Program, options};
use crate::vfs::Mounted;
use crate::world::{App, OrderPaid, OrderPlaced, Orders, Outside, World};

pub type Engine = Runtime<App, Arc<Watched>>;

/// How long an event is kept that comes before its gate.
const KEEP_EARLY: Duration = Duration::from_secs(10);

thread_local! {
    /// What the wall clock said when this program began, and when that was.
    static CLOCK: Cell<(i64, Option<Instant>)> = const { Cell::new((1_800_000_000_000, None)) };
}

fn unix_ms() -> u64 {
    let (began_ms, began) = CLOCK.get();
    let since = began.map_or(0, |began| began.elapsed().as_millis() as i64);
    u64::try_from(began_ms + since).unwrap_or(0)
}

fn set_clock(by_ms: i64) {
    let (began_ms, began) = CLOCK.get();
    CLOCK.set((began_ms + by_ms, began));
}

/// What is to be done, whichever program does it, and which of it was acknowledged.
pub struct Order {
    pub id: String,
    pub is_started_by_program: bool,
    pub is_paid: bool,
    placed: AtomicBool,
    paid: AtomicBool,
}

impl Order {
    pub fn new(number: usize, random: &mut fastrand::Rng) -> Self {
        Order {
            id: format!("order-{number}"),
            is_started_by_program: random.u8(..4) == 0,
            is_paid: random.u8(..5) > 0,
            placed: AtomicBool::new(false),
            paid: AtomicBool::new(false),
        }
    }

    pub fn placed_envelope(number: usize) -> Uuid {
        Uuid::from_u128((1 << 64) + number as u128)
    }

    pub fn paid_envelope(number: usize) -> Uuid {
        Uuid::from_u128((2 << 64) + number as u128)
    }

    fn is_done(&self) -> bool {
        self.placed.load(Ordering::Relaxed) && (!self.is_paid || self.paid.load(Ordering::Relaxed))
    }
}

/// What outlives programs.
pub struct Scene {
    pub machine: Arc<Machine>,
    pub ledger: Arc<Ledger>,
    pub world: Arc<World>,
    pub path: PathBuf,
    pub orders: Arc<Vec<Order>>,
    pub crash_limit: u32,
    /// After how long what waits leaves memory.
    pub dormant_after: Duration,
    /// How many runs are driven at once.
    pub places: usize,
    /// The journal takes whoever commits for its owner.
    pub forges: bool,
    /// What was noted beside the journal some time ago.
    older_note: Mutex<Vec<u8>>,
}

impl Scene {
    pub fn new(seed: u64, path: PathBuf, random: &mut fastrand::Rng) -> Self {
        CLOCK.set((1_800_000_000_000, None));
        let ledger = Arc::new(Ledger::default());
        Scene {
            machine: Machine::new(seed),
            world: World::new(seed, &ledger, Belfry::random(seed)),
            ledger,
            path,
            orders: Arc::new((0..random.usize(1..7)).map(|number| Order::new(number, random)).collect()),
            crash_limit: if random.u8(..4) == 0 { 3 } else { 1000 },
            dormant_after: Duration::from_millis([0, 1, 40, 1000][random.usize(..4)]),
            places: [1, 2, 10_000][random.usize(..3)],
            forges: false,
            older_note: Mutex::default(),
        }
    }

    fn note_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push("-owner");
        name.into()
    }
}

/// A program that runs, with what it needs.
struct Running {
    program: Arc<Program>,
    /// After the journal, which uses it.
    journal: Option<Arc<Watched>>,
    /// How often it had written to the file itself when it was open.
    copied: u64,
    mounted: Mounted,
}

/// From the start of a program to its end, on a machine that is on. True: it settled.
pub fn live(scene: &Arc<Scene>, fate: &Fate, random: &mut fastrand::Rng) -> bool {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let tokio = tokio.expect("a clock needs nothing");
    let programs = Arc::new(Mutex::new(Vec::new()));
    if let Some(trip) = fate.trip {
        scene.machine.disk.arm_twice(trip, fate.next);
    }
    scene.ledger.expect_a_full_disk(fate.full.is_some());
    fate.clock.iter().filter(|(at, _)| *at == 0).for_each(|(_, by)| set_clock(*by));
    onex::simulation::set_wall_clock(Some(unix_ms));
    let ended = Arc::new(Notify::new());
    let settled = tokio.block_on(async {
        CLOCK.set((CLOCK.get().0, Some(Instant::now())));
        let life = Life {
            scene: Arc::clone(scene),
            fate: fate.clone(),
            programs: Arc::clone(&programs),
            ended: Arc::clone(&ended),
        };
        let seed = random.u64(..);
        let settled = tokio::select! {
            biased;
            () = ended.notified() => false,
            settled = life.run(seed) => settled,
        };
        // The next one comes some time later.
        CLOCK.set((unix_ms() as i64 + random.i64(0..60_000), None));
        settled
    });
    let end = if settled { End::Leaves } else { fate.end };
    let programs: Vec<Running> = std::mem::take(&mut *programs.lock().expect("nobody panics with it"));
    for running in &programs {
        match end {
            End::Leaves | End::Settled => running.program.gate.open(),
            End::Kill => running.program.kill(),
            End::Power => scene.machine.disk.switch_off(),
        }
        let copied = running.journal.is_some() && running.program.copied() > running.copied;
        scene.ledger.count("checkpoints of its own", u64::from(copied));
        if !running.program.is_alive() {
            scene.ledger.count("kills", u64::from(!scene.machine.disk.is_off()));
            running.program.kill();
        }
    }
    drop(tokio);
    for Running { program, journal, mounted, .. } in programs {
        if let Some(journal) = journal {
            let left = Arc::into_inner(journal);
            assert!(left.is_some(), "somebody has the journal of a program that has ended");
            drop(left);
        }
        program.kill();
        drop(mounted);
    }
    scene.machine.disk.disarm();
    scene.machine.disk.make_room();
    if scene.machine.disk.is_off() {
        scene.ledger.count("power failures", 1);
        switch_on(scene, fate.note);
    }
    onex::simulation::set_wall_clock(None);
    settled
}

/// The machine comes back, with what is on its disk and what became of the note, which is on another.
fn switch_on(scene: &Scene, note: Note) {
    scene.machine.disk.switch_on();
    let name = scene.path.to_string_lossy();
    if !scene.machine.disk.files().iter().any(|(file, _)| *file == name) {
        let _ = std::fs::remove_file(&scene.path);
    }
    let (path, older) = (scene.note_path(), scene.older_note.lock().expect("nobody panics with it"));
    let changed = match note {
        Note::Kept => Ok(()),
        Note::Older => std::fs::write(path, &*older),
        Note::Gone => std::fs::remove_file(path),
        Note::Torn => std::fs::write(path, older.get(..older.len() / 2).unwrap_or_default()),
    };
    // There may be none.
    drop(changed);
}

struct Life {
    scene: Arc<Scene>,
    fate: Fate,
    programs: Arc<Mutex<Vec<Running>>>,
    ended: Arc<Notify>,
}

impl Life {
    async fn run(self, seed: u64) -> bool {
        let (life, mut random) = (Arc::new(self), fastrand::Rng::with_seed(seed));
        let (latency_ms, release) = (life.fate.latency_ms, life.fate.release);
        let Some((engine, journal)) = life.open(latency_ms, random.u64(..), true, release).await else {
            return false;
        };
        let note = std::fs::read(life.scene.note_path()).unwrap_or_default();
        *life.scene.older_note.lock().expect("nobody panics with it") = note;
        life.work(&engine, random.u64(..), release);
        life.disturb(&engine, &journal, random.u64(..));
        drop(journal);
        if life.fate.end != End::Settled {
            sleep(Duration::from_millis(life.fate.lasts_ms)).await;
            life.scene.ledger.count("woken", engine.counters().runs_woken);
            return false;
        }
        let patience = Duration::from_millis(life.fate.lasts_ms);
        let settled = timeout(patience, async {
            let bells = &life.scene.world.belfry.bells;
            let is_accepted =
                || life.scene.orders.iter().all(Order::is_done) && bells.iter().all(Bell::was_accepted);
            while !is_accepted() {
                sleep(Duration::from_secs(1)).await;
            }
            // Somebody held them, and lets them go on now.
            loop {
                for run in engine.live_runs() {
                    let _ = engine.resume(run).await;
                }
                if timeout(KEEP_EARLY, engine.settled()).await.is_err() {
                    continue;
                }
                let mut moved = false;
                for held in engine.held_runs() {
                    moved |= migrate(&engine, held.run, release, &life.scene.ledger).await;
                }
                if !moved {
                    break;
                }
            }
            sleep(KEEP_EARLY * 2).await;
            engine.settled().await;
        });
        let is_settled = settled.await.is_ok();
        life.scene.ledger.count("woken", engine.counters().runs_woken);
        let stuck = engine.live_runs();
        life.scene.ledger.claim(is_settled, || format!("stuck for hours: {stuck:?}"));
        true
    }

    /// An engine on the file. `None`: the disk, or the end, came before.
    async fn open(
        self: &Arc<Self>,
        latency_ms: u64,
        seed: u64,
        is_first: bool,
        release: Release,
    ) -> Option<(Engine, Arc<Watched>)> {
        let scene = &self.scene;
        let program = Program::begin(&scene.machine);
        let mounted = Mounted::of(&program);
        let mut options = options(&program, mounted.name());
        options.log_pages = self.fate.log_pages;
        let opened = Sqlite::open_with(&scene.path, options);
        let journal = match opened {
            Ok(sqlite) => {
                let watched = Watched::new(sqlite, &program, &scene.ledger, latency_ms, seed);
                Some(Arc::new(watched.telling(&self.ended).forging(scene.forges)))
            }
            Err(error) => {
                self.check_refusal(&program, &error);
                None
            }
        };
        let (journal_too, copied) = (journal.clone(), program.copied());
        let running = Running { program: Arc::clone(&program), journal: journal_too, copied, mounted };
        self.programs.lock().expect("nobody panics with it").push(running);
        let journal = journal?;
        if is_first {
            scene.ledger.check(&journal).await;
        }
        let (world, ended) = (Arc::clone(&scene.world), Arc::clone(&self.ended));
        let outside = Outside { world, program, crash_limit: scene.crash_limit, ended };
        let settings = Settings {
            grace: Duration::from_millis(300),
            crash_limit: scene.crash_limit,
            keep_early_events: KEEP_EARLY,
            dormant_after: scene.dormant_after,
            max_concurrent_runs: scene.places,
            ..Settings::default()
        };
        let builder = Runtime::builder(App { outside: Arc::new(outside) }).settings(settings);
        let builder = match release {
            Release::First => builder.mount::<Orders>(),
            Release::Later => builder.mount::<OrdersLater>(),
        }
        .mount::<Bells>();
        let engine = builder.build_on(Arc::clone(&journal), "simulated").await.ok()?;
        Some((engine, journal))
    }

    /// What a journal may say that cannot be opened.
    fn check_refusal(&self, program: &Program, error: &OpenError) {
        let fails = matches!(self.fate.trip, Some((_, Trip::SyncFails | Trip::WriteFails)));
        let is_of_the_disk = matches!(error, OpenError::Sqlite { .. } | OpenError::Log { .. });
        let holds = !program.is_alive() || (is_of_the_disk && (fails || self.fate.full.is_some()));
        self.scene.ledger.claim(holds, || format!("refused: {error}"));
    }

    /// Orders come in, those that were not acknowledged before.
    fn work(self: &Arc<Self>, engine: &Engine, seed: u64, release: Release) {
        let mut random = fastrand::Rng::with_seed(seed);
        for (number, bell) in self.scene.world.belfry.bells.iter().enumerate() {
            let after_ms = random.u64(..2000);
            if !bell.was_accepted() {
                let (scene, engine) = (Arc::clone(&self.scene), engine.clone());
                tokio::spawn(async move {
                    sleep(Duration::from_millis(after_ms)).await;
                    scene.world.belfry.bells[number].send(engine, number as u64).await;
                });
            }
        }
        for (number, order) in self.scene.orders.iter().enumerate() {
            let (placed_ms, paid_ms) = (random.u64(..2000), random.u64(..7000));
            if !order.placed.load(Ordering::Relaxed) {
                let orders = Arc::clone(&self.scene.orders);
                tokio::spawn(place(engine.clone(), orders, number, placed_ms, release));
            }
            if order.is_paid && !order.paid.load(Ordering::Relaxed) {
                tokio::spawn(pay(engine.clone(), Arc::clone(&self.scene.orders), number, paid_ms));
            }
        }
    }

    /// All that is done to a program while it runs.
    fn disturb(self: &Arc<Self>, engine: &Engine, journal: &Arc<Watched>, seed: u64) {
        let mut random = fastrand::Rng::with_seed(seed);
        for &(at_ms, by_ms) in self.fate.clock.iter().filter(|(at, _)| *at > 0) {
            let ledger = Arc::clone(&self.scene.ledger);
            tokio::spawn(async move {
                sleep(Duration::from_millis(at_ms)).await;
                ledger.count("clocks set", 1);
                set_clock(by_ms);
            });
        }
        if let Some((at_ms, room, for_ms)) = self.fate.full {
            let scene = Arc::clone(&self.scene);
            tokio::spawn(async move {
                sleep(Duration::from_millis(at_ms)).await;
                scene.machine.disk.leave_room(room);
                sleep(Duration::from_millis(for_ms)).await;
                scene.machine.disk.make_room();
            });
        }
        for &(at_ms, how) in &self.fate.checkpoints {
            let life = Arc::clone(self);
            tokio::spawn(async move {
                sleep(Duration::from_millis(at_ms)).await;
                life.checkpoint(how);
            });
        }
        for &(at_ms, how) in &self.fate.meddling {
            let (engine, which, life) = (engine.clone(), random.usize(..), Arc::clone(self));
            tokio::spawn(async move {
                sleep(Duration::from_millis(at_ms)).await;
                life.meddle(&engine, how, which).await;
            });
        }
        if let Some(at_ms) = self.fate.second_owner {
            let (life, first) = (Arc::clone(self), Arc::clone(journal));
            let (seed, next) = (random.u64(..), random.u64(..));
            tokio::spawn(async move {
                sleep(Duration::from_millis(at_ms)).await;
                // One that is dead is not taken for dead: whoever comes after it is the next program.
                if !first.hurry().await {
                    return;
                }
                drop(first);
                // Somebody takes the first for dead.
                let _ = std::fs::remove_file(life.scene.note_path());
                let release = life.fate.release.other();
                let Some((engine, _journal)) = life.open(0, seed, false, release).await else { return };
                life.scene.ledger.count("second owners", 1);
                life.work(&engine, next, release);
                pending::<()>().await;
            });
        }
    }

    /// As a person's client does it.
    fn checkpoint(&self, how: &str) {
        let program = Program::begin(&self.scene.machine);
        let mounted = Mounted::of(&program);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // It may not get through: somebody is in its way, or the disk.
        if let Ok(client) = Connection::open_with_flags_and_vfs(&self.scene.path, flags, mounted.name()) {
            let _ = client.busy_timeout(Duration::ZERO);
            let done = client.query_row(&format!("PRAGMA main.wal_checkpoint({how})"), [], |_| Ok(()));
            self.scene.ledger.count("checkpoints from beside", u64::from(done.is_ok()));
            drop(client);
        }
        program.kill();
        drop(mounted);
        if self.scene.machine.disk.is_off() {
            self.ended.notify_one();
        }
    }

    async fn meddle(&self, engine: &Engine, how: Meddling, which: usize) {
        let held = engine.held_runs();
        self.scene.ledger.count("held", held.len() as u64);
        let is_expected = held.iter().all(|held| matches!(held.cause, HeldCause::Unfit { .. }));
        self.scene.ledger.claim(is_expected, || format!("held: {held:?}"));
        let mut runs = engine.live_runs();
        if how == Meddling::Migrate {
            runs.extend(held.iter().map(|held| held.run));
        }
        runs.sort_unstable();
        let Some(&run) = runs.get(which % runs.len().max(1)) else { return };
        match how {
            Meddling::Cancel => drop(engine.cancel(run, "simulated")),
            Meddling::Pause => drop(engine.pause(run, "simulated").await),
            Meddling::Resume => drop(engine.resume(run).await),
            Meddling::Migrate => {
                migrate(engine, run, self.fate.release, &self.scene.ledger).await;
            }
        }
    }
}

/// Whether it was moved. What stops or is in flight stays on its plan.
async fn migrate(engine: &Engine, run: RunId, release: Release, ledger: &Ledger) -> bool {
    let moved = engine.migrate(run, &release.migration()).await;
    let is_moved = moved.as_ref().is_ok_and(|told| told.from.0 != told.to.0);
    let what = match release {
        Release::First => "moved back",
        Release::Later => "moved",
    };
    ledger.count(what, u64::from(is_moved));
    ledger.count("moves refused", u64::from(matches!(moved, Err(MigrateError::Refused { .. }))));
    is_moved
}

fn is_full(error: &CommitError) -> bool {
    matches!(error, CommitError::Full { .. })
}

/// Until it is acknowledged, or can be by this engine no more.
async fn place(engine: Engine, orders: Arc<Vec<Order>>, number: usize, after_ms: u64, release: Release) {
    sleep(Duration::from_millis(after_ms)).await;
    let order = &orders[number];
    loop {
        let placed = OrderPlaced { order_id: order.id.clone(), cents: number as u64 * 17 };
        let is_full = if order.is_started_by_program {
            let started = match release {
                Release::First => engine.start::<Orders>(placed, None).await,
                Release::Later => engine.start::<OrdersLater>(placed, None).await,
            };
            match started {
                // By a program that could not say so.
                Ok(_) | Err(StartError::DuplicateRun { .. }) => break,
                Err(StartError::Journal(error)) => is_full(&error),
                Err(_) => false,
            }
        } else {
            let topic = Topic::new("onex.evt.orders.order-placed.v1");
            let id = Order::placed_envelope(number);
            match engine.deliver(Envelope::external(id, topic, Payload::new(placed))).await {
                Ok(()) => break,
                Err(PublishError::Journal(error)) => is_full(&error),
                Err(_) => false,
            }
        };
        if !is_full {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    order.placed.store(true, Ordering::Relaxed);
}

async fn pay(engine: Engine, orders: Arc<Vec<Order>>, number: usize, after_ms: u64) {
    sleep(Duration::from_millis(after_ms)).await;
    let order = &orders[number];
    loop {
        let topic = Topic::new("onex.evt.orders.order-paid.v1");
        let paid = OrderPaid { order_id: order.id.clone() };
        let envelope = Envelope::external(Order::paid_envelope(number), topic, Payload::new(paid));
        match engine.deliver(envelope).await {
            Ok(()) => break,
            Err(PublishError::Journal(error)) if is_full(&error) => {}
            Err(_) => return,
        }
        sleep(Duration::from_millis(50)).await;
    }
    order.paid.store(true, Ordering::Relaxed);
}

/// Whether a file has what a journal may have, as SQLite's own VFS and any reader see it: the simulated disk on a real one.
pub fn copy_out(scene: &Scene, to: &Path) {
    for (name, bytes) in scene.machine.disk.files() {
        let name = Path::new(&name).file_name().expect("it is a file");
        std::fs::write(to.join(name), bytes).expect("a test's folder can be written");
    }
}
