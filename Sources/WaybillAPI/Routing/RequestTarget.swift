package import WaybillCore

/// The path and the query of a request, percent-decoded once.
package struct RequestTarget: Sendable {
    /// The path as it came.
    package let path: Text
    package let segments: [Text]
    /// Names and values of the query, in order.
    package let query: [(name: String, value: Text)]

    /// Its one segment; empty: it has none.
    var only: Text { segments.count == 1 ? segments[0] : "" }

    /// Bytes of a target.
    package static let bytesMax = 8 * 1_024

    /// Reads a target; refused when a segment is not UTF-8 after decoding, or has a NUL.
    package init(_ target: String) throws(Problem) {
        guard target.utf8.count <= Self.bytesMax else {
            throw Problem(.targetTooLong, "the target has \(target.utf8.count) bytes; \(Self.bytesMax) is the limit")
        }
        if let segments = Self.plainSegments(of: target) {
            (path, self.segments, query) = (Text(target), segments, [])
            return
        }
        let bytes = Array(target.utf8)
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard bytes.first == UInt8(ascii: "/"), !bytes.contains(UInt8(ascii: "#")) else {
            throw Problem(.badRequest, "the target of a request begins with a slash and has no fragment")
        }
        path = Text(String(decoding: bytes[..<mark], as: UTF8.self))
        var segments: [Text] = []
        for part in bytes[1..<mark].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try Self.decoded(part, plusIsBlank: false, in: "path"))
        }
        // `/` alone has no segments.
        self.segments = segments == [""] ? [] : segments
        query = try Self.query(bytes[mark...].dropFirst())
    }

    /// Names and values of a query, or of a form that is written like one.
    package static func query(_ bytes: some Collection<UInt8>) throws(Problem) -> [(name: String, value: Text)] {
        var query: [(name: String, value: Text)] = []
        for part in Array(bytes).split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = try decoded(part[..<equals], plusIsBlank: true, in: "query")
            let value = try decoded(part[equals...].dropFirst(), plusIsBlank: true, in: "query")
            query.append((name.string, value))
        }
        return query
    }

    /// The segments of a target that is a path of plain ASCII, as most are; nil: it is looked at byte by byte.
    private static func plainSegments(of target: String) -> [Text]? {
        let bytes = target.utf8
        guard bytes.first == UInt8(ascii: "/"), bytes.allSatisfy(isPlain) else { return nil }
        guard bytes.count > 1 else { return [] }
        return bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Text(String(Substring($0))) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "?")
            && byte != UInt8(ascii: "#")
    }

    private static func decoded(
        _ bytes: ArraySlice<UInt8>, plusIsBlank: Bool, in place: String
    ) throws(Problem) -> Text {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "+"), plusIsBlank {
                decoded.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%") {
                guard bytes.endIndex - index >= 2, let high = bytes[index].hexadecimalDigit,
                    let low = bytes[index + 1].hexadecimalDigit
                else { throw bad(place, "has a % without two hexadecimal digits") }
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(byte)
            }
        }
        guard !decoded.contains(0) else { throw bad(place, "has a NUL") }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw bad(place, "is not valid UTF-8")
        }
        return Text(text)
    }

    private static func bad(_ place: String, _ problem: String) -> Problem {
        Problem(.badParameter, "the \(place) \(problem)").with(["in": .text(place)])
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Text {
    /// The text as one segment of a path: whatever a segment cannot hold is percent-encoded.
    package var asPathSegment: String {
        var encoded = ""
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
