import Waybill
import WaybillCore
import WaybillEngine

/// A real order book in virtual time that opens some workflow texts, with a payment provider beside it.
final class TradeSubject {
    static let start: Int64 = 1_764_000_000_000
    private static let bank: GroupName = "bank"

    let lives: Lives<OrderBook>
    /// Units that were received, by SKU and location.
    static let received = ["mug@": 12, "mug@n": 12, "cup@n": 12, "coupon:SPRING@": 1]
    /// Ids of roots that may be there.
    private var roots: [String] = []

    var book: OrderBook { lives.opened }

    private let hasRefunds: Bool

    init(seed: UInt64, shape: TradeShape, texts: [WorkflowText]) async throws {
        hasRefunds = shape.hasRefunds
        let sources = shape.names.map { "\($0).yaml" }
        let texts = texts.filter { sources.contains($0.source) }
        lives = try Lives(from: Self.start, seed: seed) { path, world in
            try OrderBook.rehearsal(path, workflows: texts, world: world)
        }
        for (row, count) in Self.received.sorted(by: { $0.key < $1.key }) {
            try await book.submit(StockCommand(.receive(Int64(count)), of: Self.key(row)))
        }
        try await book.messages.createGroup(Self.bank)
    }

    private static func key(_ row: String) -> StockKey {
        let parts = row.split(separator: "@", omittingEmptySubsequences: false)
        return StockKey(sku: SKU(String(parts[0])), location: Location(String(parts[1])))
    }

    // MARK: Steps

    func send(_ command: TradeCommand) -> TradeVerdict {
        if command.workflow != nil, !roots.contains(command.order) { roots.append(command.order) }
        let workflow = command.workflow.map { WorkflowName($0) }
        return send(
            OrderCommand(
                EventName(command.name), of: OrderID(command.order), data: json(command.data), workflow: workflow))
    }

    /// The answer of a call, sent with its key.
    func answer(_ call: String, of order: String, isDone: Bool, by caller: String) -> TradeVerdict {
        let data: JSON = isDone ? [:] : ["reason": "by lot"]
        return send(
            OrderCommand(
                isDone ? "refund_done" : "refund_failed", of: OrderID(order), data: data, key: Text(call),
                caller: Text(caller)))
    }

    private func send(_ command: OrderCommand) -> TradeVerdict {
        switch book.engine.perform(command.command) {
        case .accepted(let receipt): receipt.isRepeat ? .repeated : .accepted
        case .refused(let refusal): .refused(refusal.code)
        }
    }

    private func json(_ data: [String: TradeFact]) -> JSON {
        .object(data.sorted { $0.key < $1.key }.map { JSON.Member($0.key, json($0.value)) })
    }

    private func json(_ fact: TradeFact) -> JSON {
        switch fact {
        case .text(let text): .text(text)
        case .number(let number): .int(Int64(number))
        case .list(let elements): .array(elements.map(json))
        }
    }

    func pass(_ milliseconds: Int64) { book.advance(by: Interval(milliseconds: milliseconds)) }

    func move(to moment: Int64) { book.advance(to: Moment(milliseconds: moment)) }

    // MARK: What can be seen

    func picture() async throws -> TradePicture {
        var picture = TradePicture()
        var ids = roots
        while let id = ids.popLast() {
            guard let seen = try seen(id) else { continue }
            picture.orders[id] = seen
            ids += seen.children
        }
        for row in Self.received.keys {
            guard let level = try await book.stock(Self.key(row)) else { continue }
            picture.stock[row] = TradePicture.Level(
                free: Int(level.free), reserved: Int(level.reserved), sold: Int(level.sold))
        }
        picture.asked = try await asked()
        return picture
    }

    private func seen(_ id: String) throws -> TradePicture.Order? {
        guard let order = try book.order(OrderID(id)) else { return nil }
        let calls = try book.calls(of: order.id) ?? []
        var seen = TradePicture.Order(
            workflow: order.workflow.text.string, status: order.status.string, version: order.version,
            possible: order.possible.map { $0.command.text.string }, due: order.timeouts.map(\.due.milliseconds),
            deadlines: calls.filter { ["open", "unanswered"].contains($0.state) }.map(\.deadline.milliseconds),
            children: order.children.map(\.text.string))
        for held in order.holdings {
            let row = "\(held.stock.sku.text.string)@\(held.stock.location.text.string)"
            seen.reserved[row, default: 0] += Int(held.reserved)
            seen.sold[row, default: 0] += Int(held.sold - held.shipped)
        }
        return seen
    }

    /// The provider takes what it is asked.
    private func asked() async throws -> [TradePicture.Asked] {
        guard hasRefunds else { return [] }
        var asked: [TradePicture.Asked] = []
        while true {
            let batch = try await book.messages.receive(
                Self.bank, Subscription("refunds", tags: "call"), Messages.ReceiveOptions(max: 100))
            if batch.isEmpty { return asked }
            for delivery in batch {
                let body = try JSON(reading: delivery.body)
                try await book.messages.acknowledge(delivery)
                guard let key = body["call"]?.asText, let order = body["order"]?.asText,
                    let payment = body["data"]?["payment"]?.asText, let cents = body["data"]?["amount_cents"]?.asInt
                else { continue }
                asked.append(TradePicture.Asked(key: key, order: order, payment: payment, cents: Int(cents)))
            }
        }
    }
}
