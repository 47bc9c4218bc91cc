-- Which job, sender and source IP most of what is wrong belongs to: alerts lead there. Empty where none has half of it.
ALTER TABLE watchtower.incidents
    ADD COLUMN IF NOT EXISTS mostlyJob String DEFAULT '' AFTER symptomOf,
    ADD COLUMN IF NOT EXISTS mostlySender String DEFAULT '' AFTER mostlyJob,
    ADD COLUMN IF NOT EXISTS mostlyIp String DEFAULT '' AFTER mostlySender;
