-- For people. Programs read the tables; what a view shows may change with any release.

-- What happened to each run, one fact a row, with what the step returned, why the attempt failed, or why somebody paused or
-- cancelled the run.
CREATE VIEW fact AS
SELECT
    entry.run, entry.seq + one.key AS seq, entry.at_unix_ms, one.value AS fact,
    entry.details -> ('$.' || one.key || '.output') AS output,
    entry.details ->> ('$.' || one.key || '.error') AS error,
    entry.details ->> ('$.' || one.key || '.reason') AS reason
FROM entry, json_each(entry.facts) AS one;

-- The plan that each run is on, its version, and since which of its facts.
CREATE VIEW plans AS
SELECT
    id, coalesce(moved, 0) AS since,
    coalesce(move ->> '$.to', plan) AS plan,
    coalesce(
        (move ->> '$.version[0]') || '.' || (move ->> '$.version[1]') || '.' || (move ->> '$.version[2]'), version) AS version,
    (SELECT coalesce(plan.steps -> '$.steps', plan.steps) FROM plan
     WHERE plan.fingerprint = coalesce(move ->> '$.to', run_of_plan.plan)) AS steps
FROM (
    -- Looked up where there is one: joined, the facts of all runs would be read for each list.
    SELECT id, moved, plan, version,
        iif(moved IS NULL, NULL, (SELECT fact FROM fact WHERE fact.run = run.id AND fact.seq = run.moved)) AS move
    FROM run
) AS run_of_plan;

