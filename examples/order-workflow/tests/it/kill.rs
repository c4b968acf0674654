//! The job on a file, killed at random moments: nothing that was acknowledged is lost, nothing that was recorded is done
//! again, and the numbers come out as if nothing had happened.
//!
//! `ONEX_KILL_ROUNDS` says how often it is killed; 50 times without. How long each next process takes until it owns the file and has
//! read what is unfinished is printed at the end. `ONEX_KILL_SEED` repeats the moments, though not what the
//! machine makes of them.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use onex::journal::Journal as _;
use onex::message::{RunId, action_id};
use onex::run::Fact;
use onex_sqlite::Sqlite;
use order_workflow::durable::RECOVERED;
use order_workflow::services::{Request, Witness};
use uuid::Uuid;

use crate::Folder;

/// A job that is over by then is not killed, and another begins.
const LONGEST: Duration = Duration::from_millis(400);
/// No job takes as long: something would be stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// One job, which ends well however often it is killed.
pub(crate) struct Job {
    folder: Folder,
    orders: u32,
    /// What was recorded when the process was killed, and how many requests the outside world had seen by then.
    recorded: Vec<(usize, HashSet<Uuid>)>,
    /// How many milliseconds each process took until it owned what another had left.
    recoveries: RefCell<Vec<f64>>,
}

impl Job {
    pub(crate) fn of(orders: u32) -> Self {
        Job { folder: Folder::new(), orders, recorded: Vec::new(), recoveries: RefCell::default() }
    }

    fn journal(&self) -> PathBuf {
        self.folder.path("orders.db")
    }

    fn start(&self, seed: &str) -> Child {
        self.command(seed).spawn().expect("cargo has built it")
    }

