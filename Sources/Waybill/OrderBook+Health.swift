public import WaybillCore
import WaybillEngine

/// Whether the order book fires what is due, and who keeps it from doing so.
extension OrderBook {
    /// Who holds timeouts of orders and deadlines of calls, and why; nil: they fire when they are due.
    public var timeoutHold: TimeoutHold? { engine.timeoutHold }

    /// Holds timeouts of orders and deadlines of calls until they are released, also after the file is opened again.
    /// Nothing of them fires meanwhile, not before a command either; overdue ones may be extended, moved and cancelled.
    /// Messages go on.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    public func holdTimeouts(because why: String, by caller: String = "") async throws(Refusal) {
        try await engine.holdTimeouts(by: Text(caller), because: Text(why))
    }

    /// Lets them fire again: those that are overdue in order of their due times. False: nothing held them.
    ///
    /// - Throws: ``Refusal`` when the write is refused.
    @discardableResult
    public func releaseTimeouts(by caller: String = "") async throws(Refusal) -> Bool {
        try await engine.releaseTimeouts(by: Text(caller))
    }
}
