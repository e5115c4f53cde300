-- The offsets of the other messages of the message group that its client got with this one, such as 3-5,9; NULL: none. A
-- row with a value has a digest over all its columns.
ALTER TABLE fifo_lease ADD COLUMN followers TEXT CHECK (length(followers) BETWEEN 1 AND 32768);
