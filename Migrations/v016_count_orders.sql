-- How many orders there are of each workflow text in each status: kept by every write that changes one, so that no
-- question counts them. What no order is in has no row.
CREATE TABLE waybill_order_count (
    workflow INTEGER NOT NULL,
    status TEXT NOT NULL,
    orders INTEGER NOT NULL CHECK (orders > 0),
    PRIMARY KEY (workflow, status)
) STRICT, WITHOUT ROWID;

-- Orders up to this number are in the counts. Those that earlier releases have placed are counted bit by bit, and then
-- the setting goes: without it all are.
INSERT INTO setting (name, value) SELECT 'orders counted to', 0 WHERE EXISTS (SELECT 1 FROM orders);
