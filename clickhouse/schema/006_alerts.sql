-- What Grafana's notifications told the webhook: one row per alert and message, as it was told. Texts are cut.
CREATE TABLE watchtower.alerts
(
    at DateTime64(3, 'UTC') DEFAULT now64(3),
    status LowCardinality(String),
    rule String,
    labels Map(LowCardinality(String), String),
    summary String,
    startsAt Nullable(DateTime('UTC')),
    endsAt Nullable(DateTime('UTC')),
    fingerprint String
)
ENGINE = {{merge}}
PARTITION BY toYYYYMM(at)
ORDER BY at
SETTINGS {{deduplication}};
