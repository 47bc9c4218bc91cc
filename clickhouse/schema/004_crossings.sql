-- Crossings of several dimensions, each in the shortest table that holds them. `job` has every dimension that mail is
-- followed by, `flow` all but those that make it long; unlisted providers are one, `other`. Backlog: how many more
-- messages wait at the end of a minute than at its beginning, and how many wait when a day begins.
CREATE TABLE watchtower.job_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    node LowCardinality(String),
    sourceIp LowCardinality(String),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    sender LowCardinality(String),
    job LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    complaints Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    received Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4),
    bytes Int64 CODEC(T64, LZ4),
    sized Int64 CODEC(T64, LZ4),
    latencySum Int64 CODEC(T64, LZ4),
    latencyCount Int64 CODEC(T64, LZ4),
    latencyExcluded Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, node, sourceIp, pool, vmta, provider, senderDomain, sender, job)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.job_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    node LowCardinality(String),
    sourceIp LowCardinality(String),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    sender LowCardinality(String),
    job LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    complaints Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    received Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4),
    bytes Int64 CODEC(T64, LZ4),
    sized Int64 CODEC(T64, LZ4),
    latencySum Int64 CODEC(T64, LZ4),
    latencyCount Int64 CODEC(T64, LZ4),
    latencyExcluded Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (time, node, sourceIp, pool, vmta, provider, senderDomain, sender, job)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.flow_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    node LowCardinality(String),
    sourceIp LowCardinality(String),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    complaints Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    received Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4),
    bytes Int64 CODEC(T64, LZ4),
    sized Int64 CODEC(T64, LZ4),
    latencySum Int64 CODEC(T64, LZ4),
    latencyCount Int64 CODEC(T64, LZ4),
    latencyExcluded Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, node, sourceIp, pool, vmta, provider, senderDomain)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.flow_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    node LowCardinality(String),
    sourceIp LowCardinality(String),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    delivered Int64 CODEC(T64, LZ4),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    complaints Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    received Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4),
    bytes Int64 CODEC(T64, LZ4),
    sized Int64 CODEC(T64, LZ4),
    latencySum Int64 CODEC(T64, LZ4),
    latencyCount Int64 CODEC(T64, LZ4),
    latencyExcluded Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (time, node, sourceIp, pool, vmta, provider, senderDomain)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.flow_latency_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, pool, vmta, provider, senderDomain, bucket)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.flow_latency_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    senderDomain LowCardinality(String),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (time, pool, vmta, provider, senderDomain, bucket)
SETTINGS {{deduplication}};

-- `hour` is that of the final events a row comes from, so that the hours of a commit can be counted again.
CREATE TABLE watchtower.backlog_minute
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    a LowCardinality(String),
    b LowCardinality(String),
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    change Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (dimension, time, a, b, hour)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.backlog_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    a LowCardinality(String),
    b LowCardinality(String),
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    waiting Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (dimension, time, a, b, hour)
SETTINGS {{deduplication}};

-- Those that hang on another rollup come first: filling it fills them.
CREATE MATERIALIZED VIEW watchtower.job_day_view TO watchtower.job_day AS
SELECT toStartOfDay(s.time) AS time, node, sourceIp, pool, vmta, provider, senderDomain, sender, job, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(complaints) AS complaints, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(received) AS received, sum(statuses) AS statuses, sum(bytes) AS bytes, sum(sized) AS sized, sum(latencySum) AS latencySum, sum(latencyCount) AS latencyCount, sum(latencyExcluded) AS latencyExcluded
FROM watchtower.job_hour AS s
GROUP BY time, node, sourceIp, pool, vmta, provider, senderDomain, sender, job;

CREATE MATERIALIZED VIEW watchtower.flow_hour_view TO watchtower.flow_hour AS
SELECT s.time AS time, node, sourceIp, pool, vmta, provider, senderDomain, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(complaints) AS complaints, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(received) AS received, sum(statuses) AS statuses, sum(bytes) AS bytes, sum(sized) AS sized, sum(latencySum) AS latencySum, sum(latencyCount) AS latencyCount, sum(latencyExcluded) AS latencyExcluded
FROM watchtower.job_hour AS s
GROUP BY time, node, sourceIp, pool, vmta, provider, senderDomain;

CREATE MATERIALIZED VIEW watchtower.flow_day_view TO watchtower.flow_day AS
SELECT toStartOfDay(s.time) AS time, node, sourceIp, pool, vmta, provider, senderDomain, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(complaints) AS complaints, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(received) AS received, sum(statuses) AS statuses, sum(bytes) AS bytes, sum(sized) AS sized, sum(latencySum) AS latencySum, sum(latencyCount) AS latencyCount, sum(latencyExcluded) AS latencyExcluded
FROM watchtower.flow_hour AS s
GROUP BY time, node, sourceIp, pool, vmta, provider, senderDomain;

CREATE MATERIALIZED VIEW watchtower.flow_latency_day_view TO watchtower.flow_latency_day AS
SELECT toStartOfDay(s.time) AS time, pool, vmta, provider, senderDomain, bucket, sum(n) AS n
FROM watchtower.flow_latency_hour AS s
GROUP BY time, pool, vmta, provider, senderDomain, bucket;

