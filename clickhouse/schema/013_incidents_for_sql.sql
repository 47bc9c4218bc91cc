-- The incidents as they are now, one row each, with what people said of them: for SQL of people's own.
CREATE VIEW IF NOT EXISTS watchtower.incident_list AS
SELECT
    i.id AS id, i.kind AS kind, i.severity AS severity, i.state AS state,
    i.provider AS provider, i.vmta AS vmta, i.pool AS pool, i.job AS job, i.sender AS senderDomain, i.node AS node,
    i.start AS start, i.finish AS end,
    fromUnixTimestamp64Milli(i.detected, 'UTC') AS detectedAt,
    i.historical AS historical, i.sentence AS sentence,
    i.rate AS rate, i.baseline AS baseline, i.waiting AS waiting, i.attempts AS attempts,
    i.symptomOf AS symptomOf, i.mostlyJob AS mostlyJob, i.mostlySender AS mostlySender, i.mostlyIp AS mostlyIp,
    n.ackBy AS ackBy, n.note AS note
FROM watchtower.incidents AS i FINAL
LEFT JOIN (SELECT * FROM watchtower.incident_notes FINAL) AS n ON n.id = i.id
WHERE i.state != 'retracted';
