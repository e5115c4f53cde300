package import Waybill
package import WaybillCore
import WaybillEngine

/// Commands, each begun in time or not at all.
extension ServedBook {
    /// Milliseconds of this machine since it was started.
    var uptime: Interval { book.engine.world.uptime() }

    /// Sends a command and waits for its commit.
    ///
    /// - Parameter end: until this uptime it may begin; nil: whenever its turn comes.
    package func submit(_ command: OrderCommand, until end: Interval? = nil) async throws(Problem) -> Receipt {
        try await submit(command.command, until: end)
    }

    /// Changes a pending timeout and waits for the commit.
    func change(_ command: TimeoutCommand, until end: Interval?) async throws(Problem) -> Receipt {
        try await submit(command, until: end)
    }

    /// Changes a stock and waits for the commit.
    package func submit(_ command: StockCommand, until end: Interval? = nil) async throws(Problem) -> StockReceipt {
        let given = await engineReply(to: command, until: end)
        do throws(Refusal) {
            return try given.reply.get()
        } catch {
            throw Problem(error, isKept: given.isKept)
        }
    }

    private func submit<Verb: EngineVerb>(
        _ verb: Verb, until end: Interval?
    ) async throws(Problem) -> Receipt where Verb.Reply == Answer {
        let given = await engineReply(to: verb, until: end)
        switch given.reply {
        case .accepted(let receipt): return receipt
        case .refused(let refusal): throw Problem(refusal, isKept: given.isKept)
        }
    }

    private func engineReply<Verb: EngineVerb>(to verb: Verb, until end: Interval?) async -> KeptReply<Verb.Reply> {
        let verb = SayingKept(verb)
        guard let end else { return await book.engine.submit(verb) }
        return await book.engine.submit(InTime(verb, until: end))
    }
}
