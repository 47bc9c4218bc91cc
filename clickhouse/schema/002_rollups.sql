-- Short rollups, each for a family of questions, filled by views on events (role 0 only) and weighted by sign,
-- so that a correction corrects them in the same insert. Day tables hang on the hour tables and hold UTC days.
CREATE TABLE watchtower.totals_minute
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
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
ORDER BY time
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.totals_minute_view TO watchtower.totals_minute AS
SELECT
    toStartOfMinute(e.time) AS time,
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
GROUP BY time;

CREATE TABLE watchtower.dimension_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    value String CODEC(ZSTD(1)),
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
ORDER BY (dimension, time, value)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.pair_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pair LowCardinality(String),
    a LowCardinality(String),
    b LowCardinality(String),
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
ORDER BY (pair, time, a, b)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.latency_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    value String CODEC(ZSTD(1)),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (dimension, time, value, bucket)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.dimension_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    value String CODEC(ZSTD(1)),
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
ORDER BY (dimension, time, value)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.pair_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pair LowCardinality(String),
    a LowCardinality(String),
    b LowCardinality(String),
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
ORDER BY (pair, time, a, b)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.latency_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dimension LowCardinality(String),
    value String CODEC(ZSTD(1)),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (dimension, time, value, bucket)
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.dimension_hour_view TO watchtower.dimension_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    transform(grouping(provider, domain, vmta, pool, job, sender, senderDomain, sourceIp, node, bounceCategory, bounceClass, smtpStatus, eventType), [4095, 6143, 7167, 7679, 7935, 8063, 8127, 8159, 8175, 8183, 8187, 8189, 8190], ['provider', 'domain', 'vmta', 'pool', 'job', 'sender', 'senderDomain', 'sourceIp', 'node', 'bounceCategory', 'bounceClass', 'smtpStatus', 'eventType'], 'all') AS dimension,
    multiIf(
        dimension = 'provider', toString(provider),
        dimension = 'domain', toString(domain),
        dimension = 'vmta', toString(vmta),
        dimension = 'pool', toString(pool),
        dimension = 'job', toString(job),
        dimension = 'sender', toString(sender),
        dimension = 'senderDomain', toString(senderDomain),
        dimension = 'sourceIp', toString(sourceIp),
        dimension = 'node', toString(node),
        dimension = 'bounceCategory', toString(bounceCategory),
        dimension = 'bounceClass', toString(bounceClass),
        dimension = 'smtpStatus', toString(smtpStatus),
        dimension = 'eventType', toString(eventType),
        '') AS value,
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
FROM
(
    SELECT time, sign, record, size, latency, provider, domain, vmta, pool, job, sender, senderDomain, sourceIp, node, bounceCategory, bounceClass, smtpStatus,
        transform(toString(record), ['d', 'b', 't', 'tq', 'f', 'block', 'remote', 'r', 'rs'], ['acct', 'bounce', 'tran', 'tran', 'fbl', 'rb', 'bounce', 'received', 'status'], '') AS eventType
    FROM watchtower.events
    WHERE role = 0
) AS e
GROUP BY GROUPING SETS (
    (time),
    (time, provider),
    (time, domain),
    (time, vmta),
    (time, pool),
    (time, job),
    (time, sender),
    (time, senderDomain),
    (time, sourceIp),
    (time, node),
    (time, bounceCategory),
    (time, bounceClass),
    (time, smtpStatus),
    (time, eventType))
SETTINGS force_grouping_standard_compatibility = 1;

CREATE MATERIALIZED VIEW watchtower.dimension_day_view TO watchtower.dimension_day AS
SELECT toStartOfDay(h.time) AS time, dimension, value, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(complaints) AS complaints, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(received) AS received, sum(statuses) AS statuses, sum(bytes) AS bytes, sum(sized) AS sized, sum(latencySum) AS latencySum, sum(latencyCount) AS latencyCount, sum(latencyExcluded) AS latencyExcluded
FROM watchtower.dimension_hour AS h
GROUP BY time, dimension, value;

