import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A checker of this process` {
    private struct Broken: Error {}

    private func desk() throws -> SendingDesk {
        let desk = try SendingDesk { $0.checkBacks.checksMax = 3 }
        try desk.make("orders")
        return desk
    }

    @Test(arguments: [Resolution.commit, .rollback])
    func `decides in the write in which it is asked`(resolution: Resolution) throws {
        let desk = try desk()
        desk.engine.answer("journal", with: HalfMessageChecker { _, _, _ in resolution })
        let prepared = try desk.prepare(.sample(), producer: "journal")
        desk.pass(Interval(milliseconds: 5_999))
        #expect(try desk.half(prepared) != nil)
        desk.pass(Interval(milliseconds: 1))
        #expect(try desk.half(prepared) == nil)
        #expect(try desk.visible(in: "orders").count == (resolution == .commit ? 1 : 0))
    }

    @Test func `is told which question is the last, and the message is parked when it does not know`() throws {
        let desk = try desk()
        let asked = Mutex<[Bool]>([])
        desk.engine.answer(
            "journal",
            with: HalfMessageChecker { row, isLast, _ in
                asked.withLock { $0.append(isLast) }
                #expect(row.message.body == [1])
                return .unknown
            })
        let prepared = try desk.prepare(.sample(), producer: "journal")
        desk.pass(.hours(1))
        #expect(asked.withLock { $0 } == [false, false, true])
        let parked = try #require(try desk.half(prepared))
        #expect(parked.isParked)
        #expect(parked.checks == 3)
    }

    /// One exception once stopped the check of all.
    @Test func `that fails for one message delays no other`() throws {
        let desk = try desk()
        desk.engine.answer(
            "journal",
            with: HalfMessageChecker { row, _, _ in
                if row.message.body == [1] { throw Broken() }
                return .commit
            })
        let poisoned = try desk.prepare(.sample("orders", [1]), producer: "journal")
        for body: UInt8 in 2..<100 { _ = try desk.prepare(.sample("orders", [body]), producer: "journal") }
        desk.pass(.seconds(6))
        #expect(try desk.visible(in: "orders") == (2..<100 as Range<UInt8>).map { [$0] })
        desk.pass(.days(1))
        #expect(try desk.half(poisoned) != nil)
        #expect(try desk.visible(in: "orders").count == 98)
    }
}
