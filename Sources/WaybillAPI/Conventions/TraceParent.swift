import WaybillCore

/// The W3C trace context of a request. One that is not valid is ignored, never refused.
enum TraceParent {
    static func read(_ headers: CallHeaders) -> Text? {
        headers[.traceparent].flatMap { read($0) }
    }

    /// The same of what a message says itself.
    static func read(_ sent: String) -> Text? {
        let parts = sent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        guard parts.count >= 4, [2, 32, 16, 2] == parts.prefix(4).map(\.count),
            parts.prefix(4).allSatisfy({ $0.allSatisfy(isDigit) }), !parts[0].elementsEqual("ff".utf8),
            parts.count == 4 || !parts[0].elementsEqual("00".utf8),
            parts[1].contains(where: { $0 != 0x30 }), parts[2].contains(where: { $0 != 0x30 }), sent.utf8.count <= 512
        else { return nil }
        return Text(sent)
    }
}
