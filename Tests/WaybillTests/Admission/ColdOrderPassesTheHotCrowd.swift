import Dispatch
import Testing
import Waybill
import WaybillCore
import WaybillEngine

@Suite struct `An order for a quiet item` {
    private static func place(_ id: OrderID, _ sku: SKU) -> OrderCommand {
        let data: JSON = [
            "buyer": .text(id.text.string), "sku": .text(sku.text.string), "at": "", "price_cents": 1, "limit": 9,
        ]
        return OrderCommand("place", of: id, data: data, workflow: "flash-sale", caller: "web")
    }

    /// Lets the other tasks go on until so many requests wait; gives up in the end, so that the test fails and ends.
    private static func letOthersGoOn(until count: Int, waitIn engine: Engine) async {
        for _ in 0..<1_000_000 where engine.waitingCount < count { await Task.yield() }
    }

    @Test func `is written long before the crowd that came first`() async throws {
        var settings = OrderBook.Settings()
        settings.writeRequestsMax = 16
        let book = try OrderBook.inMemory(world: .system, settings: settings)
        defer { book.close() }
        for sku: SKU in ["hot", "cold"] {
            try await book.submit(StockCommand(.receive(10_000), of: StockKey(sku: sku)))
        }
        let mayGoOn = DispatchSemaphore(value: 0)
        let (isBusy, signal) = AsyncStream.makeStream(of: Void.self)
        let busy = Task {
            try await book.transact(Self.place("busy", "hot"), deadline: .hours(1)) { _ in
                signal.finish()
                mayGoOn.wait()
            }
        }
        for await _ in isBusy {}
        let crowd = 500
        let hot = (0..<crowd).map { number in
            Task { await book.answer(to: Self.place(OrderID("hot-\(number)"), "hot")) }
        }
        await Self.letOthersGoOn(until: crowd, waitIn: book.engine)
        let cold = Task { await book.answer(to: Self.place("cold", "cold")) }
        await Self.letOthersGoOn(until: crowd + 1, waitIn: book.engine)
        mayGoOn.signal()
        _ = try await busy.value
        try await cold.value.receipt()
        for task in hot { try await task.value.receipt() }
        let position = try #require(try await book.history(of: "cold")?.first?.position)
        var before = 0
        for number in 0..<crowd {
            let event = try #require(try await book.history(of: OrderID("hot-\(number)"))?.first)
            if event.position < position { before += 1 }
        }
        // The next write, a round or two of it; without fair shares it would be all of the crowd.
        #expect(before < 80)
    }
}
