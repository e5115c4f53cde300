-- The answer, as JSON, to a keyed request that is not about one order or stock; stream and version are 0 then. A row that
-- has one has a digest over all its columns.
ALTER TABLE command ADD COLUMN answer TEXT;
