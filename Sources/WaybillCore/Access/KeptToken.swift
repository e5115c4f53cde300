/// A token by which a program speaks to a server; of its secret the file holds a digest only.
package struct KeptToken: Hashable, Sendable {
    package var id: Text
    /// SHA-256 of the secret in lower-case hexadecimal digits.
    package var secretHash: Text
    package var name: Text
    /// JSON array of grants in words.
    package var grants: Text
    package var createdAt: Moment
    package var createdBy: Text
    package var reason: Text
    package var expiresAt: Moment
    /// Nil: it stands.
    package var revokedAt: Moment?
    /// The day on which a server was asked with it last, in days since 1970; nil: never since this is noted.
    package var lastUsedOn: Int64?

    package init(
        id: Text, secretHash: Text, name: Text, grants: Text, createdAt: Moment, createdBy: Text, reason: Text,
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
}
