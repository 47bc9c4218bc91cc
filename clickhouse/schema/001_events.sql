-- Every event and every source row, signed. A correction (a richer copy, a deletion, a completed id) is one insert
-- holding -1 rows for what was and +1 rows for what is; sum(sign) is the only honest count. role 0 is a counted
-- event, role 1 a source row kept for later: a shadowed copy, or the native form of a completed event.
-- `time` itself is not in the sort key: with it, a range of times would no longer prune by the hour.
CREATE TABLE watchtower.events
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
    destinationIp String CODEC(ZSTD(1)),
    bounceCategory LowCardinality(String),
    bounceClass Enum8('' = 0, 'hard' = 1, 'soft' = 2, 'block' = 3),
    smtpStatus LowCardinality(String),
    diag String CODEC(ZSTD(1)),
    size UInt64 CODEC(T64, ZSTD(1)),
    latency Int32 CODEC(T64, ZSTD(1)),
    queued DateTime('UTC') CODEC(Delta, ZSTD(1)),
    orig String CODEC(ZSTD(1)),
    rcpt String CODEC(ZSTD(1)),
    messageId String CODEC(ZSTD(1)),
    envId String CODEC(ZSTD(1)),
    queue LowCardinality(String),
    mx LowCardinality(String),
    rbType LowCardinality(String),
    feedbackType LowCardinality(String),
    userAgent LowCardinality(String),
    reportingMta LowCardinality(String),
    headers Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    base UInt64 CODEC(NONE),
    triple UInt64 CODEC(NONE),
    message UInt64 CODEC(NONE),
    ref UInt64 CODEC(LZ4),
    lacks UInt8 CODEC(LZ4),
    role UInt8 CODEC(LZ4),
    completed UInt8 CODEC(LZ4),
    method LowCardinality(String),
    confidence Float32 CODEC(LZ4),
    rank UInt64 CODEC(LZ4),
    file UInt32 CODEC(LZ4),
    line UInt32 CODEC(Delta, ZSTD(1)),
    ver UInt64 CODEC(LZ4),
    commit UInt64 CODEC(LZ4),
    sign Int8,
    INDEX lacks_index lacks TYPE minmax GRANULARITY 1,
    INDEX sign_index sign TYPE minmax GRANULARITY 1,
    INDEX file_index file TYPE minmax GRANULARITY 1,
    INDEX message_id_index messageId TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX rcpt_index lower(rcpt) TYPE bloom_filter(0.01) GRANULARITY 4,
    INDEX ref_index ref TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = {{collapsing}}
PARTITION BY toYYYYMMDD(time)
ORDER BY (toStartOfHour(time), record, vmta, file, line, role, ver)
SETTINGS {{deduplication}};
