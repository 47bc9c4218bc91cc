-- Why a server did not take a message, or not yet: the reply without what differs from message to message, so that one
-- reason is one text; where nobody answered, the bounce category, else the status. It is a function of the record and the reply, so every copy and every correction of a row has the
-- same one, and events that were loaded before have it too (their parts make it when they are read, until they merge).
-- Each step works on the distinct replies of a block, not on its rows; the ids at the end of Gmail's go first, as no two
-- are equal. Status codes and the codes of vendors stay.
-- A change here is a new schema file, which has to fill the rollups by reason anew.
ALTER TABLE watchtower.events ADD COLUMN IF NOT EXISTS reason LowCardinality(String) DEFAULT
leftUTF8(trimBoth(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpAll(
    replaceRegexpOne(
    toLowCardinality(multiIf(record IN ('d', 'f', 'r'), '', endsWith(diag, ' - gsmtp'), replaceRegexpOne(diag, '[\\w+/=-]+(?: [\\w+/=.-]+)? - gsmtp$', '<n>'), diag != '', diag, bounceCategory != '', toString(bounceCategory), toString(smtpStatus))),
    '(?i)^\\s*smtp;\\s*', ''),
    '(?i)(?:https?://)?[a-z0-9.-]*\\b(spamhaus|spamcop|barracudacentral|sorbs|uceprotect|surbl|uribl|abusix|cloudmark|proofpoint|mimecast|senderscore|senderbase|trendmicro|abuseat)\\.[a-z]{2,4}\\b(?:/[^\\s"\'<>)\\]]*)?', '\\1'),
    '(?i)\\b(?:https?://|www\\.)[^\\s#"\'<>)\\]]+', '<url>'),
    '<?[^\\s<>@()"\',;:\\[\\]]+@[A-Za-z0-9.-]+>?', '<address>'),
    '(?:(?i:mon|tue|wed|thu|fri|sat|sun), )?[0-9]{1,2} (?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* [0-9]{4} [0-9:]{5,8}(?: [+-][0-9]{4})?(?: \\([A-Z]+\\))?|(?:[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ])?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})(?:[.,][0-9]+)?(?:Z\\b| ?[+-][0-9]{2}:?[0-9]{2}\\b)?', '<time>'),
    '\\[?\\b[0-9]{1,3}(?:\\.[0-9]{1,3}){3}\\b(?:/[0-9]{1,2}\\b)?(?: +[0-9]+\\])?\\]?|\\[?(?:(?i:ipv6):)?\\b(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})*\\b(?: +[0-9]+\\])?\\]?', '<ip>'),
    '\\b[A-Za-z](?:[A-Za-z0-9_-]*\\.)+(?:[a-z]{2,24}|[A-Z]{2,4})\\b', '<host>'),
    '[\\w+/=-]+(?: [\\w+/=.-]+)? - gsmtp|\\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\\b|\\[[\\w.+/=-]*[0-9][\\w.+/=-]{7,}\\]|\\[[\\w.+/=-]{7,}[0-9][\\w.+/=-]*\\]|\\([A-Z]+[0-9]+-[A-Z0-9]+\\)|\\b(?:\\w*[0-9][A-Za-z]\\w*|\\w*[a-z][0-9]{2,}|[A-Za-z]*[0-9]{7,}|SBL[0-9]+)\\b', '<n>'),
    '([ (=:#\\[])(?:[0-9]{1,6}|[0-9]{1,2}\\.[0-9]{1,3})(?:[ :/-]+[0-9]{1,6})*([ ),;:\\]%]|\\.? |\\.?$)', '\\1<n>\\2'),
    '\\s\\s+|[\\t\\r\\n]', ' ')), 300) AFTER diag;

-- What failed, by reason, provider (unlisted ones are other) and job: a failed event adds at most one row, however many
-- reasons there are.
CREATE TABLE watchtower.failure_hour
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    reason LowCardinality(String),
    provider LowCardinality(String),
    job LowCardinality(String),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (time, reason, provider, job)
SETTINGS {{deduplication}};

CREATE TABLE watchtower.failure_day
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    reason LowCardinality(String),
    provider LowCardinality(String),
    job LowCardinality(String),
    bounced Int64 CODEC(T64, LZ4),
    hardBounced Int64 CODEC(T64, LZ4),
    blocked Int64 CODEC(T64, LZ4),
    expired Int64 CODEC(T64, LZ4),
    deferrals Int64 CODEC(T64, LZ4),
    blockDeferrals Int64 CODEC(T64, LZ4),
    queueDeferrals Int64 CODEC(T64, LZ4),
    blocks Int64 CODEC(T64, LZ4),
    remoteBounces Int64 CODEC(T64, LZ4),
    statuses Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYear(time)
ORDER BY (time, reason, provider, job)
SETTINGS {{deduplication}};

CREATE MATERIALIZED VIEW watchtower.failure_day_view TO watchtower.failure_day AS
SELECT toStartOfDay(h.time) AS time, reason, provider, job, sum(bounced) AS bounced, sum(hardBounced) AS hardBounced, sum(blocked) AS blocked, sum(expired) AS expired, sum(deferrals) AS deferrals, sum(blockDeferrals) AS blockDeferrals, sum(queueDeferrals) AS queueDeferrals, sum(blocks) AS blocks, sum(remoteBounces) AS remoteBounces, sum(statuses) AS statuses
FROM watchtower.failure_hour AS h
GROUP BY time, reason, provider, job;

