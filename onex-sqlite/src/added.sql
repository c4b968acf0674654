-- How many calls of handlers have begun for what the owner before left in the outbox, and never came back.
CREATE TABLE IF NOT EXISTS begun (
    envelope_id  TEXT NOT NULL,
    subscriber   TEXT NOT NULL,
    calls        INTEGER NOT NULL,
    sum          INTEGER NOT NULL,
    PRIMARY KEY (envelope_id, subscriber)
) STRICT, WITHOUT ROWID;
