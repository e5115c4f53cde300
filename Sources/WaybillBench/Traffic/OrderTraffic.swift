import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// The orders of a shop by number: the same number, the same order, so that nothing has to be kept.
///
/// A quarter of the orders has two lines, the others one. Ids count up, as most shops' do; idempotency keys are random,
/// as most clients' are.
struct OrderTraffic: Sendable {
    static let buyerCount = 50_000
    /// So that no order is refused: the benchmark is not about empty shelves.
    static let stockPerSKU: Int64 = 1 << 40

    /// Until when an order waits for its money.
    let payUntil: Moment
    /// Sets apart the ids of several kinds of orders in one file.
    let prefix: String
    /// How many different things are sold.
    let skuCount: Int

    init(payUntil: Moment, prefix: String = "2025", skuCount: Int = 2_000) {
        precondition(skuCount > 0, "a shop sells something")
        self.payUntil = payUntil
        self.prefix = prefix
        self.skuCount = skuCount
    }

    struct Line {
        let sku: Int
        let quantity: Int64
        let priceCents: Int64
    }

    func id(_ number: Int) -> OrderID { OrderID("\(prefix)-\(Self.padded(number, digits: 9))") }

    static func sku(_ index: Int) -> SKU { SKU("sku-\(padded(index, digits: 5))") }

    func lines(_ number: Int) -> [Line] {
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: number))
        return lines(&generator)
    }

    private func lines(_ generator: inout SeededGenerator) -> [Line] {
        let count = generator.next() % 4 == 0 ? 2 : 1
        let first = Int(generator.next() % UInt64(skuCount))
        return (0..<count).map { index in
            Line(
                sku: (first + index) % skuCount, quantity: Int64(generator.next() % 3) + 1,
                priceCents: Int64(generator.next() % 20_000) + 99)
        }
    }

    /// The command that places an order.
    func place(_ number: Int) -> Command { place(number, payUntil: payUntil) }

    func place(_ number: Int, payUntil: Moment) -> Command {
        var generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: number))
        let lines = lines(&generator)
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("shop")
        writer.text("shop-7")
        writer.key("buyer")
        writer.text(Text("buyer-\(generator.next() % UInt64(Self.buyerCount))"))
        writer.key("pay_until")
        writer.int(payUntil.milliseconds)
        writer.key("lines")
        writer.beginArray()
        for (index, line) in lines.enumerated() {
            writer.beginObject()
            writer.key("line")
            writer.text(Text("\(index + 1)"))
            writer.key("sku")
            writer.text(Self.sku(line.sku).text)
            writer.key("qty")
            writer.int(line.quantity)
            writer.key("price_cents")
            writer.int(line.priceCents)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return Command(
            order: id(number), name: "place", data: writer.bytes, workflow: BenchWorkflow.name, role: "shop",
            key: Text("\(prefix)-\(String(generator.next(), radix: 16))"), caller: "shop-7")
    }

    /// The command that pays an order in full.
    func pay(_ number: Int) -> Command {
        let total = lines(number).reduce(0) { $0 + $1.quantity * $1.priceCents }
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.key("payment")
        writer.text(Text("payment-\(number)"))
        writer.key("amount_cents")
        writer.int(total)
        writer.endObject()
        return Command(order: id(number), name: "pay", data: writer.bytes, role: "payments", caller: "payments")
    }

    /// The receipts that fill the shelves.
    func receipts(of quantity: Int64 = stockPerSKU) -> [StockCommand] {
        (0..<skuCount).map { index in
            StockCommand(.receive(quantity), of: StockKey(sku: Self.sku(index)))
        }
    }

    private static func padded(_ number: Int, digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
