import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0034: an attempt that a crash has used` {
    @Test func `stays used through an orderly end, and through a look-back`() async throws {
        for isLookingBack in [false, true] {
            let broker = try ReopenedBroker().driver
            try await broker.begin()
            try await broker.send(1)
            #expect(try await broker.take("points").map(\.attempt) == [1])
            try broker.crash()
            if isLookingBack {
                _ = try await broker.lookBack("points", "orders", .oldest, false)
            } else {
                try broker.restart()
            }
            #expect(try await broker.take("points").map(\.attempt) == [2])
        }
    }
}
