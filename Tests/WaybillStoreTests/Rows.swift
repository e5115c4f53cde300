import WaybillCore
import WaybillStore

extension Moment {
    static let noon = Moment(milliseconds: 1_760_000_000_000)
}

extension EventRow {
    /// The event at a position that begins a stream, or goes on with one.
    static func sample(_ position: Int64, stream: Int64? = nil, version: Int64 = 1) -> EventRow {
        EventRow(
            position: Position(position), stream: StreamNumber(stream ?? position), version: version, type: "place",
            at: .noon, caller: "shop", key: "key-\(position)", cause: nil, trace: "00-abc-01", lane: "green",
            semantics: 1, digest: UInt64.max - UInt64(position), body: Array(#"{"n":\#(position)}"#.utf8))
    }
}

extension OrderRow {
    static func sample(_ number: Int64, status: Text = "new", parent: Int64? = nil) -> OrderRow {
        OrderRow(
            number: StreamNumber(number), id: OrderID("order-\(number)"), workflow: WorkflowNumber(1), version: 1,
            status: status, placedAt: .noon, lane: "", parent: parent.map(StreamNumber.init),
            root: parent.map(StreamNumber.init), state: Array("{}".utf8))
    }
}

extension StockRow {
    static func sample(_ number: Int64, _ key: StockKey, free: Int64) -> StockRow {
        var level = StockLevel()
        level.received = free
        level.free = free
        return StockRow(number: StreamNumber(number), key: key, version: 1, level: level)
    }
}

extension RefusalRow {
    static func sample(_ stream: Int64?, _ detail: Text = "{}") -> RefusalRow {
        RefusalRow(
            stream: stream.map(StreamNumber.init), at: .noon, order: "order-1", command: "pay", caller: "shop",
            key: nil, code: "notPossible", detail: detail)
    }
}
