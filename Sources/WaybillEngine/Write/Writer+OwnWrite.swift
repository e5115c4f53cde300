import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Writes that hold the work of one caller.
extension Writer {
    /// One write for work that shares it with no other work. What the work throws undoes the write and comes back as a
    /// refusal.
    ///
    /// The work is done again from its beginning when an overdue timeout that the work fired made the write fail. When
    /// the disk is full or busy, no one is to blame, and the work is refused.
    ///
    /// - Parameter thenCheckpoints: false: the caller lets others go first.
    func ownWrite<Result>(
        thenCheckpoints: Bool = true, _ body: (inout Write) throws -> Result
    ) -> Swift.Result<Result, Refusal> {
        if let stopped { return .failure(.failStopped(stopped)) }
        // What the outer write has noted is its own, and must not be forgotten because of this one.
        if store.isWritingHere { return .failure(Engine.refusalFromWithin) }
        let now = world.now()
        let horizon = held == nil ? timeouts.horizon(wall: now, uptime: world.uptime()) : nil
        let firing = Firing(horizon: horizon, isBehind: isReached(nextTimeout.orders, by: horizon))
        // Overdue timeouts that were being fired when an attempt failed: the next attempt puts them off.
        var failed: [TimeoutKey: Text] = [:]
        while true {
            var culprit: TimeoutKey?
            let began = world.uptimeNanoseconds()
            do {
                let (result, next, lateness) = try store.writeOwning { transaction in
                    var write = Write(transaction, at: now, steadyNow: steadyNow)
                    handler.begin(firing, in: &write)
                    write.firing.failed = failed
                    do {
                        let result = try body(&write)
                        try keepOpeningHold(in: write)
                        let next = try timeouts.nextDue(in: write.transaction).without(held: held)
                        announce(next)
                        return (result, next, write.lateness)
                    } catch {
                        culprit = write.firing.current
                        throw error
                    }
                }
                endWrite(next: next, lateness: lateness, requests: 1, since: began)
                if thenCheckpoints { checkpoints.wrote() }
                return .success(result)
            } catch {
                let refusal = undid(error)
                guard stopped == nil, case .request = Blame(error), let culprit, failed[culprit] == nil else {
                    return .failure(refusal)
                }
                failed[culprit] = Text("\(error)")
            }
        }
    }
}
