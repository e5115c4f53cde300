package import WaybillBroker
import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// How late timeouts have fired, by kind.
package struct LatenessByKind: Sendable {
    private var buckets: [TimeoutKind: Buckets] = [:]

    package init() {}

    /// Milliseconds.
    package subscript(kind: TimeoutKind) -> Buckets { buckets[kind] ?? .ofMilliseconds }

    package mutating func record(_ one: Lateness) {
        buckets[one.kind, default: .ofMilliseconds].record(UInt64(max(0, one.late.milliseconds)))
    }
}
