-- 1: in a topic that it has not read before, the group begins behind the newest message; NULL: at the oldest.
ALTER TABLE client_group ADD COLUMN starts_at_newest INTEGER CHECK (starts_at_newest = 1);
-- Who made the group; NULL: not said. A row with a value in either column has a digest over all its columns.
ALTER TABLE client_group ADD COLUMN created_by TEXT CHECK (created_by <> '');
