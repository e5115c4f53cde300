-- Messages of events up to here keep ids without a digest, such as e42-0, for ever; in a new file there are none. The
-- file's own id is made at its opening, because it is random.
INSERT INTO setting (name, value) SELECT 'last plain message id', coalesce(max(position), 0) FROM event;
