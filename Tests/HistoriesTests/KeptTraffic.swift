import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// What a client of the release before was told, and what it had asked.
private struct KeptAnswer: Decodable {
    struct Body: Decodable {
        let id: String?
        let workflow: String?
        let quantity: Int64?
        let by: Int64?
    }

    struct Answer: Decodable {
        let version: Int64?
    }

    let target: String
    let key: String?
    let role: String?
    let body: Body
    let answer: Answer

    static func all() throws -> [(answer: KeptAnswer, json: OrderBook.JSON)] {
        let text = try String(
            contentsOf: KeptFile.folder.appendingPathComponent("served.answers.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let json = try OrderBook.JSON(reading: Array(line.utf8))
            return (try JSONDecoder().decode(KeptAnswer.self, from: Data(line.utf8)), json)
        }
    }

    /// The command that the request was, from the owner of the file; nil: it was none.
    func command(_ json: OrderBook.JSON) -> OrderCommand? {
        let parts = target.split(separator: "/").map(String.init)
        if target == "/v1/orders" {
            return OrderCommand(
                "place", of: OrderID(body.id ?? ""), data: json["body"]?["data"] ?? [:],
                workflow: body.workflow.map { WorkflowName($0) }, role: role, key: key, caller: "owner")
        }
        guard parts.count == 5, parts[1] == "orders", parts[3] == "commands" else { return nil }
        return OrderCommand(
            EventName(parts[4]), of: OrderID(parts[2]), data: json["body"] ?? [:], role: role, key: key, caller: "owner"
        )
    }
}

@Suite struct `A file whose server was killed in the middle of traffic` {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = try #require(KeptFile.ofVersion15.first).copy(to: directory)
    }

    private func open() throws -> OrderBook {
        try #require(KeptFile.ofVersion15.first).open(path, workflows: WorkflowText.shipped)
    }

    @Test func `gives each request that was answered its answer again, under its key, and does nothing twice`()
        async throws
    {
        let book = try open()
        defer { book.close() }
        let end = book.engine.lastPosition
        var (orders, stocks) = (0, 0)
        for (answer, json) in try KeptAnswer.all() {
            if let command = answer.command(json) {
                let receipt = try await book.submit(command)
                #expect(receipt.isRepeat && receipt.version == answer.answer.version, "\(command.order)")
                orders += 1
            } else if answer.target.hasPrefix("/v1/stock/mug"), let quantity = answer.body.quantity {
                // It named no place, and does not now.
                let again = StockCommand(
                    .receive(quantity), of: "mug", key: answer.key, caller: "owner", note: "delivery 1")
                let receipt = try await book.submit(again)
                #expect(receipt.isRepeat && receipt.version == answer.answer.version)
                stocks += 1
            }
        }
        #expect(orders == 14 && stocks == 1)
        #expect(book.engine.lastPosition == end)
        let other = StockCommand(.receive(1), of: "mug", key: "d-1", caller: "owner")
        #expect(await book.answer(to: other) == .failure(.keyReused(key: "d-1")))
    }

    @Test func `goes on: orders, money, limits, messages that were in flight, delayed and undecided`() async throws {
        let book = try open()
        let limits = try await book.stocks(StockFilter(kind: .limits)).elements
        #expect(limits.map(\.key.location) == ["ann", "bob"])
        #expect(limits.map(\.level.purchaseLimit) == [2, 1])
        func buy(_ id: OrderID, _ buyer: String, of limit: Int64) async -> String {
            let data: OrderBook.JSON = [
                "buyer": .text(buyer), "sku": "phone", "at": "", "price_cents": 900, "limit": .int(limit),
            ]
            let command = OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop")
            switch await book.answer(to: command) {
            case .accepted: return "accepted"
            case .refused(let refusal): return refusal.code
            }
        }
        // Ann has two of two; Bob one of one, and one that a person has given him.
        #expect(await buy("n-1", "ann", of: 2) == "insufficient_stock")
        #expect(await buy("n-2", "bob", of: 1) == "accepted")
        #expect(await buy("n-3", "bob", of: 1) == "insufficient_stock")
        #expect(await buy("n-4", "ann", of: 3) == "accepted")
        #expect(try await book.messages.delayed().elements.map(\.id) == ["later"])
        #expect(try await book.messages.halfMessages().elements.map(\.id) == ["half"])
        // What the killed server had handed out comes again when its consumer is silent for long enough.
        book.advance(by: .hours(1))
        var seen: Set<MessageID> = []
        while case let batch = try await book.messages.receive(
            "shipping", Subscription("order"), Messages.ReceiveOptions(max: 100)),
            !batch.isEmpty
        {
            for delivery in batch {
                seen.insert(delivery.id)
                try await book.messages.acknowledge(delivery)
            }
        }
        let sent = try await book.messages.find(in: "order", from: OrderBook.Moment(milliseconds: 0), limit: 1_000)
        #expect(seen == Set(sent.map(\.id)) && !sent.isEmpty)
        await book.close()
        #expect(try Verify().run(path).findings == [])
    }
}
