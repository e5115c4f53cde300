import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Tokens of servers over this file: each change is audited in its own write.
extension Engine {
    /// Tokens that a file may hold, revoked and expired ones among them.
    private static let tokensMax = 10_000

    /// Keeps a token; an event `$token` of the journal says who made it, for whom, and why.
    package func keep(_ token: KeptToken) async throws(Refusal) {
        _ = try await keep(token, by: Origin(caller: token.createdBy, reason: token.reason)) { "" }
    }

    /// The same for a caller outside.
    ///
    /// - Parameter form: without the secret, which is nowhere in the file.
    package func keep(
        _ token: KeptToken, by origin: Origin, form: @escaping @Sendable () -> Text
    ) async throws(Refusal) -> GivenAnswer<Void> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                let count = try write.transaction.accessTokens(after: "", limit: Self.tokensMax).count
                guard count < Self.tokensMax else { throw Refusal.limit("access tokens", max: Self.tokensMax) }
                try write.transaction.insert(token)
                try Self.note("$token", token, by: origin, in: write, writer)
            }
        }.get()
    }

    /// Ends a token; an event `$token_revoked` says who did, and why. Nil: there is none of this id.
    /// Ending it again changes nothing.
    package func revokeAccessToken(
        _ id: Text, by caller: Text, because reason: Text
    ) async throws(Refusal) -> KeptToken? {
        switch try await revokeAccessToken(id, by: Origin(caller: caller, reason: reason), form: { _ in "" }) {
        case .now(let token): token
        case .before: nil
        }
    }

    /// The same for a caller outside.
    package func revokeAccessToken(
        _ id: Text, by origin: Origin, form: @escaping @Sendable (KeptToken?) -> Text
    ) async throws(Refusal) -> GivenAnswer<KeptToken?> {
        try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write -> KeptToken? in
                guard let token = try write.transaction.accessToken(id), token.revokedAt == nil else {
                    return try write.transaction.accessToken(id)
                }
                try write.transaction.revokeAccessToken(id, at: max(write.now, token.createdAt))
                try Self.note("$token_revoked", token, by: origin, in: write, writer)
                return try write.transaction.accessToken(id)
            }
        }.get()
    }

    /// Notes the day on which a token was used last, in days since 1970; no event says so.
    package func noteUse(ofAccessToken id: Text, on day: Int64) async throws(Refusal) {
        try await withWriter { writer in
            writer.ownWrite { write in try write.transaction.noteUse(ofAccessToken: id, on: day) }
        }.get()
    }

    /// Every token of the file, by id.
    package func accessTokens() throws -> [KeptToken] {
        try store.read { rows in try rows.accessTokens(after: "", limit: Self.tokensMax) }
    }

    /// Which file it is; nil: a file that was only looked at and has no id yet.
    package func fileID() throws -> FileID? { try store.read { rows in try rows.fileID() } }

    /// A key that stays the same as long as the file has its secret, and that cannot be found out without it.
    package func key(for purpose: Text) -> [UInt8] { receiverParts.key(for: purpose) }

    private static func note(
        _ type: EventName, _ token: KeptToken, by origin: Origin, in write: borrowing Write, _ writer: Writer
    ) throws {
        let note = AuditNote(type, by: origin, at: write.now) { json in
            json.key("token")
            json.text(token.id)
            json.key("name")
            json.text(token.name)
            json.key("grants")
            json.json(Array(token.grants.string.utf8))
        }
        try writer.handler.audit([note], in: write)
        try writer.flush(in: write)
    }
}
