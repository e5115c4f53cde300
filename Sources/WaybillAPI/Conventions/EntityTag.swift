import WaybillCore

/// The version of an order as a tag, `"7"`, or the hash of a workflow's text.
package enum EntityTag {
    /// The header that tells it.
    static func header(_ version: Int64) -> (name: String, value: String) { ("etag", "\"\(version)\"") }

    /// The same of the text of a workflow.
    static func header(_ hash: WorkflowHash) -> (name: String, value: String) { ("etag", "\"\(hash)\"") }

    /// The version that `If-Match` asks for; nil: it asks for none.
    static func expectedVersion(_ headers: CallHeaders) throws(Problem) -> Int64? {
        guard let tag = try headers.single(.ifMatch), tag != "*" else { return nil }
        guard tag.hasPrefix("\""), tag.hasSuffix("\""), let version = Int64(tag.dropFirst().dropLast()), version > 0
        else {
            throw .badHeader(
                .ifMatch, "If-Match is \(tag); it takes one ETag of an order, for example \"7\"", sent: tag)
        }
        return version
    }

    /// Whether `If-None-Match: *` asks that there be none yet.
    static func wantsNone(_ headers: CallHeaders) throws(Problem) -> Bool {
        guard let tag = try headers.single(.ifNoneMatch) else { return false }
        guard tag == "*" else { throw .badHeader(.ifNoneMatch, "If-None-Match takes * only", sent: tag) }
        return true
    }
}
