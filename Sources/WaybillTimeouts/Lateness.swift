package import WaybillCore
package import WaybillStore

/// How late one timeout has fired.
package struct Lateness: Sendable {
    package var kind: TimeoutKind
    package var late: Interval

    package init(_ kind: TimeoutKind, _ late: Interval) {
        self.kind = kind
        self.late = late
    }

    /// Whether it belongs to an order, by its workflow or as the deadline of a call.
    package var isOfOrder: Bool { kind == .order || kind == .call }
}
