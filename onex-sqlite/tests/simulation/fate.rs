//! What happens to one program, and what it is asked to do meanwhile: all of it from one seed.

use crate::disk::Trip;
use crate::later::Release;

pub const HOUR_MS: i64 = 3_600_000;
pub const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

/// How a program ends that nothing ends before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Power,
    Kill,
    /// It closes its file.
    Leaves,
    /// When everything is done.
    Settled,
}

/// What becomes of the note beside the journal when the power fails: it is not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    Kept,
    Older,
    Gone,
    Torn,
}

#[derive(Debug, Clone)]
pub struct Fate {
    pub trip: Option<(u64, Trip)>,
    /// What happens so many operations after an error of the disk.
    pub next: Option<(u64, Trip)>,
    pub lasts_ms: u64,
    pub end: End,
    pub release: Release,
    /// How many pages its log may have.
    pub log_pages: i32,
    pub note: Note,
    /// How long a transaction takes to begin; 0: each commit is one.
    pub latency_ms: u64,
    /// When the disk is full, but for so many bytes, and for how long.
    pub full: Option<(u64, usize, u64)>,
    /// When the wall clock is set, and by how much; at 0: before it begins.
    pub clock: Vec<(u64, i64)>,
    /// When another program takes the first one's lock away.
    pub second_owner: Option<u64>,
    /// When a person's client copies the log into the file.
    pub checkpoints: Vec<(u64, &'static str)>,
    /// Which run is paused, cancelled or let go on, and when.
    pub meddling: Vec<(u64, Meddling)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meddling {
    Cancel,
    Pause,
    Resume,
    Migrate,
}

fn chance(random: &mut fastrand::Rng, percent: u8) -> bool {
    random.u8(..100) < percent
}

impl Fate {
    pub fn of(random: &mut fastrand::Rng) -> Self {
        let lasts_ms = random.u64(10..8000);
        // Most of what there is to fail at is soon.
        let soon = [12, 60, 300][random.usize(..3)];
        let operation = random.u64(1..soon);
        let done = random.bool();
        let trip = match random.u8(..100) {
            0..45 => Some(Trip::Power { done }),
            45..60 => Some(Trip::Kill { done }),
            60..70 => Some(Trip::SyncFails),
            70..75 => Some(Trip::WriteFails),
            _ => None,
        };
        let moments = |random: &mut fastrand::Rng, percent| -> Vec<u64> {
            let count = if chance(random, percent) { random.usize(1..4) } else { 0 };
            (0..count).map(|_| random.u64(..lasts_ms)).collect()
        };
        let mut clock: Vec<(u64, i64)> =
            moments(random, 30).into_iter().map(|at| (at, jump(random))).collect();
        if chance(random, 30) {
            clock.push((0, jump(random)));
        }
        let checkpoints = moments(random, 40).into_iter();
        let checkpoints = checkpoints.map(|at| (at, ["PASSIVE", "RESTART", "TRUNCATE"][random.usize(..3)]));
        let checkpoints = checkpoints.collect();
        let meddlers = moments(random, 50);
        let meddling = (meddlers.into_iter())
            .map(|at| {
                let ways = [Meddling::Cancel, Meddling::Pause, Meddling::Resume, Meddling::Migrate];
                (at, ways[random.usize(..4)])
            })
            .collect();
        Fate {
            trip: trip.map(|trip| (operation, trip)),
            next: chance(random, 50).then(|| (random.u64(1..40), Trip::Power { done })),
            lasts_ms,
            end: [End::Power, End::Kill, End::Leaves][random.usize(..3)],
            release: [Release::First, Release::Later][random.usize(..2)],
            log_pages: [1, 8, 30, 2000][random.usize(..4)],
            note: [Note::Kept, Note::Kept, Note::Older, Note::Gone, Note::Torn][random.usize(..5)],
            latency_ms: [0, 1, 20, 200][random.usize(..4)],
            full: chance(random, 20)
                .then(|| (random.u64(..lasts_ms), random.usize(..20_000), random.u64(1..3000))),
            clock,
            second_owner: chance(random, 20).then(|| random.u64(..lasts_ms)),
            checkpoints,
            meddling,
        }
    }

    /// Nothing happens, until everything is done that a program of this release can do.
    pub fn peace(release: Release) -> Self {
        Fate {
            trip: None,
            next: None,
            lasts_ms: 4 * HOUR_MS as u64,
            end: End::Settled,
            release,
            log_pages: 30,
            note: Note::Kept,
            latency_ms: 5,
            full: None,
            clock: Vec::new(),
            second_owner: None,
            checkpoints: Vec::new(),
            meddling: Vec::new(),
        }
    }
}

fn jump(random: &mut fastrand::Rng) -> i64 {
    [HOUR_MS, -HOUR_MS, YEAR_MS, -YEAR_MS][random.usize(..4)]
}
