import Synchronization
import WaybillAccess
import WaybillCore

/// How many requests of each caller are in work, so that one of them cannot take all there is. Long polls, which only
/// wait, do not count.
package final class RequestsInWork: Sendable {
    private let max: Int
    private let counts = Mutex<[Text: Int]>([:])

    init(max: Int) { self.max = max }

    /// Does what a caller asks for, unless as many of its requests are in work as may be.
    func counted<Result>(
        for operation: Operation, by principal: Principal, _ body: () async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        // Who asks for what is open to all has no name.
        guard !operation.isLongPoll, !operation.grant.isOpen else { return try await body() }
        let name = principal.name
        guard begin(name) else { throw tooMany }
        defer { end(name) }
        return try await body()
    }

    private func begin(_ name: Text) -> Bool {
        counts.withLock { counts in
            let count = counts[name, default: 0]
            guard count < max else { return false }
            counts[name] = count + 1
            return true
        }
    }

    private func end(_ name: Text) {
        counts.withLock { counts in
            let count = counts[name, default: 0]
            // Names come from outside: those without a request in work are not kept.
            counts[name] = count > 1 ? count - 1 : nil
        }
    }

    private var tooMany: Problem {
        var problem = Problem(.rate, "\(max) of your requests are in work; send this one again when one is answered")
            .with(["limit": "requests in work", "max": .number(Int64(max))])
        problem.retryAfter = .seconds(1)
        return problem
    }
}
