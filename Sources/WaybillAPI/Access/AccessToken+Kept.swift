package import WaybillAccess
package import WaybillCore

/// A token as the file keeps it, and as the server knows it.
extension AccessToken {
    /// Nil: its grants are those of a later release, or damaged; it opens nothing then.
    package init?(_ kept: KeptToken) {
        guard let grants = Self.grants(kept.grants) else { return nil }
        self.init(
            id: kept.id, secretHash: kept.secretHash, name: kept.name, grants: grants, createdAt: kept.createdAt,
            createdBy: kept.createdBy, reason: kept.reason, expiresAt: kept.expiresAt, revokedAt: kept.revokedAt,
            lastUsedOn: kept.lastUsedOn)
    }

    /// The row of it.
    package var kept: KeptToken {
        var writer = JSONWriter()
        writer.beginArray()
        for grant in grants { writer.text(grant.text) }
        writer.endArray()
        return KeptToken(
            id: id, secretHash: secretHash, name: name, grants: Text(String(decoding: writer.bytes, as: UTF8.self)),
            createdAt: createdAt, createdBy: createdBy, reason: reason, expiresAt: expiresAt, revokedAt: revokedAt,
            lastUsedOn: lastUsedOn)
    }

    private static func grants(_ text: Text) -> [Grant]? {
        do {
            return try JSONReader.read(Array(text.string.utf8)) { reader throws(JSONProblem) in
                var texts: [Text] = []
                try reader.array { reader throws(JSONProblem) in texts.append(try reader.text()) }
                return texts
            }.map { try Grant($0) }
        } catch {
            return nil
        }
    }
}
