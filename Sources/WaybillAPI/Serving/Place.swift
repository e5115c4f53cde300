import Synchronization

/// Where a source of a stream is; its stream reads one time after another, each perhaps on another thread.
final class Place<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension EventStream {
    /// Beyond it the next items are read when these are written.
    static let bytesAtATime = 64 * 1_024
}

extension [EventStream.Item] {
    var bytes: Int { reduce(0) { $0 + $1.data.count } }
}
