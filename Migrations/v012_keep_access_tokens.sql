-- Who may ask a server what. The secret of a token is nowhere: only its digest is kept.
CREATE TABLE waybill_access_token (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- SHA-256 of the secret in lower-case hexadecimal digits.
    secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
    -- Tokens of one name are one caller: a new one follows an old one without a gap.
    name TEXT NOT NULL,
    -- JSON array of grants in words.
    grants TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
    -- NULL: it stands.
    revoked_at INTEGER CHECK (revoked_at >= created_at),
    digest INTEGER
) STRICT, WITHOUT ROWID;
