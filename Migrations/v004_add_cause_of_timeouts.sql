-- The event that gave a timeout its due time: the cause of the event by which it fires. NULL: not set by an event, or
-- set by an earlier release.

ALTER TABLE timeout ADD COLUMN cause INTEGER CHECK (cause > 0);
ALTER TABLE timeout_retry ADD COLUMN cause INTEGER CHECK (cause > 0);
