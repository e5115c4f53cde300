package import WaybillCore

extension Transaction {
    package func insert(_ token: KeptToken) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO waybill_access_token (id, secret_hash, name, grants, created_at, created_by, reason, expires_at,
                revoked_at, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))
            """)
        statement.bind(1, token.id)
        statement.bind(2, token.secretHash)
        statement.bind(3, token.name)
        statement.bind(4, token.grants)
        statement.bind(5, token.createdAt)
        statement.bind(6, token.createdBy)
        statement.bind(7, token.reason)
        statement.bind(8, token.expiresAt)
        statement.bind(9, token.revokedAt)
        try statement.run()
    }

    /// Ends a token that stands.
    package func revokeAccessToken(_ id: Text, at moment: Moment) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE waybill_access_token SET revoked_at = ?2, digest = CASE WHEN last_used_on IS NULL
                THEN row_digest(id, secret_hash, name, grants, created_at, created_by, reason, expires_at, ?2)
                ELSE row_digest(id, secret_hash, name, grants, created_at, created_by, reason, expires_at, ?2,
                    last_used_on) END
            WHERE id = ?1 AND revoked_at IS NULL
            """)
        statement.bind(1, id)
        statement.bind(2, moment)
        try statement.run()
    }

    /// Notes the day on which a token was used last; an earlier one than the row has changes nothing.
    package func noteUse(ofAccessToken id: Text, on day: Int64) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE waybill_access_token SET last_used_on = ?2, digest = row_digest(id, secret_hash, name, grants,
                created_at, created_by, reason, expires_at, revoked_at, ?2)
            WHERE id = ?1 AND coalesce(last_used_on < ?2, 1)
            """)
        statement.bind(1, id)
        statement.bind(2, day)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// One token, also one that was revoked; nil: there is none of this id.
    package func accessToken(_ id: Text) throws(StoreFailure) -> KeptToken? {
        let statement = try query(
            """
            SELECT id, secret_hash, name, grants, created_at, created_by, reason, expires_at, revoked_at, last_used_on
            FROM waybill_access_token WHERE id = ?1
            """)
        statement.bind(1, id)
        return try statement.first { columns in KeptToken(columns) }
    }

    /// Tokens by their ids, those after one of them.
    package func accessTokens(after id: Text, limit: Int) throws(StoreFailure) -> [KeptToken] {
        let statement = try query(
            """
            SELECT id, secret_hash, name, grants, created_at, created_by, reason, expires_at, revoked_at, last_used_on
            FROM waybill_access_token WHERE id > ?1 ORDER BY id LIMIT ?2
            """)
        statement.bind(1, id)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in KeptToken(columns) }
    }
}

extension KeptToken {
    fileprivate init(_ columns: Columns) {
        self.init(
            id: columns.text(0), secretHash: columns.text(1), name: columns.text(2), grants: columns.text(3),
            createdAt: columns.moment(4), createdBy: columns.text(5), reason: columns.text(6),
            expiresAt: columns.moment(7), revokedAt: columns.optionalMoment(8),
            lastUsedOn: columns.optionalInteger(9))
    }
}
