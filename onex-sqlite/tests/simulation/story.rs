//! One seed: programs that end one after the other, and one that comes to the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check;
use crate::fate::Fate;
use crate::later::Release;
use crate::life::{Scene, live};
use crate::support::Folder;

/// How many programs the messages of a story end at most: five bells, each six.
const MOST_ENDS: usize = 31;

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It says that it synced, and did not.
    DiskLies,
    /// A commit is taken whoever owns the journal.
    NoFence,
}

/// What came of a seed.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub violations: Vec<String>,
    /// How often the story came to what it is about.
    pub came_to: BTreeMap<&'static str, u64>,
    /// Tells two stories apart.
    pub print: String,
}

pub fn tell(seed: u64, fault: Fault) -> Told {
    fastrand::seed(seed);
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = Folder::new();
    let mut scene = Scene::new(seed, folder.path("orders.db"), &mut random);
    scene.forges = fault == Fault::NoFence;
    if fault == Fault::DiskLies {
        scene.machine.disk.lie();
    }
    let scene = Arc::new(scene);
    for _ in 0..random.usize(1..6) {
        let mut fate = Fate::of(&mut random);
        if fault == Fault::NoFence {
            fate = Fate { trip: None, second_owner: Some(fate.lasts_ms / 4), ..fate };
        }
        if std::env::var_os("ONEX_SIM_SEED").is_some() {
            println!("{fate:?}");
        }
        live(&scene, &fate, &mut random);
        if !scene.ledger.violations().is_empty() {
            break;
        }
    }
    // What stops, or is undone, on the plan of the other release ends there.
    for release in [Release::First, Release::Later] {
        // Messages end some programs, and no more than they may.
        let mut has_ended =
            || !scene.ledger.violations().is_empty() || live(&scene, &Fate::peace(release), &mut random);
        let has_ended = (0..MOST_ENDS).any(|_| has_ended());
        scene.ledger.claim(has_ended, || format!("{MOST_ENDS} programs were ended by messages"));
    }
    if scene.ledger.violations().is_empty() {
        check::at_the_end(&scene, &folder);
    }
    let print = format!(
        "{} operations, {} calls, {:?}",
        scene.machine.disk.operations(),
        scene.world.calls(),
        scene.ledger.settled()
    );
    Told { violations: scene.ledger.violations(), came_to: scene.ledger.came_to(), print }
}
