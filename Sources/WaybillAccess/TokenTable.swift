import Synchronization
package import WaybillCore

/// A token that a file keeps.
package struct AccessToken: Hashable, Sendable {
    package let id: Text
    package let secretHash: Text
    package let name: Text
    package let grants: [Grant]
    package let createdAt: Moment
    package let createdBy: Text
    package let reason: Text
    package let expiresAt: Moment
    package var revokedAt: Moment?
    /// The day on which it was used last, in days since 1970; nil: never since this is noted.
    package var lastUsedOn: Int64?

    package init(
        id: Text, secretHash: Text, name: Text, grants: [Grant], createdAt: Moment, createdBy: Text, reason: Text,
        expiresAt: Moment, revokedAt: Moment? = nil, lastUsedOn: Int64? = nil
    ) {
        self.id = id
        self.secretHash = secretHash
        self.name = name
        self.grants = grants
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.reason = reason
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedOn = lastUsedOn
    }

    /// Whether it opens anything at a time.
    package func stands(at now: Moment) -> Bool { revokedAt == nil && now < expiresAt }
}

extension Moment {
    private static let millisecondsOfDay: Int64 = 86_400_000

    /// Its day, in days since 1970.
    package var day: Int64 { Int64((Double(milliseconds) / Double(Self.millisecondsOfDay)).rounded(.down)) }
}

/// The tokens of a file in memory, so that a request is let in without a read.
package final class TokenTable: Sendable {
    /// A token with the principal that comes with it, made once.
    private struct Entry {
        var token: AccessToken
        let principal: Principal

        init(_ token: AccessToken) {
            self.token = token
            principal = Principal(name: token.name, token: token.id, grants: token.grants)
        }
    }

    private let entries: Mutex<[Text: Entry]>
    /// What an unknown token is compared with, so that it takes as long as a known one.
    private static let noHash = Text(String(repeating: "0", count: 64))

    package init(_ tokens: [AccessToken]) {
        entries = Mutex(Dictionary(tokens.map { ($0.id, Entry($0)) }) { first, _ in first })
    }

    /// Adds a token, or what has become of it.
    package func put(_ token: AccessToken) {
        entries.withLock { entries in
            var token = token
            // Memory knows of today's use before the file does.
            if let day = entries[token.id]?.token.lastUsedOn { token.lastUsedOn = max(day, token.lastUsedOn ?? day) }
            entries[token.id] = Entry(token)
        }
    }

    /// Notes that a token was used.
    ///
    /// - Returns: whether it is the first use that is known of the day.
    package func noteUse(of id: Text, on day: Int64) -> Bool {
        entries.withLock { entries in
            guard let last = entries[id]?.token.lastUsedOn else {
                entries[id]?.token.lastUsedOn = day
                return true
            }
            guard last < day else { return false }
            entries[id]?.token.lastUsedOn = day
            return true
        }
    }

    /// All of them, by id.
    package var all: [AccessToken] {
        entries.withLock { entries in entries.values.map(\.token).sorted { $0.id < $1.id } }
    }

    /// Whether a token still opens anything.
    package func stands(_ id: Text, at now: Moment) -> Bool {
        entries.withLock { $0[id]?.token.stands(at: now) ?? false }
    }

    /// Until when a token is valid, unless it is revoked; nil: there is none of this id.
    package func expiry(of id: Text) -> Moment? { entries.withLock { $0[id]?.token.expiresAt } }

    /// Who holds a valid token; nil for every other one, whatever is wrong with it.
    package func principal(_ text: Text, at now: Moment) -> Principal? {
        guard let sent = TokenText(text) else { return nil }
        let entry = entries.withLock { $0[sent.id] }
        let isRight = Self.isEqual(sent.secretHash, entry?.token.secretHash ?? Self.noHash)
        guard let entry, isRight, entry.token.stands(at: now) else { return nil }
        return entry.principal
    }

    /// A valid token, with its principal, by its id alone: for faces whose callers prove in another way that they
    /// have its secret.
    package func standing(_ id: Text, at now: Moment) -> (token: AccessToken, principal: Principal)? {
        guard let entry = entries.withLock({ $0[id] }), entry.token.stands(at: now) else { return nil }
        return (entry.token, entry.principal)
    }

    /// Looks at every byte, so that the time taken tells nothing.
    private static func isEqual(_ left: Text, _ right: Text) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        return left.withBytes { left in
            right.withBytes { right in zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 }
        }
    }
}
