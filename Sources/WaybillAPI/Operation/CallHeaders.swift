/// The header fields that mean something to an operation.
package enum RequestHeader: String, Sendable, CaseIterable {
    case authorization
    case contentType = "content-type"
    case contentLength = "content-length"
    case contentEncoding = "content-encoding"
    case accept
    case idempotencyKey = "idempotency-key"
    case ifMatch = "if-match"
    case ifNoneMatch = "if-none-match"
    case prefer
    case requestID = "x-request-id"
    case traceparent
    case role = "waybill-role"
    case lane = "waybill-lane"
    case notAfter = "waybill-not-after-ms"
    case caller = "waybill-caller"
}

/// The header fields of one request, those of ``RequestHeader``.
package struct CallHeaders: Sendable {
    private var fields: [(name: RequestHeader, value: String)] = []

    /// All of them, as they came.
    package var all: [(name: RequestHeader, value: String)] { fields }

    package init() {}

    package mutating func add(_ name: RequestHeader, _ value: String) { fields.append((name, value)) }

    /// The first value.
    package subscript(_ name: RequestHeader) -> String? { fields.first { $0.name == name }?.value }

    /// The one value; refused when there are several.
    func single(_ name: RequestHeader) throws(Problem) -> String? {
        guard fields.count(where: { $0.name == name }) < 2 else {
            throw Problem(.badParameter, "the header \(name.rawValue) was sent more than once")
        }
        return self[name]
    }
}
