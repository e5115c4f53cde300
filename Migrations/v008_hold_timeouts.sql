-- While this row stands, no timeout of an order and no deadline of a call fires. At most one.
CREATE TABLE timeout_hold (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    held_by TEXT NOT NULL,
    since INTEGER NOT NULL,
    why TEXT NOT NULL,
    -- When it ends by itself; NULL: it stands until it is released.
    until INTEGER CHECK (until >= since)
) STRICT;
