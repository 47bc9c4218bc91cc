-- The jobs, senders and source IPs that what is wrong belongs to, with their shares of it: [["job","J-17",0.62],…], the most
-- of each kind first.
ALTER TABLE watchtower.incidents
    ADD COLUMN IF NOT EXISTS behind String DEFAULT '[]' AFTER mostlyIp;
