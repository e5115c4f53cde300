import Foundation

/// Lets reads pass, unless the writer wants the WAL for itself.
///
/// ```
///          enter                 close(): no read starts     last read leaves
///  open ---------> open, n reads ---------------------> closing --------------> closed --open()--> open
/// ```
/// A TRUNCATE checkpoint needs a moment without readers. Without the gate that moment never comes under load, and the
/// WAL grows without bound; a checkpoint that waits for it instead stalls every order.
final class ReaderGate: @unchecked Sendable {
    // Unchecked: `idle` and `isOpen` are touched only while `condition` is locked.
    private let condition = NSCondition()
    private var idle: [SerialConnection]
    private var isOpen = true
    private let count: Int

    init(_ connections: [SerialConnection]) {
        idle = connections
        count = connections.count
    }

    /// Waits for the gate and a free connection.
    func enter() -> SerialConnection {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if isOpen, let connection = idle.popLast() { return connection }
            condition.wait()
        }
    }

    /// A free connection, if the gate is open and there is one now.
    func enterNow() -> SerialConnection? {
        condition.lock()
        defer { condition.unlock() }
        return isOpen ? idle.popLast() : nil
    }

    func leave(_ connection: SerialConnection) {
        condition.lock()
        idle.append(connection)
        condition.broadcast()
        condition.unlock()
    }

    /// Closes the gate and waits for the reads inside; false (and open again) if they take longer than `seconds`.
    func close(within seconds: Double) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        isOpen = false
        let limit = Date(timeIntervalSinceNow: seconds)
        while idle.count < count {
            guard condition.wait(until: limit) else {
                isOpen = true
                condition.broadcast()
                return false
            }
        }
        return true
    }

    func open() {
        condition.lock()
        isOpen = true
        condition.broadcast()
        condition.unlock()
    }
}
