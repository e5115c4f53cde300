import Foundation
import Testing
import Waybill

/// The shop of the page `WriteAWorkflow`, with the workflow that stands there.
@Suite struct `The bicycle shop` {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    /// The first YAML block of the page.
    private func rental() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/Waybill/Waybill.docc/WriteAWorkflow.md"), encoding: .utf8)
        let begin = try #require(page.range(of: "```yaml\n"))
        let end = try #require(page[begin.upperBound...].range(of: "\n```"))
        return String(page[begin.upperBound..<end.lowerBound]) + "\n"
    }

    @Test func `opens with its file, and takes a booking`() async throws {
        let (file, path) = (directory.path("rental.yaml"), directory.path("shop.db"))
        try Data(try rental().utf8).write(to: URL(filePath: file))

        let text = try String(contentsOfFile: file, encoding: .utf8)
        let book = try OrderBook.open(path, workflows: [WorkflowText(text, source: "rental.yaml")])
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "red-7", location: "lake")))
        let booked = try await book.submit(
            OrderCommand(
                "book", of: "ride-1",
                data: [
                    "rider": "ann", "bicycle": "red-7", "station": "lake", "rent_cents": 2_000, "deposit_cents": 10_000,
                    "late_fee_cents": 500, "back_by": "2036-01-01T18:00:00Z",
                ], workflow: "bicycle-rental", role: "rider", key: "cart-42"))

        #expect(booked.status == "awaiting payment")
        await book.close()
    }

    func payBack(
        for book: OrderBook, _ provider: @Sendable (_ key: String, _ cents: Int64) async throws -> Bool
    ) async throws {
        try await book.messages.createGroup("refunder")
        for try await delivery in book.messages.deliveries(to: "refunder", Subscription("refunds", tags: "call")) {
            let call = try OrderBook.JSON(reading: delivery.body)
            guard let order = delivery.order, let key = call["call"]?.asText,
                let cents = call["data"]?["amount_cents"]?.asInt
            else { continue }
            // The provider must know the key, and pay only once for it.
            let isPaid = try await provider(key, cents)
            let answer: OrderCommand =
                isPaid
                ? OrderCommand("refund_done", of: order, role: "payments", key: key)
                : OrderCommand(
                    "refund_failed", of: order, data: ["reason": "declined"], role: "payments", key: key)
            do throws(Refusal) {
                try await book.submit(answer)
            } catch {
                // It is redelivered later; after the last attempt it is a dead letter, for a person.
                try await book.messages.fail(delivery, because: error.message)
                continue
            }
            try await book.messages.acknowledge(delivery)
        }
    }

    /// A book in virtual time, with one bicycle that a rider has booked until six hours from now.
    private func shop(booked ride: OrderID) async throws -> OrderBook {
        let start = OrderBook.Moment(milliseconds: 1_767_182_400_000)
        let world = OrderBook.World.virtual(VirtualClock(start: start))
        let book = try OrderBook.inMemory(workflows: [WorkflowText(try rental())], world: world)
        try await book.submit(StockCommand(.receive(1), of: StockKey(sku: "red-7", location: "lake")))
        let booking = OrderCommand(
            "book", of: ride,
            data: [
                "rider": "ann", "bicycle": "red-7", "station": "lake", "rent_cents": 2_000, "deposit_cents": 10_000,
                "late_fee_cents": 500, "back_by": .int(start.advanced(by: .hours(6)).milliseconds),
            ], workflow: "bicycle-rental", role: "rider")
        try await book.submit(booking)
        return book
    }

    private func pay(_ payment: String, _ cents: Int64, for ride: OrderID, in book: OrderBook) async throws {
        let data: OrderBook.JSON = ["payment": .text(payment), "amount_cents": .int(cents)]
        try await book.submit(OrderCommand("pay", of: ride, data: data, role: "payments"))
    }

    @Test func `keeps what is owed of the deposit, and pays the rest back once`() async throws {
        let book = try await shop(booked: "ride-1")
        try await pay("p-1", 12_000, for: "ride-1", in: book)
        try await book.submit(OrderCommand("hand_over", of: "ride-1", role: "station"))
        book.advance(by: .minutes(8 * 60 + 10))
        #expect(try await book.order("ride-1")?.status == "overdue")
        let data: OrderBook.JSON = ["damage_cents": 1_500]
        try await book.submit(OrderCommand("bring_back", of: "ride-1", data: data, role: "station"))
        #expect(try await book.stock(StockKey(sku: "red-7", location: "lake"))?.free == 1)

        let provider = MakeBelieveProvider()
        try await payBack(for: book) { key, cents in await provider.pay(key, cents) }
        // Two hours and ten minutes are three hours begun.
        #expect(await provider.paid == ["ride-1#1": 10_000 - 1_500 - 3 * 500])
        #expect(try await book.calls(of: "ride-1")?.map(\.state) == ["ok"])
        #expect(try await book.order("ride-1")?.status == "back")
    }

    @Test func `pays back what comes too late, and gives a bicycle up after three days`() async throws {
        let book = try await shop(booked: "ride-1")
        book.advance(by: .minutes(15))
        #expect(try await book.order("ride-1")?.status == "closed")
        try await pay("p-1", 12_000, for: "ride-1", in: book)
        let provider = MakeBelieveProvider()
        try await payBack(for: book) { key, cents in await provider.pay(key, cents) }
        #expect(await provider.paid == ["ride-1#1": 12_000])

        let other = try await shop(booked: "ride-2")
        try await pay("p-2", 12_000, for: "ride-2", in: other)
        try await other.submit(OrderCommand("hand_over", of: "ride-2", role: "station"))
        other.advance(by: .days(4))
        #expect(try await other.order("ride-2")?.status == "lost")
        #expect(try await other.stock(StockKey(sku: "red-7", location: "lake"))?.free == 0)
    }
}

/// Notes what it pays for each key.
private actor MakeBelieveProvider {
    private(set) var paid: [String: Int64] = [:]

    func pay(_ key: String, _ cents: Int64) -> Bool {
        paid[key, default: 0] += cents
        return true
    }
}
