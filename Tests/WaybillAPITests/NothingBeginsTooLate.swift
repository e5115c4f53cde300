import Synchronization
import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A clock on which a millisecond passes with every look, once it runs.
private final class RunningClock: Sendable {
    private let clock = VirtualClock(start: APIShop.noon)
    private let looks = Mutex<(isRunning: Bool, count: Int64)>((false, 0))

    func run() { looks.withLock { $0.isRunning = true } }

    var world: World {
        World(
            now: { [clock] in clock.now },
            uptime: { [self] in
                looks.withLock { looks in
                    if looks.isRunning { looks.count += 1 }
                    return Interval(milliseconds: clock.now.since(clock.start).milliseconds + looks.count)
                }
            }, random: World.virtual(clock).random, virtualClock: clock)
    }
}

/// `Waybill-Not-After-Ms` counts until the write, wherever a request has waited.
@Suite struct `A request whose time is over when it comes to its write` {
    /// They wait by a time of their own, or write nothing: the operation of the example has ended.
    private static let others = [
        "receive", "takeChecks", "checkWorkflow", "runWorkflow", "resumeOperation",
    ]
    private static let names = API.operations.filter { $0.method != .get && !others.contains($0.name) }.map(\.name)

    private func answer(to name: String, within milliseconds: Int) async throws -> (Reply, hasWritten: Bool) {
        let operation = try #require(API.operations.first { $0.name == name })
        let clock = RunningClock()
        let shop = try APIShop(world: clock.world)
        for step in operation.example.after { await shop.send(step) }
        let position = shop.book.vitals.lastPosition
        clock.run()
        let step = operation.example.step
        let headers = step.headers.map { ($0.name, $0.value) } + [(.notAfter, "\(milliseconds)")]
        let reply = await shop.send(Example.Step(step.method, step.target, headers, body: step.body))
        return (reply, shop.book.vitals.lastPosition != position)
    }

    @Test(arguments: names) func `is not done`(name: String) async throws {
        let late = try await answer(to: name, within: 1)
        #expect(late.0.text.contains(#""code":"overloaded""#) && !late.0.text.contains("\"done\""), "\(late.0.text)")
        #expect(!late.hasWritten)
        let inTime = try await answer(to: name, within: 60_000)
        #expect(!inTime.0.text.contains("overloaded"), "\(inTime.0.text)")
    }
}
