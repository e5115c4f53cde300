public import WaybillCore
import WaybillEngine

/// Ending in order, as a server does when it is told to stop.
extension OrderBook {
    /// Ends work in order: nothing new comes in, what is in line is committed and answered, modules finish the messages
    /// that they have in hand. Then the caller closes the book.
    ///
    /// From the call on, commands, messages and receives from outside are refused with ``Refusal/shuttingDown`` or
    /// ``MessageRefusal/shuttingDown``, and receives that wait end without messages. Reads go on, and consumers may
    /// answer for the deliveries that they have.
    ///
    /// - Parameter limit: how long the caller waits. What is not finished by then is finished, or undone, by closing.
    /// - Returns: whether all was finished within the limit.
    @discardableResult
    public func drain(within limit: Interval) async -> Bool {
        engine.refuseOutsideWork()
        guard engine.world.virtualClock == nil else {
            await modules.end()
            return true
        }
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        Task { [engine, modules] in
            await modules.end()
            await engine.finishWaiting()
            end.yield(true)
        }
        let timer = Task { [engine] in
            await engine.world.rest(limit)
            end.yield(false)
        }
        defer { timer.cancel() }
        for await isFinished in ends { return isFinished }
        return false
    }
}
