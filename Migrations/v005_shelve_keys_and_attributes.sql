-- Random keys change one page each in a large b-tree, and the same few pages again and again in a small one. So they lie
-- on shelves, of which only the newest grows: an order costs the same however many are in the file.

CREATE TABLE shelved_command (
    generation INTEGER NOT NULL,
    -- Counts up within its generation.
    shelf INTEGER NOT NULL CHECK (shelf >= 0),
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    -- 64 bits of a digest over what was asked: the same key with another request is refused.
    fingerprint INTEGER NOT NULL,
    stream INTEGER,
    version INTEGER,
    -- The refusal that was answered; NULL: it was accepted as this version of this stream.
    refusal TEXT,
    PRIMARY KEY (generation, shelf, caller, key),
    CHECK (refusal IS NOT NULL OR (stream IS NOT NULL AND version IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO shelved_command (generation, shelf, caller, key, fingerprint, stream, version, refusal)
SELECT generation, 0, caller, key, fingerprint, stream, version, refusal FROM command ORDER BY generation, caller, key;

DROP TABLE command;
ALTER TABLE shelved_command RENAME TO command;

-- The shelves that have keys.
CREATE TABLE command_shelf (
    generation INTEGER NOT NULL,
    shelf INTEGER NOT NULL CHECK (shelf >= 0),
    PRIMARY KEY (generation, shelf)
) STRICT, WITHOUT ROWID;

INSERT INTO command_shelf (generation, shelf) SELECT DISTINCT generation, shelf FROM command;

CREATE TABLE shelved_attribute (
    -- The upper bits of the order's number: orders placed about the same time lie together.
    shelf INTEGER NOT NULL CHECK (shelf = number >> 17),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (shelf, name, value, number)
) STRICT, WITHOUT ROWID;

INSERT INTO shelved_attribute (shelf, name, value, number)
SELECT number >> 17, name, value, number FROM order_attribute ORDER BY 1, 2, 3, 4;

DROP TABLE order_attribute;
ALTER TABLE shelved_attribute RENAME TO order_attribute;

CREATE TABLE shelved_message_key (
    day INTEGER NOT NULL,
    -- The upper bits of the message's offset: messages that came about the same time lie together.
    shelf INTEGER NOT NULL CHECK (shelf = (place & 0xFFFFFFFFFF) >> 15),
    hash INTEGER NOT NULL,
    place INTEGER NOT NULL CHECK (place > 0),
    PRIMARY KEY (day, shelf, hash, place)
) STRICT, WITHOUT ROWID;

INSERT INTO shelved_message_key (day, shelf, hash, place)
SELECT day, (place & 0xFFFFFFFFFF) >> 15, hash, place FROM message_key ORDER BY 1, 2, 3, 4;

DROP TABLE message_key;
ALTER TABLE shelved_message_key RENAME TO message_key;
