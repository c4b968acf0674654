-- For people. Programs read the tables; what a view shows may change with any release.

CREATE VIEW runs AS
SELECT
    run.run, run.node, run.workflow, run.key, run.version,
    coalesce(
        (SELECT CASE fact ->> '$.fact'
                    WHEN 'run_ended' THEN fact ->> '$.state'
                    WHEN 'run_parked' THEN 'parked'
                    WHEN 'run_compensating' THEN 'compensating'
                    WHEN 'run_stopping' THEN 'stopping'
                    WHEN 'run_paused' THEN 'paused'
                    WHEN 'run_resumed' THEN 'running'
                    WHEN 'run_reopened' THEN 'running'
                END
         FROM fact
         WHERE fact.run = run.id
           AND fact ->> '$.fact' IN (
               'run_ended', 'run_parked', 'run_compensating', 'run_stopping', 'run_paused', 'run_resumed',
               'run_reopened')
         ORDER BY fact.seq DESC LIMIT 1),
        'running'
    ) AS state,
    (SELECT reason FROM fact
     WHERE fact.run = run.id AND fact ->> '$.fact' IN ('run_stopping', 'run_paused', 'run_resumed', 'run_reopened')
     ORDER BY fact.seq DESC LIMIT 1) AS reason,
    strftime('%Y-%m-%dT%H:%M:%fZ', run.started_unix_ms / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', run.ended_unix_ms / 1000.0, 'unixepoch') AS ended,
    run.seq AS facts,
    run.input
FROM run ORDER BY run.run;

CREATE VIEW steps AS
SELECT
    run.run, run.workflow, run.key AS run_key, step.key AS number, step.value AS step,
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
                                WHERE earlier.run = run.id AND earlier.fact ->> '$.step' = step.key
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
                END
         FROM fact
         WHERE fact.run = run.id AND fact ->> '$.step' = step.key
           AND fact ->> '$.fact' IN (
               'step_scheduled', 'step_held', 'step_released', 'attempt_crashed', 'attempt_failed', 'retry_due', 'gate_opened', 'step_fanned_out',
               'step_completed', 'step_failed', 'step_indeterminate', 'step_skipped', 'step_cancelled', 'step_not_run')
         ORDER BY fact.seq DESC LIMIT 1),
        'waiting'
    ) AS state,
    (SELECT CASE fact ->> '$.fact'
                WHEN 'compensation_completed' THEN 'done'
                WHEN 'compensation_failed' THEN 'failed'
                ELSE 'pending'
            END
     FROM fact
     WHERE fact.run = run.id AND fact ->> '$.step' = step.key AND fact ->> '$.fact' LIKE 'compensation_%'
     ORDER BY fact.seq DESC LIMIT 1) AS compensation,
    coalesce(
        (SELECT (fact ->> '$.attempt') - (fact ->> '$.fact' = 'step_held') FROM fact
         WHERE fact.run = run.id AND fact ->> '$.step' = step.key
           AND fact ->> '$.fact' IN ('step_scheduled', 'step_held')
         ORDER BY fact.seq DESC LIMIT 1),
        0
    ) AS attempts,
    (SELECT fact ->> '$.items' FROM fact
     WHERE fact.run = run.id AND fact ->> '$.step' = step.key AND fact ->> '$.fact' = 'step_fanned_out'
     ORDER BY fact.seq DESC LIMIT 1) AS fanned_out,
    (SELECT output FROM fact
     WHERE fact.run = run.id AND fact ->> '$.step' = step.key AND fact ->> '$.fact' = 'step_completed'
     ORDER BY fact.seq DESC LIMIT 1) AS output,
    (SELECT iif(json_type(fact, '$.because') = 'text',
                fact ->> '$.because',
                (SELECT reason.key || ' ' || other.key || ' ' || (plan.steps ->> ('$[' || other.value || ']'))
                 FROM json_each(fact, '$.because') AS reason, json_each(reason.value) AS other))
     FROM fact
     WHERE fact.run = run.id AND fact ->> '$.step' = step.key AND fact ->> '$.fact' = 'step_skipped'
     ORDER BY fact.seq DESC LIMIT 1) AS skipped_because
FROM run JOIN plan ON plan.fingerprint = run.plan, json_each(plan.steps) AS step
ORDER BY run.run, step.key;

CREATE VIEW attempts AS
SELECT
    run.run, plan.steps ->> ('$[' || (fact ->> '$.step') || ']') AS step,
    fact ->> '$.fact' LIKE 'compensation_%' AS compensation,
    fact ->> '$.attempt' AS attempt,
    fact ->> '$.fact' AS what,
    fact ->> '$.failure.cause' AS cause,
    fact.error, fact.output,
    strftime('%Y-%m-%dT%H:%M:%fZ', fact.at_unix_ms / 1000.0, 'unixepoch') AS at
FROM run JOIN plan ON plan.fingerprint = run.plan JOIN fact ON fact.run = run.id
WHERE fact ->> '$.attempt' IS NOT NULL
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
    timer.run, plan.steps ->> ('$[' || timer.step || ']') AS step, timer.compensation, timer.attempt,
    strftime('%Y-%m-%dT%H:%M:%fZ', timer.due_unix_ms / 1000.0, 'unixepoch') AS due
FROM timer JOIN run ON run.run = timer.run JOIN plan ON plan.fingerprint = run.plan
ORDER BY timer.due_unix_ms;
