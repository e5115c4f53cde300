import NIOHPACK

/// What the headers of a request say.
package struct CallHead: Sendable {
    package let path: String
    package let timeout: CallTimeout
    private let headers: HPACKHeaders

    /// The first value of a header; nil: there is none.
    package func value(_ name: String) -> String? { headers.first(name: name) }
}

/// Why a request is answered from its headers alone.
enum HeadFault: Error, Equatable {
    /// It breaks HTTP/2; the stream is reset.
    case malformed
    /// It is HTTP, and not gRPC: answered with this status of HTTP.
    case notGRPC(Int)
    case refused(RPCStatus)
}

extension CallHead {
    /// Headers of one request.
    static let fieldsMax = 100
    /// Their bytes, as HTTP/2 counts them.
    private static let bytesMax = 16 << 10

    init(_ headers: HPACKHeaders) throws(HeadFault) {
        try Self.check(headers)
        guard let path = headers.first(name: ":path"), let method = headers.first(name: ":method") else {
            throw .malformed
        }
        guard method == "POST" else { throw .notGRPC(405) }
        guard Self.isGRPC(headers.first(name: "content-type")) else { throw .notGRPC(415) }
        if let encoding = headers.first(name: "grpc-encoding"), encoding != "identity" {
            throw .refused(RPCStatus(.unimplemented, "\(encoding) is not spoken here; send messages as they are"))
        }
        timeout = CallTimeout(headers.first(name: "grpc-timeout"))
        switch timeout {
        case .malformed: throw .refused(RPCStatus(.internal, "grpc-timeout is 1 to 8 digits and H, M, S, m, u or n"))
        case .milliseconds(0): throw .refused(RPCStatus(.deadlineExceeded, "the call came without any time"))
        case .none, .milliseconds: break
        }
        self.path = path
        self.headers = headers
    }

    /// Exactly one of each pseudo header, before the others; no header of a connection, no capital letter.
    private static func check(_ headers: HPACKHeaders) throws(HeadFault) {
        guard headers.count <= fieldsMax else { throw .notGRPC(431) }
        var pseudo = [0, 0, 0]
        var isPastPseudo = false
        var bytes = 0
        for (name, value, _) in headers {
            bytes += name.utf8.count + value.utf8.count + 32
            if name.utf8.first == UInt8(ascii: ":") {
                guard !isPastPseudo else { throw .malformed }
                switch name {
                case ":method": pseudo[0] += 1
                case ":path": pseudo[1] += 1
                case ":scheme": pseudo[2] += 1
                case ":authority": break
                default: throw .malformed
                }
            } else {
                isPastPseudo = true
                guard !isOfConnection(name, value), name.utf8.allSatisfy(isHeaderByte) else { throw .malformed }
            }
            guard value.utf8.allSatisfy({ $0 != 0 && $0 != 10 && $0 != 13 }) else { throw .malformed }
        }
        guard bytes <= bytesMax else { throw .notGRPC(431) }
        guard pseudo == [1, 1, 1] else { throw .malformed }
    }

    private static func isOfConnection(_ name: String, _ value: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": true
        case "te": value != "trailers"
        default: false
        }
    }

    private static func isHeaderByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// `application/grpc`, `application/grpc+proto`, with or without parameters.
    private static func isGRPC(_ type: String?) -> Bool {
        guard let type else { return false }
        // As nearly all write it.
        if type == "application/grpc" || type == "application/grpc+proto" { return true }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return essence == "application/grpc" || essence == "application/grpc+proto"
    }
}
