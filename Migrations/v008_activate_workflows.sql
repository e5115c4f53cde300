-- Which text of each workflow takes new orders. A name without a row: its newest text, as in files of before.
CREATE TABLE waybill_current_workflow (
    name TEXT PRIMARY KEY,
    workflow INTEGER NOT NULL,
    activated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A digest of what a text says, without its comments and its layout; NULL until the text is opened again.
ALTER TABLE workflow ADD COLUMN meaning TEXT;
