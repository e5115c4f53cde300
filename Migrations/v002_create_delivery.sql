-- Who consumes what, how far each group came, and what it is still owed. All times and lengths are milliseconds.

ALTER TABLE topic ADD COLUMN type TEXT NOT NULL DEFAULT 'mixed'
    CHECK (type IN ('normal', 'fifo', 'delay', 'transaction', 'mixed'));

-- RocketMQ's queues: labels over the stored ones, so their number may change at any time.
ALTER TABLE topic ADD COLUMN queues INTEGER NOT NULL DEFAULT 4 CHECK (queues BETWEEN 1 AND 1024);

-- Raised when a topic of the same name is made again: receipts and handles of the earlier one are refused by it.
ALTER TABLE topic ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1 CHECK (epoch > 0);

-- Below this size all that is owed is kept, beyond it the oldest goes.
ALTER TABLE topic ADD COLUMN bytes_max INTEGER NOT NULL DEFAULT 10737418240 CHECK (bytes_max > 0);

-- How long messages stay that nobody is owed.
ALTER TABLE topic ADD COLUMN retention INTEGER NOT NULL DEFAULT 604800000 CHECK (retention >= 0);

UPDATE topic SET epoch =
    (SELECT count(*) FROM topic AS earlier WHERE earlier.name = topic.name AND earlier.number <= topic.number);

CREATE UNIQUE INDEX topic_by_epoch ON topic (name, epoch);

-- When a delayed or half message got its place; NULL: it had it from its birth.
ALTER TABLE message ADD COLUMN visible_at INTEGER;

CREATE INDEX pending_message_undecided ON pending_message (number) WHERE state IN ('half', 'parked');

-- Consumer groups. A number is never used twice: a deleted group keeps its row, so that the next one of its name gets
-- the next epoch.
CREATE TABLE client_group (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    fifo INTEGER NOT NULL CHECK (fifo IN (0, 1)),
    -- Each client gets everything, from a position of its own in memory.
    broadcast INTEGER NOT NULL CHECK (broadcast IN (0, 1)),
    attempts_max INTEGER NOT NULL CHECK (attempts_max > 0),
    -- Waiting times before the second, third ... delivery, separated by commas.
    ladder TEXT NOT NULL CHECK (ladder <> ''),
    -- How long a delivery stays invisible to others unless its consumer says otherwise.
    invisible INTEGER NOT NULL CHECK (invisible > 0),
    created_at INTEGER NOT NULL,
    -- When a consumer was last seen, to the hour.
    last_used_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX client_group_by_name ON client_group (name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX client_group_by_epoch ON client_group (name, epoch);

-- How far a group came in a stored queue. Every message below the floor is acknowledged, dead, skipped, or has a
-- redelivery row.
CREATE TABLE cursor (
    group_number INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    -- Raised by a look-back: receipts of the earlier course are refused by it.
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    floor INTEGER NOT NULL CHECK (floor >= 0),
    -- What is acknowledged above the floor, such as 3-5,9; at most 1,000 ranges.
    ranges TEXT NOT NULL CHECK (length(ranges) <= 32768),
    -- No message from here on was ever handed out. Raised in steps, before the first delivery beyond it.
    delivered_through INTEGER NOT NULL CHECK (delivered_through >= 0),
    -- The floor before a look-back: messages below it arrive marked as replayed.
    fence INTEGER CHECK (fence >= 0),
    -- Retention took messages below this offset that the group was owed.
    gap INTEGER CHECK (gap >= 0),
    PRIMARY KEY (group_number, queue)
) STRICT, WITHOUT ROWID;

-- Only the exceptions: messages that wait behind a key, are parked, or come again when due.
CREATE TABLE redelivery (
    group_number INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    offset INTEGER NOT NULL CHECK (offset >= 0),
    -- Deliveries so far.
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'due', 'parked')),
    -- Stands in timeout too, which decides when it comes.
    due INTEGER,
    message_group TEXT,
    PRIMARY KEY (group_number, queue, offset),
    CHECK ((due IS NOT NULL) = (state = 'due')),
    CHECK (state <> 'waiting' OR message_group IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX redelivery_by_state ON redelivery (group_number, queue, state, offset);
CREATE INDEX redelivery_by_message_group ON redelivery (group_number, queue, message_group, offset)
    WHERE message_group IS NOT NULL;

-- The message group that is in flight: after a crash it, and only it, waits for its holder.
CREATE TABLE fifo_lease (
    group_number INTEGER NOT NULL,
    -- Two topics may use the same message group, such as the order's id; neither waits for the other.
    topic INTEGER NOT NULL,
    message_group TEXT NOT NULL,
    queue INTEGER NOT NULL,
    offset INTEGER NOT NULL CHECK (offset >= 0),
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    client TEXT NOT NULL,
    boot INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (group_number, topic, message_group)
) STRICT, WITHOUT ROWID;

-- The expressions by which a group's consumers choose messages of a topic.
CREATE TABLE filter (
    group_number INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    topic INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('tag', 'sql')),
    expression TEXT NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (group_number, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX filter_by_expression ON filter (group_number, topic, type, expression);

-- What a group has done for a message, so that a look-back does not do it again.
CREATE TABLE effect (
    group_number INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- NULL: begun outside the file, and not known to be done.
    result TEXT,
    PRIMARY KEY (group_number, message_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX effect_in_doubt ON effect (group_number, at) WHERE result IS NULL;

-- Where messages lie by the hash of their key or id. Days leave from the low end.
CREATE TABLE message_key (
    day INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    place INTEGER NOT NULL CHECK (place > 0),
    PRIMARY KEY (day, hash, place)
) STRICT, WITHOUT ROWID;