CREATE MATERIALIZED VIEW watchtower.job_hour_view TO watchtower.job_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    node, sourceIp, pool, vmta, if(position(e.provider, '.') > 0, 'other', e.provider) AS provider, senderDomain, sender, job,
    sum(sign * (record = 'd')) AS delivered,
    sum(sign * (record = 'b')) AS bounced,
    sum(sign * (record = 'b' AND bounceClass = 'hard')) AS hardBounced,
    sum(sign * (record = 'b' AND bounceClass = 'block')) AS blocked,
    sum(sign * (record = 'b' AND bounceCategory = 'message-expired')) AS expired,
    sum(sign * (record = 't')) AS deferrals,
    sum(sign * (record = 't' AND bounceClass = 'block')) AS blockDeferrals,
    sum(sign * (record = 'tq')) AS queueDeferrals,
    sum(sign * (record = 'f')) AS complaints,
    sum(sign * (record = 'block')) AS blocks,
    sum(sign * (record = 'remote')) AS remoteBounces,
    sum(sign * (record = 'r')) AS received,
    sum(sign * (record = 'rs')) AS statuses,
    sum(sign * if(record = 'd', toInt64(size), 0)) AS bytes,
    sum(sign * (record = 'd' AND size > 0)) AS sized,
    sum(sign * if(record = 'd' AND latency >= 0, toInt64(latency), 0)) AS latencySum,
    sum(sign * (record = 'd' AND latency >= 0)) AS latencyCount,
    sum(sign * (record = 'd' AND latency < 0)) AS latencyExcluded
FROM watchtower.events AS e
WHERE role = 0
GROUP BY time, node, sourceIp, pool, vmta, provider, senderDomain, sender, job;

CREATE MATERIALIZED VIEW watchtower.flow_latency_hour_view TO watchtower.flow_latency_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    pool, vmta, if(position(e.provider, '.') > 0, 'other', e.provider) AS provider, senderDomain,
    toUInt32(if(latency < 64, latency, 64 + floor(log(latency / 64) / log(1.01)))) AS bucket,
    sum(toInt64(sign)) AS n
FROM watchtower.events AS e
WHERE role = 0 AND record = 'd' AND latency >= 0
GROUP BY time, pool, vmta, provider, senderDomain, bucket;

-- A message waits from the second it was queued to that of its final event, at most ten days. One that is queued and
-- final within a minute waits at the end of none.
CREATE MATERIALIZED VIEW watchtower.backlog_minute_view TO watchtower.backlog_minute AS
SELECT
    (arrayJoin([(toStartOfMinute(begun), 1), (toStartOfMinute(ended), -1)]) AS moment).1 AS time,
    place.1 AS dimension,
    place.2 AS a,
    place.3 AS b,
    toStartOfHour(ended) AS hour,
    sum(toInt64(sign * moment.2)) AS change
FROM
(
    SELECT time AS ended, greatest(queued, time - INTERVAL 10 DAY) AS begun, sign, provider, vmta, pool, job, sender, senderDomain
    FROM watchtower.events
    WHERE role = 0 AND record IN ('d', 'b') AND toUnixTimestamp(queued) > 0 AND queued <= time AND toStartOfMinute(begun) != toStartOfMinute(ended)
)
ARRAY JOIN [
    ('all', '', ''),
    ('provider', toString(provider), ''),
    ('vmta', toString(vmta), ''),
    ('pool', toString(pool), ''),
    ('job', toString(job), ''),
    ('sender', toString(sender), ''),
    ('senderDomain', toString(senderDomain), ''),
    ('provider_vmta', if(position(provider, '.') > 0, 'other', toString(provider)), toString(vmta)),
    ('provider_job', if(position(provider, '.') > 0, 'other', toString(provider)), toString(job)),
    ('provider_pool', if(position(provider, '.') > 0, 'other', toString(provider)), toString(pool))] AS place
GROUP BY time, dimension, a, b, hour
HAVING change != 0;

CREATE MATERIALIZED VIEW watchtower.backlog_day_view TO watchtower.backlog_day AS
SELECT
    toStartOfDay(begun) + toIntervalDay(arrayJoin(range(1, dateDiff('day', begun, ended) + 1))) AS time,
    place.1 AS dimension,
    place.2 AS a,
    place.3 AS b,
    toStartOfHour(ended) AS hour,
    sum(toInt64(sign)) AS waiting
FROM
(
    SELECT time AS ended, greatest(queued, time - INTERVAL 10 DAY) AS begun, sign, provider, vmta, pool, job, sender, senderDomain
    FROM watchtower.events
    WHERE role = 0 AND record IN ('d', 'b') AND toUnixTimestamp(queued) > 0 AND queued <= time AND toStartOfDay(begun) != toStartOfDay(ended)
)
ARRAY JOIN [
    ('all', '', ''),
    ('provider', toString(provider), ''),
    ('vmta', toString(vmta), ''),
    ('pool', toString(pool), ''),
    ('job', toString(job), ''),
    ('sender', toString(sender), ''),
    ('senderDomain', toString(senderDomain), ''),
    ('provider_vmta', if(position(provider, '.') > 0, 'other', toString(provider)), toString(vmta)),
    ('provider_job', if(position(provider, '.') > 0, 'other', toString(provider)), toString(job)),
    ('provider_pool', if(position(provider, '.') > 0, 'other', toString(provider)), toString(pool))] AS place
GROUP BY time, dimension, a, b, hour;

-- A store that held events before is filled from them; after a crash, from the beginning.
TRUNCATE TABLE watchtower.job_hour;
TRUNCATE TABLE watchtower.job_day;
TRUNCATE TABLE watchtower.flow_hour;
TRUNCATE TABLE watchtower.flow_day;
TRUNCATE TABLE watchtower.flow_latency_hour;
TRUNCATE TABLE watchtower.flow_latency_day;
TRUNCATE TABLE watchtower.backlog_minute;
TRUNCATE TABLE watchtower.backlog_day;

FILL watchtower.job_hour;
FILL watchtower.flow_latency_hour;
FILL watchtower.backlog_minute;
FILL watchtower.backlog_day;
