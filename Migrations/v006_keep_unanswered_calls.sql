-- When the deadline of a call passed that stays open: it is unanswered until `ok` or `failed` comes. NULL: answered in
-- time, or ended at its deadline.
ALTER TABLE call ADD COLUMN unanswered_at INTEGER
    CHECK (unanswered_at IS NULL OR (unanswered_at >= deadline AND state IN ('open', 'ok', 'failed')));

-- Open calls by deadline. An unanswered one has no timeout any more that it could be found by.
CREATE INDEX call_open ON call (deadline, number) WHERE state = 'open';
