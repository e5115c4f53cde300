import Dispatch
import Foundation
import Testing
import Waybill
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A closure that reads or writes asks the book once more: it never waits for itself.
@Suite(.timeLimit(.minutes(2))) struct `A call from within a read or a write` {
    enum Kind: CaseIterable { case memory, file }

    /// Runs a test's body in a task; the time limit of the suite ends what waits for itself.
    private func ends(_ body: @escaping @Sendable () async throws -> Void) async -> Bool {
        do {
            try await Task { try await body() }.value
            return true
        } catch {
            Issue.record(error)
            return false
        }
    }

    private func open(_ kind: Kind, isVirtual: Bool = true) throws -> (OrderBook, TemporaryShop) {
        let shop = TemporaryShop()
        let world = isVirtual ? World.virtual(VirtualClock(start: noon)) : World.system
        switch kind {
        case .memory: return (try OrderBook.inMemory(workflows: [mugShop], world: world), shop)
        case .file: return (try OrderBook.open(shop.path, workflows: [mugShop], world: world), shop)
        }
    }

    private func stocked(_ book: OrderBook) async throws {
        try await book.submit(StockCommand(.receive(9), of: mug))
        try await book.submit(place("o-1"))
    }

    /// Everything that can be asked of a book without waiting for a write.
    private func ask(_ book: OrderBook, _ order: OrderID = "o-1") throws {
        #expect(try book.order(order) != nil)
        #expect(try book.history(of: order)?.isEmpty == false)
        #expect(try book.orders().elements.isEmpty == false)
        #expect(try book.stock(mug) != nil)
        #expect(!book.isClockHeld)
        #expect(try book.messages.topics().isEmpty == false)
        #expect(try book.readTables { tables in try tables.rows("SELECT 1 AS one").count } == 1)
    }

    @Test(arguments: Kind.allCases, [true, false])
    func `reads what there is`(kind: Kind, isVirtual: Bool) async throws {
        let (book, shop) = try open(kind, isVirtual: isVirtual)
        let isInTime = await ends {
            try await stocked(book)
            try await book.readTables { tables in
                try ask(book)
                try book.readTables { _ in try ask(book) }
                // It is the outer closure's turn again, with its rights.
                #expect(throws: StoreFailure.self) { try tables.rows("SELECT * FROM event") }
            }
            let result = try await book.transact(place("o-2")) { tables in
                // It sees what its own write has done.
                try ask(book, "o-2")
                #expect(throws: StoreFailure.self) { try tables.rows("SELECT * FROM event") }
                return try tables.rows("SELECT 2 AS two").count
            }
            #expect(result.result == 1)
            try await book.writeTables { _ in try ask(book) }
            #expect(try await book.order("o-2") != nil)
        }
        #expect(isInTime)
        await book.close()
        shop.remove()
    }

    @Test(arguments: Kind.allCases)
    func `reads in the handler of a module`(kind: Kind) async throws {
        let (book, shop) = try open(kind)
        let isInTime = await ends {
            let module = HandlerModule("reader", [Subscription("orders")]) { _, _, _ in try ask(book) }
            try await book.install(module)
            try await stocked(book)
            #expect(try await book.runModules() == 1)
            #expect(try await book.messages.lag(of: "reader").map(\.messages) == [0])
        }
        #expect(isInTime)
        await book.close()
        shop.remove()
    }

    @Test func `waits for no connection, however many ask at once`() async throws {
        let (book, shop) = try open(.file, isVirtual: false)
        #expect(await ends { try await stocked(book) })
        let hasEnded = DispatchSemaphore(value: 0)
        for _ in 0..<24 {
            Thread.detachNewThread {
                do {
                    for _ in 0..<20 {
                        try book.readTables { _ in
                            try book.readTables { _ in try book.readTables { _ in try ask(book) } }
                        }
                    }
                } catch let failure as StoreFailure where failure.code == .deadline {
                    // A machine that is busy with other tests: it has not waited for a connection all the same.
                } catch {
                    Issue.record(error)
                }
                hasEnded.signal()
            }
        }
        for _ in 0..<24 { #expect(hasEnded.wait(timeout: .now() + 60) == .success) }
        await book.close()
        shop.remove()
    }

    @Test(arguments: Kind.allCases, [true, false])
    func `closes the book when it has ended`(kind: Kind, isVirtual: Bool) async throws {
        for isReading in [true, false] {
            let (book, shop) = try open(kind, isVirtual: isVirtual)
            let isInTime = await ends {
                try await stocked(book)
                if isReading {
                    try await book.readTables { _ in book.close() }
                } else {
                    _ = try await book.transact(place("o-2")) { _ in book.close() }
                }
                // Waits for the other one.
                await book.close()
                guard case .refused = await book.answer(to: place("o-3")) else {
                    Issue.record("a closed book took an order")
                    return
                }
            }
            #expect(isInTime)
            shop.remove()
        }
    }

    @Test func `refuses a request that would wait for its own write`() async throws {
        let (book, shop) = try open(.memory)
        let isInTime = await ends {
            try await stocked(book)
            _ = try await book.transact(place("o-2")) { _ in
                guard case .refused(.undone) = book.engine.perform(place("o-3").command) else {
                    Issue.record("it was not refused")
                    return
                }
            }
            #expect(try await book.order("o-2") != nil)
            #expect(try await book.order("o-3") == nil)
        }
        #expect(isInTime)
        await book.close()
        shop.remove()
    }

    @Test func `a book that is dropped lets go of its file`() async throws {
        let shop = TemporaryShop()
        for isVirtual in [true, false, false] {
            let world = isVirtual ? World.virtual(VirtualClock(start: noon)) : World.system
            var opened: OrderBook?
            // Another thread may let go of it a moment later.
            let limit = World.system.uptime().milliseconds + 30_000
            while opened == nil, World.system.uptime().milliseconds < limit {
                do { opened = try OrderBook.open(shop.path, workflows: [mugShop], world: world) } catch let failure
                    as StoreFailure
                {
                    try #require(failure.code == .locked)
                }
            }
            let book = try #require(opened)
            #expect(await ends { try await book.submit(StockCommand(.receive(1), of: mug)) })
        }
        shop.remove()
    }
}

/// A path for a new file.
struct TemporaryShop: Sendable {
    let path = NSTemporaryDirectory() + "waybill-within-\(UUID().uuidString).db"

    func remove() {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            do { try FileManager.default.removeItem(atPath: path + suffix) } catch {}
        }
    }
}
