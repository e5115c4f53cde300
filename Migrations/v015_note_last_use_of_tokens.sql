-- The day on which a server was asked with the token last, in days since 1970; NULL: never since this is noted. A row with
-- a value has a digest over all its columns.
ALTER TABLE waybill_access_token ADD COLUMN last_used_on INTEGER;
