-- A job can be paused: it does nothing until it is resumed. SQLite changes a CHECK only by way of a new table, which rows
-- enter as they were, also a damaged one with the digest that shows it.
CREATE TABLE waybill_job AS SELECT number, kind, state, request, cursor, done, created_at, changed_at, digest FROM job;
DROP TABLE job;

-- Bulk work that goes on where it stopped.
CREATE TABLE job (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'stopped')),
    request TEXT NOT NULL,
    cursor TEXT NOT NULL,
    done INTEGER NOT NULL CHECK (done >= 0),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    digest INTEGER
) STRICT;

INSERT INTO job SELECT number, kind, state, request, cursor, done, created_at, changed_at, digest FROM waybill_job;
DROP TABLE waybill_job;

CREATE INDEX job_unfinished ON job (number) WHERE state IN ('running', 'paused');
