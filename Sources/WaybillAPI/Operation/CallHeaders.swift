/// The header fields that mean something to an operation.
package enum RequestHeader: String, Sendable, CaseIterable {
    case authorization
    case contentType = "content-type"
    case contentLength = "content-length"
    case contentEncoding = "content-encoding"
    case transferEncoding = "transfer-encoding"
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
    case lastEventID = "last-event-id"

    /// The same by length: a request has many fields, and `init(rawValue:)` compares each with all of these.
    private static let byLength: [[(name: String, header: RequestHeader)]] = {
        let longest = allCases.map(\.rawValue.utf8.count).max() ?? 0
        return (0...longest).map { length in
            allCases.filter { $0.rawValue.utf8.count == length }.map { ($0.rawValue, $0) }
        }
    }()

    /// The one of a name in small letters; nil: it means nothing here.
    package static func named(_ name: String) -> RequestHeader? {
        let length = name.utf8.count
        guard length < byLength.count else { return nil }
        return byLength[length].first { $0.name == name }?.header
    }
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
            throw .badHeader(name, "the header \(name.rawValue) was sent more than once")
        }
        return self[name]
    }

    /// The elements of a list, in small letters, each without its parameters.
    func list(_ name: RequestHeader) -> [(value: String, parameters: [String])] {
        fields.filter { $0.name == name }.flatMap { field in
            field.value.lowercased().split(separator: ",").compactMap { element in
                let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
                return parts.first.map { ($0, Array(parts.dropFirst())) }
            }
        }
    }

    /// Whether the sender asks for a type by name.
    package func accepts(_ type: String) -> Bool {
        list(.accept).contains {
            $0.value == type && !$0.parameters.contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
        }
    }
}