CREATE MATERIALIZED VIEW watchtower.failure_hour_view TO watchtower.failure_hour AS
SELECT
    toStartOfHour(e.time) AS time,
    reason,
    listed AS provider,
    job,
    sum(sign * (record = 'b')) AS bounced,
    sum(sign * (record = 'b' AND bounceClass = 'hard')) AS hardBounced,
    sum(sign * (record = 'b' AND bounceClass = 'block')) AS blocked,
    sum(sign * (record = 'b' AND bounceCategory = 'message-expired')) AS expired,
    sum(sign * (record = 't')) AS deferrals,
    sum(sign * (record = 't' AND bounceClass = 'block')) AS blockDeferrals,
    sum(sign * (record = 'tq')) AS queueDeferrals,
    sum(sign * (record = 'block')) AS blocks,
    sum(sign * (record = 'remote')) AS remoteBounces,
    sum(sign * (record = 'rs')) AS statuses
FROM
(
    SELECT time, sign, record, bounceClass, bounceCategory, job, reason,
        if(position(provider, '.') > 0, 'other', provider) AS listed
    FROM watchtower.events
    WHERE role = 0 AND record NOT IN ('d', 'f', 'r')
) AS e
GROUP BY time, reason, listed, job;

-- A store that held events before is filled from them; after a crash, from the beginning.
TRUNCATE TABLE watchtower.failure_hour;
TRUNCATE TABLE watchtower.failure_day;

FILL watchtower.failure_hour;

-- All counters by reason, provider and job: deliveries, complaints and receptions have no reason, and are known from the
-- pairs.
CREATE VIEW IF NOT EXISTS watchtower.reason_hour AS
SELECT time, reason, provider, job, toInt64(0) AS delivered, bounced, hardBounced, blocked, expired, deferrals, blockDeferrals, queueDeferrals, toInt64(0) AS complaints, blocks, remoteBounces, toInt64(0) AS received, statuses, toInt64(0) AS bytes, toInt64(0) AS sized, toInt64(0) AS latencySum, toInt64(0) AS latencyCount, toInt64(0) AS latencyExcluded
FROM watchtower.failure_hour
UNION ALL
SELECT time, toLowCardinality('') AS reason, a AS provider, b AS job, delivered, toInt64(0) AS bounced, toInt64(0) AS hardBounced, toInt64(0) AS blocked, toInt64(0) AS expired, toInt64(0) AS deferrals, toInt64(0) AS blockDeferrals, toInt64(0) AS queueDeferrals, complaints, toInt64(0) AS blocks, toInt64(0) AS remoteBounces, received, toInt64(0) AS statuses, bytes, sized, latencySum, latencyCount, latencyExcluded
FROM watchtower.pair_hour
WHERE pair = 'provider_job';

CREATE VIEW IF NOT EXISTS watchtower.reason_day AS
SELECT time, reason, provider, job, toInt64(0) AS delivered, bounced, hardBounced, blocked, expired, deferrals, blockDeferrals, queueDeferrals, toInt64(0) AS complaints, blocks, remoteBounces, toInt64(0) AS received, statuses, toInt64(0) AS bytes, toInt64(0) AS sized, toInt64(0) AS latencySum, toInt64(0) AS latencyCount, toInt64(0) AS latencyExcluded
FROM watchtower.failure_day
UNION ALL
SELECT time, toLowCardinality('') AS reason, a AS provider, b AS job, delivered, toInt64(0) AS bounced, toInt64(0) AS hardBounced, toInt64(0) AS blocked, toInt64(0) AS expired, toInt64(0) AS deferrals, toInt64(0) AS blockDeferrals, toInt64(0) AS queueDeferrals, complaints, toInt64(0) AS blocks, toInt64(0) AS remoteBounces, received, toInt64(0) AS statuses, bytes, sized, latencySum, latencyCount, latencyExcluded
FROM watchtower.pair_day
WHERE pair = 'provider_job';

-- What the rules say of every reason that was seen. Made anew from the rules at every start: the newest version counts.
CREATE TABLE watchtower.reason_rules
(
    reason String,
    class LowCardinality(String),
    vendor LowCardinality(String),
    code LowCardinality(String),
    rule LowCardinality(String),
    version UInt64
)
ENGINE = {{replacing}}
ORDER BY reason;

-- Who owns a job, as people say it: the newest version counts, an empty user takes an entry back.
CREATE TABLE watchtower.job_users
(
    job String,
    user String,
    version UInt64
)
ENGINE = {{replacing}}
ORDER BY job;

-- Who owns a job by a custom header of its mail: events that name a user. Filled by a view that the service makes for
-- the header it is told (WATCHTOWER_USER_HEADER).
CREATE TABLE watchtower.header_users
(
    time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    job LowCardinality(String),
    user LowCardinality(String),
    events Int64 CODEC(T64, LZ4)
)
ENGINE = {{summing}}
PARTITION BY toYYYYMM(time)
ORDER BY (job, user, time)
SETTINGS {{deduplication}};

-- The user of every job that has one: what people say comes first, then the header's value with the most events (of
-- equal ones the last by alphabet), so that the order of arrival does not matter.
CREATE VIEW IF NOT EXISTS watchtower.users AS
SELECT job, argMax(owner, told) AS user, max(told) AS said
FROM
(
    SELECT job, argMax(user, version) AS owner, 1 AS told
    FROM watchtower.job_users
    GROUP BY job
    HAVING owner != ''
    UNION ALL
    SELECT job, argMax(user, (amount, user)) AS owner, 0 AS told
    FROM (SELECT toString(h.job) AS job, toString(h.user) AS user, sum(h.events) AS amount FROM watchtower.header_users AS h GROUP BY job, user HAVING amount > 0)
    GROUP BY job
)
GROUP BY job;
