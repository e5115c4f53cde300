-- While this row stands, no timeout of an order and no deadline of a call fires. At most one.
CREATE TABLE waybill_timeout_hold (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    held_by TEXT NOT NULL,
    since INTEGER NOT NULL,
    why TEXT NOT NULL,
    -- When it ends by itself; NULL: it stands until it is released.
    until INTEGER CHECK (until >= since)
) STRICT;

-- Calls that wait for an answer, by deadline: those of one moment end in the order of their orders' numbers.
CREATE INDEX waybill_call_due ON call (deadline, stream, number) WHERE state = 'open' AND unanswered_at IS NULL;
