import WaybillCore

/// The version of an order as a tag: `"7"`.
package enum EntityTag {
    /// The header that tells it.
    static func header(_ version: Int64) -> (name: String, value: String) { ("etag", "\"\(version)\"") }

    /// The version that `If-Match` asks for; nil: it asks for none.
    static func expectedVersion(_ headers: CallHeaders) throws(Problem) -> Int64? {
        guard let tag = try headers.single(.ifMatch), tag != "*" else { return nil }
        guard tag.hasPrefix("\""), tag.hasSuffix("\""), let version = Int64(tag.dropFirst().dropLast()), version > 0
        else {
            throw Problem(.badParameter, "If-Match is \(tag); it takes one ETag of an order, for example \"7\"")
        }
        return version
    }

    /// Whether `If-None-Match: *` asks that there be none yet.
    static func wantsNone(_ headers: CallHeaders) throws(Problem) -> Bool {
        guard let tag = try headers.single(.ifNoneMatch) else { return false }
        guard tag == "*" else { throw Problem(.badParameter, "If-None-Match takes * only") }
        return true
    }
}
