-- The tables of a journal, format 4. What is JSON is text, so that any SQLite client reads it. What is called `sum` is the
-- checksum of the rest of its row; who changes a row by hand makes the journal one that is damaged.

-- The journal itself: one row.
CREATE TABLE journal (
    one           INTEGER PRIMARY KEY CHECK (one = 0),
    id            TEXT NOT NULL,
    transactions  INTEGER NOT NULL,             -- how many were written
    unfinished    INTEGER NOT NULL,             -- the checksums of how far each run has come that has not ended, all added without carrying
    sum           INTEGER NOT NULL
) STRICT;

-- What wrote this file.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Who owns the journal: one row once somebody did. Each acquisition raises the epoch; only the latest commits.
CREATE TABLE owner (
    partition         INTEGER PRIMARY KEY CHECK (partition = 0),
    epoch             INTEGER NOT NULL,
    lease_id          TEXT NOT NULL,
    owner             TEXT NOT NULL,
    acquired_unix_ms  INTEGER NOT NULL,
    sum               INTEGER NOT NULL
) STRICT;

-- The plans that runs are pinned to. `steps`: JSON, an object whose `steps` facts number by their place, each with its `id`; or
-- an array of names, where that is all that is known. The fact `run_migrated` moves its run to another plan than it started on.
CREATE TABLE plan (fingerprint TEXT PRIMARY KEY, steps TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What each run started with, and how it ended. While it goes on, nothing is written here: how far it has come is in its latest entry.
CREATE TABLE run (
    id               INTEGER PRIMARY KEY,       -- for joins, in the order of the starts
    run              TEXT NOT NULL UNIQUE,
    node             TEXT NOT NULL,
    workflow         TEXT NOT NULL,
    key              TEXT NOT NULL,
    key_is_declared  INTEGER NOT NULL,          -- 0: no key is declared, `key` is an id
    version          TEXT NOT NULL,             -- major.minor.patch
    plan             TEXT NOT NULL,
    input            TEXT NOT NULL,             -- JSON
    envelope_id      TEXT NOT NULL,
    correlation_id   TEXT NOT NULL,
    envelope         TEXT,                      -- JSON; NULL where a program started it
    on_duplicate     TEXT NOT NULL,
    started_unix_ms  INTEGER NOT NULL,
    moved            INTEGER,                   -- the number of the fact by which it was moved to another plan last, if it was
    ended_unix_ms    INTEGER,                   -- NULL while it is alive or parked
    ended_as         TEXT,                      -- in which state
    chain            INTEGER,                   -- that of its latest entry, once it has ended
    sum              INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_identity ON run (key, node, workflow, key_is_declared);
CREATE INDEX run_unfinished ON run (run) WHERE ended_unix_ms IS NULL;

-- What happened: the truth about every run. One row for what a commit says of its run, in the order of the commits, so that what is
-- committed together is written together, whichever runs it is of; a run finds its own by the index. The view `fact` has a row for
-- each fact.
CREATE TABLE entry (
    position    INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL,               -- run.id
    seq         INTEGER NOT NULL,               -- the number of its first fact in the run, from 0
    at_unix_ms  INTEGER NOT NULL,               -- when it was committed
    active_ms   INTEGER NOT NULL,               -- for how long the run has been driven
    facts       TEXT NOT NULL,                  -- JSON: an array
    details     TEXT,                           -- JSON: what was returned or said, by the place of its fact in `facts`
    chain       INTEGER NOT NULL                -- the checksum of what the run started with and of its entries, one after the other
) STRICT;
CREATE INDEX entry_of_run ON entry (run);

-- Which envelopes were handled, by whom.
CREATE TABLE inbox (
    envelope_id  TEXT NOT NULL,
    subscriber   TEXT NOT NULL,
    at_unix_ms   INTEGER NOT NULL,
    sum          INTEGER NOT NULL,
    PRIMARY KEY (envelope_id, subscriber)
) STRICT, WITHOUT ROWID;

-- What reducers have folded: the state of each of their entities.
CREATE TABLE entity (
    node     TEXT NOT NULL,
    key      TEXT NOT NULL,                     -- empty where the reducer has one state
    version  INTEGER NOT NULL,                  -- how often it has changed
    state    TEXT NOT NULL,                     -- JSON
    sum      INTEGER NOT NULL,
    PRIMARY KEY (node, key)
) STRICT, WITHOUT ROWID;

-- What is to be delivered, oldest first.
CREATE TABLE outbox (
    position     INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope_id  TEXT NOT NULL UNIQUE,
    envelope     TEXT NOT NULL,                 -- JSON
    sum          INTEGER NOT NULL
) STRICT;

-- The retries that are waited for.
CREATE TABLE timer (
    run           TEXT NOT NULL,
    step          INTEGER NOT NULL,
    compensation  INTEGER NOT NULL,
    attempt       INTEGER NOT NULL,             -- the one that failed
    due_unix_ms   INTEGER NOT NULL,
    sum           INTEGER NOT NULL,
    PRIMARY KEY (run, step, compensation)
) STRICT, WITHOUT ROWID;

-- What is asked of the owner from beside, and what came of it.
CREATE TABLE request (
    position          INTEGER PRIMARY KEY AUTOINCREMENT,
    request           TEXT NOT NULL,            -- JSON
    asked_unix_ms     INTEGER NOT NULL,
    asked_by          TEXT NOT NULL,
    outcome           TEXT,                     -- JSON; NULL while nobody has carried it out
    answered_unix_ms  INTEGER,
    sum               INTEGER NOT NULL
) STRICT;
CREATE INDEX request_unanswered ON request (position) WHERE outcome IS NULL;

-- What nobody could handle, oldest first.
CREATE TABLE dead_letter (
    position  INTEGER PRIMARY KEY AUTOINCREMENT,
    letter    TEXT NOT NULL,                    -- JSON
    sum       INTEGER NOT NULL
) STRICT;