CREATE VIEW runs AS
SELECT
    run.run, run.node, run.workflow, run.key,
    (SELECT plans.version FROM plans WHERE plans.id = run.id) AS version,
    coalesce(
        run.ended_as,
        (SELECT CASE fact ->> '$.fact'
                    WHEN 'run_ended' THEN fact ->> '$.state'
                    WHEN 'run_parked' THEN 'parked'
                    WHEN 'run_compensating' THEN 'compensating'
                    WHEN 'run_stopping' THEN 'stopping'
                    WHEN 'run_paused' THEN 'paused'
                    WHEN 'run_resumed' THEN 'running'
                    WHEN 'run_reopened' THEN 'running'
                    WHEN 'run_migrated' THEN 'running'
                END
         FROM fact
         WHERE fact.run = run.id
           AND fact ->> '$.fact' IN (
               'run_ended', 'run_parked', 'run_compensating', 'run_stopping', 'run_paused', 'run_resumed',
               'run_reopened', 'run_migrated')
         ORDER BY fact.seq DESC LIMIT 1),
        'running'
    ) AS state,
    (SELECT reason FROM fact
     WHERE fact.run = run.id AND fact ->> '$.fact' IN ('run_stopping', 'run_paused', 'run_resumed', 'run_reopened')
     ORDER BY fact.seq DESC LIMIT 1) AS reason,
    strftime('%Y-%m-%dT%H:%M:%fZ', run.started_unix_ms / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', run.ended_unix_ms / 1000.0, 'unixepoch') AS ended,
    coalesce(
        (SELECT seq + json_array_length(facts) FROM entry WHERE entry.run = run.id ORDER BY position DESC LIMIT 1), 0) AS facts,
    run.input
FROM run ORDER BY run.run;

CREATE VIEW steps AS
SELECT
    run.run, run.workflow, run.key AS run_key, step.key AS number,
    iif(step.type = 'object', step.value ->> '$.id', step.value) AS step,
    coalesce(
        (SELECT CASE fact ->> '$.fact'
                    WHEN 'step_scheduled' THEN 'scheduled'
                    WHEN 'attempt_crashed' THEN iif(
                        (SELECT earlier.fact ->> '$.fact' FROM fact AS earlier
                         WHERE earlier.run = run.id AND earlier.seq < fact.seq
                           AND earlier.fact ->> '$.fact' IN ('run_paused', 'run_resumed')
                         ORDER BY earlier.seq DESC LIMIT 1) = 'run_paused',
                        'retry_due', 'scheduled')
                    WHEN 'step_held' THEN 'held'
                    WHEN 'step_released' THEN iif(
                        EXISTS (SELECT 1 FROM fact AS earlier
                                WHERE earlier.run = run.id AND earlier.seq >= plans.since AND earlier.fact ->> '$.step' = step.key
                                  AND earlier.fact ->> '$.fact' IN ('attempt_failed', 'attempt_crashed')),
                        'retry_due', 'waiting')
                    WHEN 'attempt_failed' THEN 'retry_waiting'
                    WHEN 'retry_due' THEN 'retry_due'
                    WHEN 'gate_opened' THEN 'awaiting'
                    WHEN 'step_fanned_out' THEN 'fanned_out'
                    WHEN 'step_completed' THEN 'completed'
                    WHEN 'step_failed' THEN 'failed'
                    WHEN 'step_indeterminate' THEN 'indeterminate'
                    WHEN 'step_skipped' THEN 'skipped'
                    WHEN 'step_cancelled' THEN 'cancelled'
                    WHEN 'step_not_run' THEN 'not_run'
                    WHEN 'step_carried' THEN fact ->> '$.state'
                    WHEN 'skip_carried' THEN 'skipped'
                END
         FROM fact
         WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key
           AND fact ->> '$.fact' IN (
               'step_scheduled', 'step_held', 'step_released', 'attempt_crashed', 'attempt_failed', 'retry_due', 'gate_opened', 'step_fanned_out',
               'step_completed', 'step_failed', 'step_indeterminate', 'step_skipped', 'step_cancelled', 'step_not_run',
               'step_carried', 'skip_carried')
         ORDER BY fact.seq DESC LIMIT 1),
        'waiting'
    ) AS state,
    (SELECT CASE fact ->> '$.fact'
                WHEN 'compensation_completed' THEN 'done'
                WHEN 'compensation_failed' THEN 'failed'
                ELSE 'pending'
            END
     FROM fact
     WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key AND fact ->> '$.fact' LIKE 'compensation_%'
     ORDER BY fact.seq DESC LIMIT 1) AS compensation,
    coalesce(
        (SELECT (fact ->> '$.attempt') - (fact ->> '$.fact' = 'step_held') FROM fact
         WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key
           AND fact ->> '$.fact' IN ('step_scheduled', 'step_held', 'step_carried')
         ORDER BY fact.seq DESC LIMIT 1),
        0
    ) AS attempts,
    (SELECT fact ->> '$.items' FROM fact
     WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key AND fact ->> '$.fact' = 'step_fanned_out'
     ORDER BY fact.seq DESC LIMIT 1) AS fanned_out,
    (SELECT output FROM fact
     WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key AND fact ->> '$.fact' IN ('step_completed', 'step_carried')
     ORDER BY fact.seq DESC LIMIT 1) AS output,
    (SELECT iif(json_type(fact, '$.because') = 'text',
                fact ->> '$.because',
                (SELECT reason.key || ' ' || other.key || ' ' || coalesce(plans.steps ->> ('$[' || other.value || '].id'), plans.steps ->> ('$[' || other.value || ']'))
                 FROM json_each(fact, '$.because') AS reason, json_each(reason.value) AS other))
     FROM fact
     WHERE fact.run = run.id AND fact.seq >= plans.since AND fact ->> '$.step' = step.key AND fact ->> '$.fact' IN ('step_skipped', 'skip_carried')
     ORDER BY fact.seq DESC LIMIT 1) AS skipped_because
FROM run JOIN plans ON plans.id = run.id, json_each(plans.steps) AS step
ORDER BY run.run, step.key;

CREATE VIEW attempts AS
SELECT
    run.run,
    (SELECT coalesce(
         plan.steps ->> ('$.steps[' || (fact.fact ->> '$.step') || '].id'), plan.steps ->> ('$[' || (fact.fact ->> '$.step') || ']'))
     FROM plan WHERE plan.fingerprint = iif(
         plans.since = 0, run.plan,
         -- What came before its run was moved is about the steps of another plan.
         coalesce(
             (SELECT moved.fact ->> '$.to' FROM fact AS moved
              WHERE moved.run = run.id AND moved.seq <= fact.seq AND moved.fact ->> '$.fact' = 'run_migrated'
              ORDER BY moved.seq DESC LIMIT 1),
             run.plan))) AS step,
    fact ->> '$.fact' LIKE 'compensation_%' AS compensation,
    fact ->> '$.attempt' AS attempt,
    fact ->> '$.fact' AS what,
    fact ->> '$.failure.cause' AS cause,
    fact.error, fact.output,
    strftime('%Y-%m-%dT%H:%M:%fZ', fact.at_unix_ms / 1000.0, 'unixepoch') AS at
FROM run JOIN plans ON plans.id = run.id JOIN fact ON fact.run = run.id
WHERE fact ->> '$.attempt' IS NOT NULL AND fact ->> '$.fact' <> 'step_carried'
ORDER BY run.run, fact.seq;

CREATE VIEW dead_letters AS
SELECT
    position,
    strftime('%Y-%m-%dT%H:%M:%fZ', (letter ->> '$.at_unix_ms') / 1000.0, 'unixepoch') AS at,
    letter ->> '$.cause.cause' AS cause,
    letter ->> '$.cause.message' AS message,
    letter ->> '$.node' AS node,
    letter ->> '$.handler' AS handler,
    letter ->> '$.envelope.topic' AS topic,
    letter ->> '$.envelope.envelope_id' AS envelope_id,
    letter -> '$.envelope.payload' AS payload
FROM dead_letter ORDER BY position;

CREATE VIEW timers AS
SELECT
    timer.run,
    coalesce(plans.steps ->> ('$[' || timer.step || '].id'), plans.steps ->> ('$[' || timer.step || ']')) AS step,
    timer.compensation, timer.attempt,
    strftime('%Y-%m-%dT%H:%M:%fZ', timer.due_unix_ms / 1000.0, 'unixepoch') AS due
FROM timer JOIN run ON run.run = timer.run JOIN plans ON plans.id = run.id
ORDER BY timer.due_unix_ms;
