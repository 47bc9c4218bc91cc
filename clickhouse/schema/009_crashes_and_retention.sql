-- What a commit is about to change beside its own rows, or takes back: written before its first row, because a row and
-- the one that takes it back may merge away before a start after a crash looks for them. Of no use once the commit is
-- closed.
CREATE TABLE watchtower.touched
(
    commit UInt64,
    record Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9),
    time DateTime('UTC'),
    queued DateTime('UTC'),
    orig String,
    rcpt String,
    messageId String,
    base UInt64,
    triple UInt64,
    ref UInt64,
    file UInt32
)
ENGINE = {{merge}}
PARTITION BY commit
ORDER BY time;

-- Before when (epoch s) raw events may be missing that were counted, because WATCHTOWER_RAW_DAYS was shorter than it is
-- now: the latest counts.
CREATE TABLE watchtower.closed
(
    until DateTime('UTC')
)
ENGINE = {{merge}}
ORDER BY until;
