-- Where the events of a recipient, and of a message, stand: the first columns of the key of events (hour, record,
-- vmta), so that a few index blocks are read of however many events. A lookup is never the answer: it says where to
-- look, and `events` what is there. Signed and filled like the rollups, so what is taken back leaves it by itself.
-- TRUNCATE before the filling makes the upgrade of a store that has events repeatable after a crash.
CREATE TABLE watchtower.recipients
(
    rcpt String CODEC(ZSTD(1)),
    time DateTime('UTC') CODEC(ZSTD(1)),
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9) CODEC(ZSTD(1)),
    vmta LowCardinality(String) CODEC(ZSTD(1)),
    events Int64 CODEC(ZSTD(1))
)
ENGINE = {{summing}}
PARTITION BY toMonday(time)
ORDER BY (rcpt, time, record, vmta)
SETTINGS index_granularity = 256, {{deduplication}};

TRUNCATE TABLE watchtower.recipients;

INSERT INTO watchtower.recipients (rcpt, time, record, vmta, events)
SELECT lower(e.rcpt), toStartOfHour(e.time), record, vmta, toInt64(sign)
FROM watchtower.events AS e
WHERE role = 0 AND e.rcpt != ''
SETTINGS async_insert = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0;

CREATE MATERIALIZED VIEW watchtower.recipients_view TO watchtower.recipients AS
SELECT lower(e.rcpt) AS rcpt, toStartOfHour(e.time) AS time, record, vmta, toInt64(sign) AS events
FROM watchtower.events AS e
WHERE role = 0 AND e.rcpt != '';

-- `id` is half a hash: of the Message-Id, of the message key where a message has none, and of the site's own header of
-- a complaint or remote bounce, which may be all that it names its message by. Two that share an id cost a look.
CREATE TABLE watchtower.event_ids
(
    id UInt32 CODEC(Delta, ZSTD(1)),
    time DateTime('UTC') CODEC(ZSTD(1)),
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9) CODEC(ZSTD(1)),
    vmta LowCardinality(String) CODEC(ZSTD(1)),
    events Int64 CODEC(ZSTD(1))
)
ENGINE = {{summing}}
PARTITION BY toMonday(time)
ORDER BY (id, time, record, vmta)
SETTINGS index_granularity = 256, {{deduplication}};

TRUNCATE TABLE watchtower.event_ids;

INSERT INTO watchtower.event_ids (id, time, record, vmta, events)
SELECT toUInt32(arrayJoin(arrayFilter(key -> key != 0, [if(messageId = '', message, cityHash64(messageId)), if(record IN ('f', 'remote'), ref, 0)]))),
    toStartOfHour(e.time), record, vmta, toInt64(sign)
FROM watchtower.events AS e
WHERE role = 0
SETTINGS async_insert = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0;

CREATE MATERIALIZED VIEW watchtower.event_ids_view TO watchtower.event_ids AS
SELECT
    toUInt32(arrayJoin(arrayFilter(key -> key != 0, [if(messageId = '', message, cityHash64(messageId)), if(record IN ('f', 'remote'), ref, 0)]))) AS id,
    toStartOfHour(e.time) AS time, record, vmta, toInt64(sign) AS events
FROM watchtower.events AS e
WHERE role = 0;
