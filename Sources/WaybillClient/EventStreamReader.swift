package import WaybillCore

/// One item of a stream, as it came.
package struct StreamedItem: Hashable, Sendable {
    /// `event`, `order`, `gap`, `bye`, `end` and others; empty: it only says how far the stream is.
    package var name = ""
    /// From where the stream goes on after it; nil: from where it went on before.
    package var id: Text?
    package var data: [UInt8] = []
}

/// Why a stream has ended.
package enum StreamEnd: Sendable {
    /// Nothing more will come.
    case over
    /// The server stops, or the connection was lost: what comes later is asked for from the last position.
    case interrupted
    /// Its reader has had enough.
    case left
}

/// Reads server-sent events out of bytes that come in any pieces.
package struct EventStreamReader {
    private var line: [UInt8] = []
    private var item = StreamedItem()
    private var hasData = false
    /// Beyond it a line is none of this server's.
    private static let lineBytesMax = 64 * 1_024 * 1_024

    package init() {}

    /// The items that are whole with these bytes.
    package mutating func read(_ bytes: some Sequence<UInt8>) throws(ClientFailure) -> [StreamedItem] {
        var items: [StreamedItem] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                guard line.count < Self.lineBytesMax else {
                    throw ClientFailure(.unreadable, "a line of the stream has more than \(Self.lineBytesMax) bytes")
                }
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if line.isEmpty {
                if hasData || item.id != nil { items.append(item) }
                (item, hasData) = (StreamedItem(), false)
            } else {
                readField()
            }
            line.removeAll(keepingCapacity: line.capacity <= 65_536)
        }
        return items
    }

    private mutating func readField() {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let name = String(decoding: line[..<colon], as: UTF8.self)
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch name {
        case "id": item.id = Text(String(decoding: value, as: UTF8.self))
        case "event": item.name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { item.data.append(UInt8(ascii: "\n")) }
            hasData = true
            item.data += value
        // A comment, how long to wait, or what a later server says.
        default: break
        }
    }
}
