-- 64 bits of a digest over the row's other columns, by which damage of rows is found that nothing else implies. NULL: a
-- release before this one wrote the row; its next change gives it one. Of messages only those have one that say more
-- than their event does.
ALTER TABLE workflow ADD COLUMN digest INTEGER;
ALTER TABLE refusal ADD COLUMN digest INTEGER;
ALTER TABLE command ADD COLUMN digest INTEGER;
ALTER TABLE command_shelf ADD COLUMN digest INTEGER;
ALTER TABLE topic ADD COLUMN digest INTEGER;
ALTER TABLE stored_queue ADD COLUMN digest INTEGER;
ALTER TABLE message ADD COLUMN digest INTEGER;
ALTER TABLE pending_message ADD COLUMN digest INTEGER;
ALTER TABLE timeout_retry ADD COLUMN digest INTEGER;
ALTER TABLE call ADD COLUMN digest INTEGER;
ALTER TABLE job ADD COLUMN digest INTEGER;
ALTER TABLE setting ADD COLUMN digest INTEGER;
ALTER TABLE client_group ADD COLUMN digest INTEGER;
ALTER TABLE cursor ADD COLUMN digest INTEGER;
ALTER TABLE redelivery ADD COLUMN digest INTEGER;
ALTER TABLE fifo_lease ADD COLUMN digest INTEGER;
ALTER TABLE filter ADD COLUMN digest INTEGER;
ALTER TABLE effect ADD COLUMN digest INTEGER;
ALTER TABLE waybill_timeout_hold ADD COLUMN digest INTEGER;
