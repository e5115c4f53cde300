-- How many one buyer may have: of a row that `reserve` with `of:` has opened. NULL: goods.
ALTER TABLE stock ADD COLUMN purchase_limit INTEGER CHECK (purchase_limit >= 0);

-- The first event of such a row has its own type and is a receipt, whose quantity is the last that it says. Rows lie in
-- the order of their first events, so both tables are read once from end to end.
UPDATE stock SET purchase_limit = (
    SELECT CAST(substr(head, length(rtrim(head, '0123456789')) + 1) AS INTEGER)
    FROM (
        SELECT substr(event.body, 1, length(event.body) - 3) AS head FROM event
        WHERE event.position = stock.number AND event.type = '$open' AND instr(event.body, '[["receive",') > 0
    )
);
