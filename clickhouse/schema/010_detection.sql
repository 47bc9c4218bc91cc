-- What looks for incidents counts in steps of five minutes. Short tables, each for a family of rules, filled by views
-- on events (role 0 only) and weighted by sign as all rollups are. Providers without an entry in the provider table
-- are one, `other`. Only deferrals have a reason here: what it says is looked up when it is read.
CREATE TABLE watchtower.attempt_step
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    provider LowCardinality(String),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    reason LowCardinality(String),
    bounceCategory LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    attempts Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, provider, pool, vmta, reason, bounceCategory)
SETTINGS {{deduplication}};

-- Mail without a job is followed by the domain of its sender.
CREATE TABLE watchtower.mailing_step
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    job LowCardinality(String),
    senderDomain LowCardinality(String),
    provider LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    complaints Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, job, senderDomain, provider)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.latency_step
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    provider LowCardinality(String),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, provider, bucket)
SETTINGS {{deduplication}};

-- Which VMTAs were heard of, and how far the logs of each node and record type go. Complaints and remote bounces name
-- the VMTA of an earlier delivery: it says nothing of whether that one works.
CREATE TABLE watchtower.activity_step
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    node LowCardinality(String),
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    events Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, node, record, pool, vmta)
SETTINGS {{deduplication}};

-- The last commit that changed anything in an hour.
CREATE TABLE watchtower.touched_hours
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    commit SimpleAggregateFunction(max, UInt64)
)
ENGINE = {{aggregating}}
ORDER BY time
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.attempt_step_view TO watchtower.attempt_step AS
SELECT
    toStartOfFiveMinutes(e.time) AS time,
    if(position(e.provider, '.') > 0, 'other', e.provider) AS provider,
    pool, vmta,
    if(record = 't', e.reason, '') AS reason,
    if(record = 't', e.bounceCategory, '') AS bounceCategory,
    sum(sign * (record = 'd')) AS delivered,
    sum(sign * (record IN ('d', 't') OR (record = 'b' AND e.bounceCategory != 'message-expired'))) AS attempts,
    sum(sign * (record = 't')) AS deferrals,
    sum(sign * (record = 'tq')) AS queueDeferrals
FROM watchtower.events AS e
WHERE role = 0 AND record IN ('d', 'b', 't', 'tq')
GROUP BY time, provider, pool, vmta, reason, bounceCategory;

CREATE MATERIALIZED VIEW watchtower.mailing_step_view TO watchtower.mailing_step AS
SELECT
    toStartOfFiveMinutes(e.time) AS time,
    job,
    if(job = '', e.senderDomain, '') AS senderDomain,
    if(position(e.provider, '.') > 0, 'other', e.provider) AS provider,
    sum(sign * (record = 'd')) AS delivered,
    sum(sign * (record = 'b')) AS bounced,
    sum(sign * (record = 'b' AND bounceClass = 'hard')) AS hardBounced,
    sum(sign * (record = 'f')) AS complaints
FROM watchtower.events AS e
WHERE role = 0 AND record IN ('d', 'b', 'f')
GROUP BY time, job, senderDomain, provider;

CREATE MATERIALIZED VIEW watchtower.latency_step_view TO watchtower.latency_step AS
SELECT
    toStartOfFiveMinutes(e.time) AS time,
    if(position(e.provider, '.') > 0, 'other', e.provider) AS provider,
    toUInt32(if(latency < 64, latency, 64 + floor(log(latency / 64) / log(1.01)))) AS bucket,
    sum(toInt64(sign)) AS n
FROM watchtower.events AS e
WHERE role = 0 AND record = 'd' AND latency >= 0
GROUP BY time, provider, bucket;

CREATE MATERIALIZED VIEW watchtower.activity_step_view TO watchtower.activity_step AS
SELECT
    toStartOfFiveMinutes(e.time) AS time,
    node, record,
    if(record IN ('f', 'remote'), '', e.pool) AS pool,
    if(record IN ('f', 'remote'), '', e.vmta) AS vmta,
    sum(toInt64(sign)) AS events
FROM watchtower.events AS e
WHERE role = 0
GROUP BY time, node, record, pool, vmta;

CREATE MATERIALIZED VIEW watchtower.touched_hours_view TO watchtower.touched_hours AS
SELECT toStartOfHour(e.time) AS time, max(e.commit) AS commit
FROM watchtower.events AS e
GROUP BY time;

-- A store that held events before is filled from them; after a crash, from the beginning.
TRUNCATE TABLE watchtower.attempt_step;
TRUNCATE TABLE watchtower.mailing_step;
TRUNCATE TABLE watchtower.latency_step;
TRUNCATE TABLE watchtower.activity_step;

FILL watchtower.attempt_step;
FILL watchtower.mailing_step;
FILL watchtower.latency_step;
FILL watchtower.activity_step;

-- One row per incident and change, the newest version counts. `state` is provisional, open, closed or retracted;
-- `finish` is the end so far. `detected` and `settled` (when it was closed) are moments of the clock in milliseconds, so is
-- `opened`: when it was first more than provisional. 0 stands for not yet.
CREATE TABLE watchtower.incidents
(
    id String,
    kind LowCardinality(String),
    severity LowCardinality(String),
    state LowCardinality(String),
    provider LowCardinality(String),
    domain LowCardinality(String),
    vmta LowCardinality(String),
    pool LowCardinality(String),
    job LowCardinality(String),
    sender LowCardinality(String),
    node LowCardinality(String),
    start DateTime('UTC'),
    finish DateTime('UTC'),
    opened Int64,
    detected Int64,
    settled Int64,
    historical UInt8,
    sentence String,
    rate Nullable(Float64),
    baseline Nullable(Float64),
    waiting Nullable(Float64),
    attempts Nullable(Float64),
    symptomOf String,
    version UInt64
)
ENGINE = {{replacing}}
ORDER BY id;

-- What people say of an incident: kept whatever becomes of it.
CREATE TABLE watchtower.incident_notes
(
    id String,
    ackBy String,
    note String,
    at DateTime64(3, 'UTC') DEFAULT now64(3),
    version UInt64
)
ENGINE = {{replacing}}
ORDER BY id;
