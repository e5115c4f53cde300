import WaybillCore
import WaybillStore

/// The default body of a message: a CloudEvents 1.0 object about its event.
struct CloudEvent {
    /// What tells the message from every other, also of other files.
    struct Origin {
        var id: MessageID
        var source: Text
        /// Messages with one key come in order.
        var partitionKey: Text
        var ordinal: Int64
    }

    private let event: EventRow
    private let order: OrderID
    private let status: Text
    private let data: [UInt8]?
    /// Nil: as releases without file ids wrote it.
    var origin: Origin?

    init(_ event: EventRow, order: OrderID, status: Text, data: [UInt8]?) {
        self.event = event
        self.order = order
        self.status = status
        self.data = data
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("specversion")
        writer.text("1.0")
        writer.key("id")
        writer.text(origin?.id.text ?? Text("e\(event.position.number)"))
        writer.key("source")
        writer.text(origin?.source ?? "waybill")
        writer.key("type")
        writer.text(event.type.text)
        writer.key("subject")
        writer.text(order.text)
        writer.key("time")
        writer.text(Text(event.at.iso8601))
        writer.key("datacontenttype")
        writer.text("application/json")
        if let origin { write(origin, to: &writer) }
        writer.key("data")
        writer.beginObject()
        writer.key("order")
        writer.text(order.text)
        writer.key("version")
        writer.int(event.version)
        writer.key("type")
        writer.text(event.type.text)
        writer.key("status")
        writer.text(status)
        if let data {
            writer.key("data")
            writer.json(data)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The extensions Partitioning, Sequence and Distributed Tracing.
    private func write(_ origin: Origin, to writer: inout JSONWriter) {
        writer.key("partitionkey")
        writer.text(origin.partitionKey)
        writer.key("sequence")
        writer.text(Text(Self.padded(event.position.number, to: 19) + "-" + Self.padded(origin.ordinal, to: 3)))
        if let trace = event.trace, trace.isTraceparent {
            writer.key("traceparent")
            writer.text(trace)
        }
    }

    /// With leading zeros, so that the order of the texts is that of the numbers.
    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Text {
    /// Whether it is a W3C traceparent, and not another trace that a caller wants to find again.
    fileprivate var isTraceparent: Bool {
        let parts = string.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], !parts[0].elementsEqual("ff".utf8) else { return false }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        let isZero = { (part: Substring.UTF8View) in part.allSatisfy { $0 == UInt8(ascii: "0") } }
        return parts.allSatisfy { $0.allSatisfy(isDigit) } && !isZero(parts[1]) && !isZero(parts[2])
    }
}
