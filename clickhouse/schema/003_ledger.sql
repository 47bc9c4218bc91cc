-- One row per file and change, the newest version counts; `entry` is the whole record as JSON.
CREATE TABLE watchtower.files
(
    id UInt32,
    version UInt64,
    status LowCardinality(String),
    entry String CODEC(ZSTD(1))
)
ENGINE = {{replacing}}
ORDER BY id;

-- What is in flight: a commit is written here before its insert and closed after it, so that a start after a crash
-- repeats exactly the same insert with the same token.
CREATE TABLE watchtower.commits
(
    id UInt64,
    version UInt64,
    state LowCardinality(String),
    payload String CODEC(ZSTD(1))
)
ENGINE = {{replacing}}
ORDER BY id;

-- Rows that could not be loaded, by the file's attempt.
CREATE TABLE watchtower.ingest_errors
(
    file UInt32,
    generation UInt32,
    line UInt32,
    reason String,
    raw String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{merge}}
ORDER BY (file, generation, line)
SETTINGS {{deduplication}};
