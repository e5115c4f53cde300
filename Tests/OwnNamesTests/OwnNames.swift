import Foundation
import Testing
import Waybill

/// The program's own data.
struct Sale: Encodable {
    var buyer: String
    var sku: String
    var at: String
    var price_cents: Int
    var limit: Int
}

struct Payment: Codable, Equatable {
    var payment: String
    var amount_cents: Int
}

/// What the shop says of a paid order.
struct OrderPaid: Decodable {
    var order: String
    var status: String
    var data: Payment
}

@Suite struct `A program with its own types` {
    @Test func `gives and takes its own data`() async throws {
        let start = Date(timeIntervalSince1970: 1_764_000_000)
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(start))))
        try await book.messages.createGroup("ledger")
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "phone")))
        let sale = Sale(buyer: "ann", sku: "phone", at: "", price_cents: 49_900, limit: 2)
        try await book.submit(OrderCommand("place", of: "order-7", data: sale, workflow: "flash-sale"))
        let payment = Payment(payment: "p-1", amount_cents: 49_900)
        let paid = try await book.submit(OrderCommand("pay", of: "order-7", data: payment))
        #expect(paid.version == 2)

        let topic = try #require(try await book.details(of: "order-7")?.last?.messages.first?.topic)
        let deliveries = try await book.messages.receive("ledger", Subscription(topic))
        let told = try #require(deliveries.last { $0.event == paid.position })
        let said = try told.decode(OrderPaid.self)
        #expect(said.order == "order-7" && said.data == payment && !said.status.isEmpty)
        #expect(throws: DecodingError.self) { try told.decode([Int].self) }

        book.advance(by: .init(.seconds(90)))
        #expect(book.now.date == start.addingTimeInterval(90))
    }

    @Test func `gives times and lengths of time as Swift and Foundation have them`() {
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: 1.5)).milliseconds == 1_500)
        #expect(OrderBook.Moment(Date.distantFuture).date == Date.distantFuture)
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: .infinity)).milliseconds == .max)
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: -1e30)).milliseconds == .min)
        let clock = VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))
        clock.move(to: clock.now.advanced(by: .init(.milliseconds(1_234) + .microseconds(900))))
        #expect(clock.now.milliseconds == 1_234)
    }

    @Test func `takes a plain message's body as it is`() async throws {
        let book = try OrderBook.inMemory(
            workflows: [], world: .virtual(VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))))
        let messages = book.messages
        try await messages.createTopic("notes")
        try await messages.createGroup("readers")
        try await messages.send(NewMessage(to: "notes", body: Array(#"{"payment":"p","amount_cents":3}"#.utf8)))
        try await messages.send(NewMessage(to: "notes", body: Array("[1,2]".utf8)))
        try await messages.send(NewMessage(to: "notes", body: Array("no JSON".utf8)))
        let got = try await messages.receive("readers", Subscription("notes"))
        #expect(try got[0].decode() == Payment(payment: "p", amount_cents: 3))
        #expect(try got[1].decode([Int].self) == [1, 2])
        #expect(throws: DecodingError.self) { try got[2].decode(Payment.self) }
    }
}
