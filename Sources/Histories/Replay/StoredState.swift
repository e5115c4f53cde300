import WaybillCore
import WaybillStore

/// Compares a folded order with the row that the file holds of it.
struct StoredState {
    private var writer = JSONWriter(capacity: 4_096)

    /// The first difference in words, or nil.
    mutating func difference(_ open: OpenOrder) -> String? {
        let row = open.row
        if row.version != open.order.version {
            return "its row is at version \(row.version), its events come to \(open.order.version)"
        }
        if row.status != open.order.status {
            return "its row has the status '\(row.status)', its events give '\(open.order.status)'"
        }
        if row.placedAt != open.order.placedAt { return "its row was placed at another time than its first event" }
        if row.lane != open.order.lane {
            return "its row has the lane '\(row.lane)', its first event '\(open.order.lane)'"
        }
        writer.removeAll()
        open.order.writeState(to: &writer, under: open.chart.workflow)
        if row.state.withUnsafeBufferPointer({ writer.wrote($0) }) { return nil }
        let place = zip(writer.bytes, row.state).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let offset = place ?? min(writer.bytes.count, row.state.count)
        return """
            its stored state differs from the fold of its events from byte \(offset) on: \
            \(excerpt(row.state, at: offset)) is stored, \(excerpt(writer.bytes, at: offset)) is right
            """
    }

    private func excerpt(_ bytes: [UInt8], at offset: Int) -> String {
        let start = max(0, offset - 20)
        return "'\(String(decoding: bytes[start..<min(bytes.count, start + 60)], as: UTF8.self))'"
    }
}
