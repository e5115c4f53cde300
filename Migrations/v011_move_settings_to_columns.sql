-- What was kept under made-up names in setting gets columns, or a table. A row with a value in any of the new columns
-- has a digest over all of them; else the digest that it had still holds. A damaged row keeps the digest that shows it.

-- How far the upkeep of a queue came: below this offset all messages are in the index of keys.
ALTER TABLE stored_queue ADD COLUMN indexed_through INTEGER CHECK (indexed_through >= 0);
-- Below this offset messages are counted, and those that are left take so many bytes.
ALTER TABLE stored_queue ADD COLUMN counted_through INTEGER CHECK (counted_through >= 0);
ALTER TABLE stored_queue ADD COLUMN counted_bytes INTEGER CHECK (counted_bytes >= 0);
-- Up to this event retention has taken messages of the queue.
ALTER TABLE stored_queue ADD COLUMN gone_through INTEGER CHECK (gone_through > 0);
-- The same for those lanes of a topic whose queues are gone too.
ALTER TABLE topic ADD COLUMN lanes_gone_through INTEGER CHECK (lanes_gone_through > 0);
-- When the group was last used before it was said to be idle.
ALTER TABLE client_group ADD COLUMN idle_since INTEGER;

UPDATE stored_queue SET
    indexed_through = (SELECT value FROM setting
        WHERE name = 'indexed ' || number AND typeof(value) = 'integer' AND value >= 0),
    counted_through = (SELECT CAST(substr(value, 1, instr(value, ',') - 1) AS INTEGER) FROM setting
        WHERE name = 'size ' || number AND value GLOB '[0-9]*,[0-9]*'),
    counted_bytes = (SELECT CAST(substr(value, instr(value, ',') + 1) AS INTEGER) FROM setting
        WHERE name = 'size ' || number AND value GLOB '[0-9]*,[0-9]*'),
    gone_through = (SELECT value FROM setting
        WHERE name = 'retained ' || number AND typeof(value) = 'integer' AND value > 0);
UPDATE stored_queue SET digest = row_digest(number, topic, lane, priority, next_offset, indexed_through,
    counted_through, counted_bytes, gone_through)
WHERE coalesce(indexed_through, counted_through, gone_through) IS NOT NULL
    AND digest = row_digest(number, topic, lane, priority, next_offset);

UPDATE topic SET lanes_gone_through = (SELECT value FROM setting
    WHERE name = 'retained-lanes ' || number AND typeof(value) = 'integer' AND value > 0);
UPDATE topic SET digest = row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention,
    lanes_gone_through)
WHERE lanes_gone_through IS NOT NULL
    AND digest = row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention);

UPDATE client_group SET idle_since = (SELECT value FROM setting
    WHERE name = 'idle since ' || number AND typeof(value) = 'integer');
UPDATE client_group SET digest = row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible,
    created_at, last_used_at, deleted_at, idle_since)
WHERE idle_since IS NOT NULL AND digest = row_digest(number, name, epoch, fifo, broadcast, attempts_max, ladder,
    invisible, created_at, last_used_at, deleted_at);

-- From which offset on modules of a group may have effects by messages that a look-back brings again.
CREATE TABLE waybill_opened_effects (
    group_number INTEGER NOT NULL,
    queue INTEGER NOT NULL,
    from_offset INTEGER NOT NULL CHECK (from_offset >= 0),
    digest INTEGER,
    PRIMARY KEY (group_number, queue)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO waybill_opened_effects
SELECT group_number, queue, value, row_digest(group_number, queue, value)
FROM (SELECT CAST(substr(name, 14, instr(substr(name, 14), ' ') - 1) AS INTEGER) AS group_number,
        CAST(substr(name, 14 + instr(substr(name, 14), ' ')) AS INTEGER) AS queue, value
    FROM setting
    WHERE name GLOB 'effects-open [0-9]* [0-9]*' AND typeof(value) = 'integer' AND value >= 0);

-- Lanes that were closed: the base reads what lies in them, whatever consumers they still have.
CREATE TABLE waybill_closed_lane (
    lane TEXT PRIMARY KEY CHECK (lane <> ''),
    digest INTEGER
) STRICT, WITHOUT ROWID;

WITH RECURSIVE part (lane, rest) AS (
    SELECT '', value || char(10) FROM setting WHERE name = 'lanes.closed' AND typeof(value) = 'text'
    UNION ALL
    SELECT substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
    FROM part WHERE rest <> '')
INSERT OR IGNORE INTO waybill_closed_lane SELECT lane, row_digest(lane) FROM part WHERE lane <> '';

DELETE FROM setting
WHERE name = 'lanes.closed' OR name GLOB 'indexed [0-9]*' OR name GLOB 'size [0-9]*' OR name GLOB 'retained [0-9]*'
    OR name GLOB 'retained-lanes [0-9]*' OR name GLOB 'idle since [0-9]*' OR name GLOB 'effects-open [0-9]* [0-9]*';

-- Which modules are installed. The list was made when the first one was, and had no digests.
CREATE TABLE IF NOT EXISTS module (
    name TEXT PRIMARY KEY, since INTEGER NOT NULL,
    installed INTEGER NOT NULL CHECK (installed IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE TABLE waybill_module (
    name TEXT PRIMARY KEY,
    -- From when on it hears of orders.
    since INTEGER NOT NULL,
    -- 0: its installation was interrupted, and is done again from its beginning.
    installed INTEGER NOT NULL CHECK (installed IN (0, 1)),
    digest INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO waybill_module SELECT name, since, installed, row_digest(name, since, installed) FROM module;
DROP TABLE module;
