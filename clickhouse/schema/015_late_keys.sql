-- By what a complaint or remote bounce may name its message, and where it stands: half a hash of the recipient, of the
-- Message-Id (of the message key where there is none), of the site's own header and, where it was all there was to go by, of
-- the return path. A page of messages asks for a hundred
-- of each, and mostly there are none: among late events alone that is a look into a small table, among all events it was
-- a block of every week for each.
CREATE TABLE watchtower.late_keys
(
    key UInt32 CODEC(Delta, ZSTD(1)),
    time DateTime('UTC') CODEC(ZSTD(1)),
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9) CODEC(ZSTD(1)),
    vmta LowCardinality(String) CODEC(ZSTD(1)),
    events Int64 CODEC(ZSTD(1))
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (key, time, record, vmta)
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.late_keys_view TO watchtower.late_keys AS
SELECT
    toUInt32(arrayJoin(arrayFilter(hash -> hash != 0, [if(messageId = '', message, cityHash64(messageId)), if(e.rcpt = '', 0, cityHash64(lower(e.rcpt))), ref, if(startsWith(method, 'orig+time'), cityHash64(lower(e.orig)), 0)]))) AS key,
    toStartOfHour(e.time) AS time, record, vmta, toInt64(sign) AS events
FROM watchtower.events AS e
WHERE role = 0 AND record IN ('f', 'remote');

TRUNCATE TABLE watchtower.late_keys;

FILL watchtower.late_keys;

-- The header was in the lookup of messages until now.
DROP VIEW IF EXISTS watchtower.event_ids_view;

ALTER TABLE watchtower.event_ids DELETE WHERE record IN ('f', 'remote') SETTINGS mutations_sync = 2;

INSERT INTO watchtower.event_ids (id, time, record, vmta, events)
SELECT toUInt32(if(messageId = '', message, cityHash64(messageId))), toStartOfHour(e.time), record, vmta, toInt64(sign)
FROM watchtower.events AS e
WHERE role = 0 AND record IN ('f', 'remote') AND (messageId != '' OR message != 0)
SETTINGS async_insert = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0;

CREATE MATERIALIZED VIEW watchtower.event_ids_view TO watchtower.event_ids AS
SELECT toUInt32(if(messageId = '', message, cityHash64(messageId))) AS id, toStartOfHour(e.time) AS time, record, vmta, toInt64(sign) AS events
FROM watchtower.events AS e
WHERE role = 0 AND (messageId != '' OR message != 0);