CREATE MATERIALIZED VIEW watchtower.pair_hour_view TO watchtower.pair_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    transform(grouping(vmta, job, pool), [3, 5, 6], ['provider_vmta', 'provider_job', 'provider_pool'], '') AS pair,
    listed AS a,
    multiIf(pair = 'provider_vmta', vmta, pair = 'provider_job', job, pool) AS b,
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
FROM
(
    SELECT time, sign, record, size, latency, bounceClass, bounceCategory, vmta, job, pool,
        if(position(provider, '.') > 0, 'other', provider) AS listed
    FROM watchtower.events
    WHERE role = 0
) AS e
GROUP BY GROUPING SETS ((time, listed, vmta), (time, listed, job), (time, listed, pool))
SETTINGS force_grouping_standard_compatibility = 1;

CREATE MATERIALIZED VIEW watchtower.pair_day_view TO watchtower.pair_day AS
SELECT toStartOfDay(h.time) AS time, pair, a, b, sum(delivered) AS delivered, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(complaints) AS complaints, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(received) AS received, sum(statuses) AS statuses, sum(bytes) AS bytes, sum(sized) AS sized, sum(latencySum) AS latencySum, sum(latencyCount) AS latencyCount, sum(latencyExcluded) AS latencyExcluded
FROM watchtower.pair_hour AS h
GROUP BY time, pair, a, b;

-- Deliveries counted by latency bucket: exact below 64 s, then a ratio of 1.01.
CREATE MATERIALIZED VIEW watchtower.latency_hour_view TO watchtower.latency_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    transform(grouping(provider, domain, vmta, pool, job, sender, senderDomain, sourceIp, node), [255, 383, 447, 479, 495, 503, 507, 509, 510], ['provider', 'domain', 'vmta', 'pool', 'job', 'sender', 'senderDomain', 'sourceIp', 'node'], 'all') AS dimension,
    multiIf(
        dimension = 'provider', toString(provider),
        dimension = 'domain', toString(domain),
        dimension = 'vmta', toString(vmta),
        dimension = 'pool', toString(pool),
        dimension = 'job', toString(job),
        dimension = 'sender', toString(sender),
        dimension = 'senderDomain', toString(senderDomain),
        dimension = 'sourceIp', toString(sourceIp),
        dimension = 'node', toString(node),
        '') AS value,
    bucket,
    sum(toInt64(sign)) AS n
FROM
(
    SELECT time, sign, provider, domain, vmta, pool, job, sender, senderDomain, sourceIp, node,
        toUInt32(if(latency < 64, latency, 64 + floor(log(latency / 64) / log(1.01)))) AS bucket
    FROM watchtower.events
    WHERE role = 0 AND record = 'd' AND latency >= 0
) AS e
GROUP BY GROUPING SETS (
    (time, bucket),
    (time, provider, bucket),
    (time, domain, bucket),
    (time, vmta, bucket),
    (time, pool, bucket),
    (time, job, bucket),
    (time, sender, bucket),
    (time, senderDomain, bucket),
    (time, sourceIp, bucket),
    (time, node, bucket))
SETTINGS force_grouping_standard_compatibility = 1;

CREATE MATERIALIZED VIEW watchtower.latency_day_view TO watchtower.latency_day AS
SELECT toStartOfDay(h.time) AS time, dimension, value, bucket, sum(n) AS n
FROM watchtower.latency_hour AS h
GROUP BY time, dimension, value, bucket;

-- What each file brought: counted events it owns, and the span of all its rows.
CREATE TABLE watchtower.file_totals
(
    file UInt32,
    events SimpleAggregateFunction(sum, Int64),
    firstEvent SimpleAggregateFunction(min, DateTime('UTC')),
    lastEvent SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = {{aggregating}}
ORDER BY file
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.file_totals_view TO watchtower.file_totals AS
SELECT file, sum(sign * (role = 0)) AS events, min(time) AS firstEvent, max(time) AS lastEvent
FROM watchtower.events
GROUP BY file;
