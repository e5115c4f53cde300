-- The journal and everything that is committed with it. All times are milliseconds since 1970.

-- What was asked and what came of it. Positions are gapless and assigned in memory, in commit order.
CREATE TABLE event (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    -- The position of the first event of the same order or stock row.
    stream INTEGER NOT NULL CHECK (stream BETWEEN 1 AND position),
    version INTEGER NOT NULL CHECK ((version = 1) = (stream = position) AND version > 0),
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    caller TEXT NOT NULL,
    -- The idempotency key of the command.
    key TEXT,
    -- The event that led to this one: a timeout, a parent, a call.
    cause INTEGER CHECK (cause < position),
    trace TEXT,
    lane TEXT NOT NULL,
    -- The number of the interpreter's rules under which it was decided.
    semantics INTEGER NOT NULL,
    -- 64 bits of a digest over this event and the digest before it.
    digest INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX event_by_stream ON event (stream, version);

-- Every version of a workflow that was ever used; orders name it by its small number.
CREATE TABLE workflow (
    number INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    first_used_at INTEGER NOT NULL
) STRICT;

CREATE INDEX workflow_by_name ON workflow (name, number);

-- The fold of each order's events.
CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    workflow INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    status TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    lane TEXT NOT NULL,
    -- Child orders: the order that spawned it, and the one at the top.
    parent INTEGER CHECK (parent < number),
    root INTEGER CHECK ((root IS NULL) = (parent IS NULL)),
    -- Configuration, context, natural keys, holdings, pending timeouts.
    state TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX orders_by_id ON orders (id);
CREATE INDEX orders_by_status ON orders (status, number);
CREATE INDEX orders_by_parent ON orders (parent, number) WHERE parent IS NOT NULL;

CREATE TABLE order_attribute (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (name, value, number)
) STRICT, WITHOUT ROWID;

-- Why an order did not move. Stream 0 collects what belongs to no order.
CREATE TABLE refusal (
    stream INTEGER NOT NULL CHECK (stream >= 0),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at INTEGER NOT NULL,
    order_id TEXT NOT NULL,
    command TEXT NOT NULL,
    caller TEXT NOT NULL,
    key TEXT,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (stream, sequence)
) STRICT, WITHOUT ROWID;

-- The answer to every keyed command of the last day. A generation is 8 hours, so that inserts touch one subtree.
CREATE TABLE command (
    generation INTEGER NOT NULL,
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    -- 64 bits of a digest over what was asked: the same key with another request is refused.
    fingerprint INTEGER NOT NULL,
    stream INTEGER,
    version INTEGER,
    -- The refusal that was answered; NULL: it was accepted as this version of this stream.
    refusal TEXT,
    PRIMARY KEY (generation, caller, key),
    CHECK (refusal IS NOT NULL OR (stream IS NOT NULL AND version IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- How much there is of what, and where. The fold of the stock's events and of the orders' movements.
CREATE TABLE stock (
    number INTEGER PRIMARY KEY,
    sku TEXT NOT NULL,
    location TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    received INTEGER NOT NULL,
    adjusted INTEGER NOT NULL,
    free INTEGER NOT NULL CHECK (free >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    sold INTEGER NOT NULL CHECK (sold >= 0),
    CHECK (received + adjusted = free + reserved + sold)
) STRICT;

CREATE UNIQUE INDEX stock_by_key ON stock (sku, location);

CREATE TABLE topic (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE UNIQUE INDEX topic_by_name ON topic (name) WHERE deleted_at IS NULL;

-- Where messages lie. A number is never used twice: it is the upper part of a message's rowid.
CREATE TABLE stored_queue (
    number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 8388607),
    topic INTEGER NOT NULL,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    -- Raised by retention before it deletes the newest message, so that no offset is used twice.
    next_offset INTEGER NOT NULL DEFAULT 0 CHECK (next_offset >= 0)
) STRICT;

CREATE UNIQUE INDEX stored_queue_by_lane ON stored_queue (topic, lane, priority);

-- place = stored queue x 2^40 + offset.
CREATE TABLE message (
    place INTEGER PRIMARY KEY CHECK (place > 0),
    -- The event that sent it, and its place among that event's messages. The id derives from both.
    event INTEGER,
    ordinal INTEGER NOT NULL,
    born_at INTEGER NOT NULL,
    tag TEXT,
    -- NULL: the order's id.
    key TEXT,
    message_group TEXT,
    properties TEXT,
    -- NULL: made from its event.
    body BLOB,
    id TEXT,
    CHECK (event IS NOT NULL OR (id IS NOT NULL AND body IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX message_by_event ON message (event, ordinal) WHERE event IS NOT NULL;

-- Delayed and half messages. They get a place only in the write that makes them visible.
CREATE TABLE pending_message (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    state TEXT NOT NULL CHECK (state IN ('delayed', 'half', 'parked', 'fired', 'committed', 'recalled', 'rolled_back')),
    topic INTEGER NOT NULL,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    -- When a delayed message becomes visible, or a half message is checked next.
    due INTEGER,
    event INTEGER,
    ordinal INTEGER NOT NULL,
    born_at INTEGER NOT NULL,
    tag TEXT,
    key TEXT,
    message_group TEXT,
    properties TEXT,
    body BLOB,
    id TEXT,
    producer TEXT,
    checks INTEGER NOT NULL DEFAULT 0 CHECK (checks >= 0),
    decided_at INTEGER,
    CHECK ((due IS NOT NULL) = (state IN ('delayed', 'half'))),
    CHECK ((decided_at IS NOT NULL) = (state IN ('fired', 'committed', 'recalled', 'rolled_back'))),
    CHECK (state NOT IN ('half', 'committed', 'rolled_back') OR producer IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX pending_message_by_event ON pending_message (event, ordinal) WHERE event IS NOT NULL;
CREATE INDEX pending_message_decided ON pending_message (decided_at, number) WHERE decided_at IS NOT NULL;

-- The b-tree is the queue. The kind comes first: a flood of one kind must not lie between another and its due rows.
CREATE TABLE timeout (
    kind INTEGER NOT NULL,
    due INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, due, owner, name)
) STRICT, WITHOUT ROWID;

-- Timeouts whose handling threw. They keep their first due time as a name, so that a cancel still finds them exactly.
CREATE TABLE timeout_retry (
    kind INTEGER NOT NULL,
    due INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    name TEXT NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    -- NULL: parked.
    retry_at INTEGER,
    error TEXT NOT NULL,
    PRIMARY KEY (kind, due, owner, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX timeout_retry_due ON timeout_retry (kind, retry_at) WHERE retry_at IS NOT NULL;

-- Steps of an order that leave the process.
CREATE TABLE call (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    stream INTEGER NOT NULL,
    name TEXT NOT NULL,
    effect_key TEXT NOT NULL UNIQUE,
    deadline INTEGER NOT NULL,
    pending_message INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'ok', 'failed', 'expired', 'cancelled'))
) STRICT;

CREATE INDEX call_by_stream ON call (stream, number);

-- Bulk work that goes on where it stopped.
CREATE TABLE job (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    request TEXT NOT NULL,
    cursor TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done >= 0),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX job_running ON job (number) WHERE state = 'running';

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;