    pub(crate) fn command(&self, seed: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_order-workflow"));
        command
            .args(["--orders", &self.orders.to_string(), "--seed", seed])
            .arg("--write-input")
            .arg(self.folder.path("orders.jsonl"))
            .arg("--dead-letters")
            .arg(self.folder.path("dead.jsonl"))
            .arg("--durable")
            .arg(self.journal())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// What a process that has ended said of how long it took to go on. Nothing, if it was killed before.
    fn note_the_recovery(&self, said: &[u8]) {
        let said = String::from_utf8_lossy(said);
        let ms = |line: &str| line.strip_prefix(RECOVERED)?.strip_suffix(" ms")?.parse::<f64>().ok();
        let took = said.lines().find_map(ms);
        self.recoveries.borrow_mut().extend(took);
    }

    /// What the file says after the process is gone: the keys of the steps whose outputs are recorded.
    pub(crate) async fn note_what_is_recorded(&mut self) {
        let requests = requests(&self.folder).len();
        if !self.journal().exists() {
            return;
        }
        let journal = Sqlite::open(self.journal()).expect("a killed process leaves a journal, and no lock");
        let mut keys = HashSet::new();
        for summary in journal.runs().await.expect("the runs can be read") {
            let record = journal.run(summary.run).await.expect("a run can be read").expect("it is listed");
            for fact in &record.facts {
                if let Fact::StepCompleted { step, .. } = fact {
                    keys.insert(key(summary.run, &record.start.plan.steps[step.index()]));
                }
            }
        }
        self.recorded.push((requests, keys));
    }

    /// Lets the job come to its end, and holds all that it left against each other.
    pub(crate) async fn ends_well(&self, seed: &str) {
        let mut child = self.start(seed);
        assert!(is_over_within(&mut child, PATIENCE), "the job is stuck");
        let output = child.wait_with_output().expect("it is our child");
        self.note_the_recovery(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(printed.ends_with("reconciled: every line is accounted for\n"), "{printed}");
        self.check_the_witness();
        self.check_that_effects_took_place().await;
    }

    /// Every request of the outside world, held against the journal.
    fn check_the_witness(&self) {
        let requests = requests(&self.folder);
        let mut keys: HashMap<(&str, &str), Uuid> = HashMap::new();
        for request in &requests {
            let (what, order, key) = match request {
                Request::Reserve { key, order_id, .. } => ("reserve", order_id, key),
                Request::Charge { key, order_id, .. } => ("charge", order_id, key),
                Request::Record { key, entry } if !entry.order_id.is_empty() => {
                    ("record", &entry.order_id, key)
                }
                _ => continue,
            };
            if what != "record" {
                assert_eq!(
                    keys.entry((what, order)).or_insert(*key),
                    key,
                    "{what} of `{order}` had another key"
                );
            }
        }
        for (seen, recorded) in &self.recorded {
            for request in &requests[*seen..] {
                if let Request::Reserve { key, .. }
                | Request::Charge { key, .. }
                | Request::Send { key, .. } = request
                {
                    assert!(
                        !recorded.contains(key),
                        "done again although its output was recorded: {request:?}"
                    );
                }
            }
        }
    }

    /// Each completed run has asked for all that it needs at least once.
    async fn check_that_effects_took_place(&self) {
        let asked: HashSet<Uuid> = requests(&self.folder)
            .iter()
            .filter_map(|request| match request {
                Request::Reserve { key, .. } | Request::Charge { key, .. } | Request::Send { key, .. } => {
                    Some(*key)
                }
                _ => None,
            })
            .collect();
        let journal = Sqlite::open(self.journal()).expect("the job is over");
        assert!(journal.unfinished().await.expect("it can be read").is_empty(), "a run is stuck");
        assert!(journal.outbox().await.expect("it can be read").is_empty(), "an envelope is stuck");
        assert!(journal.timers().await.expect("it can be read").is_empty(), "a timer is stuck");
        let mut effects = 0;
        for summary in journal.runs().await.expect("the runs can be read") {
            let record = journal.run(summary.run).await.expect("a run can be read").expect("it is listed");
            for fact in &record.facts {
                let Fact::StepCompleted { step, .. } = fact else { continue };
                let step = &*record.start.plan.steps[step.index()];
                if ["reserve", "charge", "fulfil"].contains(&step) {
                    effects += 1;
                    assert!(
                        asked.contains(&key(summary.run, step)),
                        "{step} of {} never took place",
                        summary.run
                    );
                }
            }
        }
        assert!(effects >= self.orders * 2 / 5, "only {effects} effects of {} orders", self.orders);
    }
}

fn key(run: RunId, step: &str) -> Uuid {
    action_id(run, step, false, 0)
}

fn requests(folder: &Folder) -> Vec<Request> {
    Witness::read(&folder.path("orders.db-world")).expect("the witness can be read")
}

/// Waits until the process is over, at most so long. True: it is.
fn is_over_within(child: &mut Child, patience: Duration) -> bool {
    let began = Instant::now();
    while began.elapsed() < patience {
        if child.try_wait().expect("it is our child").is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

pub(crate) fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

#[tokio::test]
async fn a_job_that_is_killed_at_any_moment_and_started_again_comes_to_the_same_end() {
    let (rounds, seed) = (variable("ONEX_KILL_ROUNDS", 50), variable("ONEX_KILL_SEED", fastrand::u64(..)));
    println!("ONEX_KILL_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut kills, mut jobs, mut recoveries) = (0, 0, Vec::new());
    while kills < rounds {
        let (mut job, generated) = (Job::of(250), random.u32(..1000).to_string());
        // A job is killed a few times, so that the moments are spread over the whole of it.
        for _ in 0..random.u64(1..=8).min(rounds - kills) {
            let mut child = job.start(&generated);
            let moment = Duration::from_micros(random.u64(..LONGEST.as_micros() as u64));
            if is_over_within(&mut child, moment) {
                break;
            }
            child.kill().expect("it is our child");
            let output = child.wait_with_output().expect("it is our child");
            job.note_the_recovery(&output.stderr);
            kills += 1;
            job.note_what_is_recorded().await;
        }
        job.ends_well(&generated).await;
        jobs += 1;
        recoveries.append(&mut job.recoveries.borrow_mut());
    }
    println!("{kills} kills, {jobs} jobs");
    recoveries.sort_by(f64::total_cmp);
    let [p50, p99, longest] = [50, 99, 100].map(|percent| {
        let index = (recoveries.len() * percent).div_ceil(100).saturating_sub(1);
        recoveries.get(index).copied().expect("a killed job is started again")
    });
    println!("{} recoveries: p50 {p50:.1} ms, p99 {p99:.1} ms, longest {longest:.1} ms", recoveries.len());
}

#[test]
fn a_second_process_is_told_who_holds_the_file() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let _held = Sqlite::open(&path).expect("nobody else has it");
    let output = durable(&folder, &path);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("is held by process {}", std::process::id())), "{said}");
}

#[test]
fn a_job_that_is_over_says_the_same_when_it_is_started_again() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let [first, again] = [durable(&folder, &path), durable(&folder, &path)];
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let lines = |bytes: &[u8]| {
        // All but how long it took.
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().filter(|line| !line.contains(" s")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&first.stdout), lines(&again.stdout));
}

fn durable(folder: &Folder, journal: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_order-workflow"))
        .args(["--orders", "60", "--write-input"])
        .arg(folder.path("orders.jsonl"))
        .arg("--dead-letters")
        .arg(folder.path("dead.jsonl"))
        .arg("--durable")
        .arg(journal)
        .output()
        .expect("cargo has built it")
}
