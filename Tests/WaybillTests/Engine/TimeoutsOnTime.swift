import EngineFixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Promise P5 through the engine.
@Suite struct `Timeouts` {
    @Test func `fire at their own moment, and never before`() async throws {
        let book = try await mugBook(stock: 100)
        for number in 0..<30 {
            try await book.submit(place(OrderID("o-\(number)")))
            book.advance(by: .seconds(7))
        }
        book.advance(to: noon.advanced(by: .hours(1)))
        for number in 0..<30 {
            let history = try #require(try await book.history(of: OrderID("o-\(number)")))
            #expect(history.map(\.type) == ["place", "$timeout"])
            #expect(history[1].at == history[0].at.advanced(by: .minutes(30)))
        }
        #expect(book.engine.lateness.early == 0)
        #expect(book.engine.lateness.total == 30)
    }

    @Test func `are cancelled, moved and extended exactly`() async throws {
        let book = try await mugBook()
        for id in ["cancelled", "moved", "extended", "past"] as [OrderID] { try await book.submit(place(id)) }
        let name: TimeoutName = "unpaid.after.30m"
        try await book.cancelTimeout(name, of: "cancelled")
        try await book.moveTimeout(name, of: "moved", to: noon.advanced(by: .minutes(5)))
        try await book.extendTimeout(name, of: "extended", by: .minutes(10))
        try await book.moveTimeout(name, of: "past", to: Moment(milliseconds: 0))
        #expect(try await book.order("past")?.status == "closed", "due at once, but not before now")
        #expect(try await book.history(of: "past")?.last?.at == noon)
        #expect(await Answer { try await book.cancelTimeout(name, of: "cancelled") }.code == "unknown_timeout")
        #expect(await Answer { try await book.cancelTimeout(name, of: "nobody") } == .refused(.unknownOrder("nobody")))
        book.advance(by: .days(1))
        #expect(try await book.order("cancelled")?.status == "awaiting payment")
        #expect(try await book.history(of: "moved")?.last?.at == noon.advanced(by: .minutes(5)))
        #expect(try await book.history(of: "extended")?.last?.at == noon.advanced(by: .minutes(40)))
        let late = await Answer { try await book.extendTimeout(name, of: "moved", by: .minutes(1)) }
        #expect(late == .refused(.timeoutFired(name, at: noon.advanced(by: .minutes(5)))))
        #expect(try await book.stock(mug)?.reserved == 1)
    }

    @Test func `survive a restart, and what came due meanwhile fires at once`() async throws {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(9), of: mug))
        try await before.submit(place("o-1"))
        before.advance(by: .minutes(20))
        try await before.submit(place("o-2"))
        await before.close()
        let later = noon.advanced(by: .minutes(45))
        let after = try file.open(VirtualClock(start: later))
        after.advance(to: later)
        #expect(try await after.order("o-1")?.status == "closed")
        #expect(try await after.history(of: "o-1")?.last?.at == later)
        #expect(try await after.order("o-2")?.status == "awaiting payment")
        await after.close()
    }

    @Test func `whose handling a rule forbids are tried again with longer and longer waits, and parked in the end`()
        async throws
    {
        let stuck = WorkflowText(
            """
            id: stuck
            version: 1
            commands: {place: {}, allow: {}}
            context: {may: count, tries: count}
            invariants: [may >= tries]
            initial: open
            states:
              open:
                after: {try_it: {in: 10m, target: closed, actions: [{assign: {tries: '+ 1'}}]}}
                on: {allow: {actions: [{assign: {may: '+ 1'}}]}}
              closed: {type: final}
            """)
        let book = try OrderBook.inMemory(workflows: [stuck], world: .virtual(VirtualClock(start: noon)))
        for id in ["never", "later"] as [OrderID] {
            try await book.submit(OrderCommand("place", of: id, workflow: "stuck"))
        }
        book.advance(by: .minutes(10))
        func retries() throws -> [TimeoutRetry] {
            try book.engine.store.read { try $0.timeoutRetries(.order, after: nil, limit: 10) }
        }
        #expect(try retries().map(\.attempt) == [1, 1])
        #expect(
            try retries().map(\.retryAt)
                == Array(repeating: book.engine.world.now().advanced(by: .seconds(1)), count: 2))
        book.advance(by: .seconds(3))
        #expect(try retries().map(\.attempt) == [3, 3])
        try await book.submit(OrderCommand("allow", of: "later"))
        book.advance(by: .seconds(4))
        #expect(try await book.order("later")?.isFinished == true)
        book.advance(by: .days(2))
        let left = try retries()
        #expect(left.count == 1)
        #expect(left.first?.attempt == 16)
        #expect(left.first?.retryAt == nil, "parked")
        #expect(left.first?.error == "it would break the rule: may >= tries (0 >= 1 is false)")
        #expect(try await book.order("never")?.timeouts.map(\.name) == ["try_it"])
        #expect(try await book.refusals(of: "never").first?.code == "invariant_broken")
        #expect(try await book.refusals(of: "never").count == 16)
        try await book.submit(OrderCommand("allow", of: "never"))
        try await book.extendTimeout("try_it", of: "never", by: .minutes(1))
        book.advance(by: .minutes(1))
        #expect(try await book.order("never")?.isFinished == true)
        #expect(try retries() == [])
    }
}
