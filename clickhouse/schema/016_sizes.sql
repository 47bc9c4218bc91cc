-- Deliveries counted by size: a histogram of a month read every event. `bucket` is the least size of its bucket; the edges
-- are those of the model, 100, 200, 500 and so on.
CREATE TABLE watchtower.size_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, pool, vmta, provider, bucket)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.size_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    pool LowCardinality(String),
    vmta LowCardinality(String),
    provider LowCardinality(String),
    bucket UInt32,
    n Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (time, pool, vmta, provider, bucket)
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.size_day_view TO watchtower.size_day AS
SELECT toStartOfDay(s.time) AS time, pool, vmta, provider, bucket, sum(n) AS n
FROM watchtower.size_hour AS s
GROUP BY time, pool, vmta, provider, bucket;

CREATE MATERIALIZED VIEW watchtower.size_hour_view TO watchtower.size_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    pool, vmta, if(position(e.provider, '.') > 0, 'other', e.provider) AS provider,
    toUInt32(roundDown(size, [1, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000, 20000000, 50000000, 100000000])) AS bucket,
    sum(toInt64(sign)) AS n
FROM watchtower.events AS e
WHERE role = 0 AND record = 'd' AND size > 0
GROUP BY time, pool, vmta, provider, bucket;

TRUNCATE TABLE watchtower.size_hour;

TRUNCATE TABLE watchtower.size_day;

FILL watchtower.size_hour;
