-- A delivery after the first is held by its row: who has it, and until when, outlives the process. No release before
-- this one has put rows into the table.

DROP TABLE redelivery;

-- Only the exceptions: what is waiting behind a key, comes again when due, is ready to, is held, or is parked.
CREATE TABLE redelivery (
    group_number INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    offset INTEGER NOT NULL CHECK (offset >= 0),
    -- Deliveries so far.
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'due', 'ready', 'held', 'parked')),
    -- When it comes, or when its holder must be done; stands in timeout too.
    due INTEGER,
    message_group TEXT,
    -- Of the one receipt that its holder has.
    nonce INTEGER,
    -- The group had finished it before a look-back.
    replayed INTEGER NOT NULL CHECK (replayed IN (0, 1)),
    PRIMARY KEY (group_number, queue, offset),
    CHECK ((due IS NOT NULL) = (state IN ('due', 'held'))),
    CHECK ((nonce IS NOT NULL) = (state = 'held')),
    CHECK (state <> 'waiting' OR message_group IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX redelivery_by_state ON redelivery (group_number, queue, state, offset);
CREATE INDEX redelivery_by_message_group ON redelivery (group_number, queue, message_group, offset)
    WHERE message_group IS NOT NULL;
