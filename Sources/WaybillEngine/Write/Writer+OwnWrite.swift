import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Writes that hold the work of one caller.
extension Writer {
    /// One write for work that shares it with nobody; what it throws undoes it and comes back as a refusal.
    ///
    /// - Parameter thenCheckpoints: false: whoever asks for it has others go first.
    func ownWrite<Result>(
        thenCheckpoints: Bool = true, _ body: (inout Write) throws -> Result
    ) -> Swift.Result<Result, Refusal> {
        if let stopped { return .failure(.failStopped(stopped)) }
        // What the outer write has noted is its own, and must not be forgotten because of this one.
        if store.isWritingHere { return .failure(Engine.refusalFromWithin) }
        let now = world.now()
        let horizon = held == nil ? timeouts.horizon(wall: now, uptime: world.uptime()) : nil
        let firing = Firing(horizon: horizon, isBehind: isReached(nextTimeout.orders, by: horizon))
        let began = world.uptime()
        do {
            let (result, next, lateness) = try store.writeOwning { transaction in
                var write = Write(transaction, at: now, steadyNow: steadyNow)
                handler.begin(firing, in: &write)
                let result = try body(&write)
                try keepOpeningHold(in: write)
                let next = try timeouts.nextDue(in: write.transaction).without(held: held)
                announce(next)
                return (result, next, write.lateness)
            }
            endWrite(next: next, lateness: lateness, since: began)
            if thenCheckpoints { checkpoints.wrote() }
            return .success(result)
        } catch {
            return .failure(undid(error))
        }
    }
}
