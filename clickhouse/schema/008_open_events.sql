-- The receptions and deferrals of messages that have no final event: what waits, and what is unresolved, without a look
-- at the events of those that are through. Signed like events, with the same file, line and ver; the committer writes
-- it, as one row's coming or going is told from other rows.
CREATE TABLE watchtower.open_events
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9),
    node LowCardinality(String),
    provider LowCardinality(String),
    domain LowCardinality(String),
    vmta LowCardinality(String),
    pool LowCardinality(String),
    job LowCardinality(String),
    sender LowCardinality(String),
    senderDomain LowCardinality(String),
    sourceIp LowCardinality(String),
    queued DateTime('UTC') CODEC(Delta, ZSTD(1)),
    message UInt64 CODEC(NONE),
    file UInt32 CODEC(LZ4),
    line UInt32 CODEC(Delta, ZSTD(1)),
    ver UInt64 CODEC(LZ4),
    sign Int8
)
ENGINE = {{collapsing}}
PARTITION BY toYYYYMMDD(time)
ORDER BY (message, file, line, ver)
SETTINGS {{deduplication}};

-- What the table holds of a day's events. A final event ends what its message logged up to an hour after it (clocks
-- differ), and not more than ten days before it.
CREATE VIEW IF NOT EXISTS watchtower.open_events_view AS
SELECT e.time AS time, record, node, provider, domain, vmta, pool, job, sender, senderDomain, sourceIp, queued, e.message AS message, file, line, ver, sign
FROM watchtower.events AS e
ASOF LEFT JOIN
(
    SELECT message, toInt64(f.time) AS ended, 1 AS ends
    FROM watchtower.events AS f
    WHERE role = 0 AND record IN ('d', 'b')
        AND f.time >= toDateTime({day:Date}, 'UTC') - INTERVAL 1 HOUR AND f.time < toDateTime({day:Date}, 'UTC') + INTERVAL 11 DAY
        AND message IN (SELECT message FROM watchtower.events AS s WHERE role = 0 AND record IN ('t', 'r') AND toDate(s.time) = {day:Date})
    GROUP BY message, ended
    HAVING sum(sign) > 0
) AS f ON e.message = f.message AND f.ended >= toInt64(e.time) - 3600
WHERE role = 0 AND record IN ('t', 'r') AND toDate(e.time) = {day:Date}
    AND NOT (ends AND ended < toInt64(e.time) + 864000);

-- A store that held events before is filled from them; after a crash, from the beginning.
TRUNCATE TABLE watchtower.open_events;

FILL watchtower.open_events;
