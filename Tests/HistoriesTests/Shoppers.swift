import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A seeded crowd that sends orders of every shipped workflow whatever comes to its mind. Much of it is refused; what
/// is accepted goes through every corner: split and late payments, parcels, returns, cancels, expiry, empty stock.
struct Shoppers {
    private let book: OrderBook
    private var dice: SeededGenerator
    private(set) var accepted = 0
    private(set) var refused = 0
    private var orders: [(id: OrderID, workflow: WorkflowName)] = []
    private var sequence = 0

    init(_ book: OrderBook, seed: UInt64) {
        self.book = book
        dice = SeededGenerator(seed: seed)
    }

    mutating func live(steps: Int) async throws {
        for sku in ["pen", "mug", "hat"] {
            for place in ["north", "south"] {
                let stock = StockKey(sku: SKU(sku), location: Location(place))
                try await book.submit(StockCommand(.receive(12), of: stock, key: "\(sku)@\(place)"))
            }
        }
        for _ in 0..<steps {
            if orders.isEmpty || chance(4) { await place() } else { await go() }
            if chance(2) { book.advance(by: .seconds(Int64.random(in: 1...60, using: &dice))) }
            if chance(9) { book.advance(by: .minutes(Int64.random(in: 1...300, using: &dice))) }
            if chance(60) { book.advance(by: .days(Int64.random(in: 1...4, using: &dice))) }
            if chance(40) { await changeStock() }
            if chance(12) { await changeTimeout() }
        }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &dice) == 0 }
    private mutating func number(_ range: ClosedRange<Int64>) -> JSON { .int(Int64.random(in: range, using: &dice)) }
    private mutating func word(_ words: String...) -> JSON { .text(words.randomElement(using: &dice) ?? "") }

    private mutating func fresh(_ word: String) -> JSON {
        // Now and then a key that was used before.
        if !chance(8) { sequence += 1 }
        return .text("\(word)-\(sequence)")
    }

    private mutating func place() async {
        sequence += 1
        let id = OrderID("order-\(sequence)")
        switch Int.random(in: 0..<4, using: &dice) {
        case 0:
            let lines = (1...Int.random(in: 1...3, using: &dice)).map { line -> JSON in
                [
                    "line": .text("\(line)"), "sku": word("pen", "mug", "hat"), "at": word("north", "south"),
                    "qty": number(1...3), "price_cents": number(1...900),
                ]
            }
            await send(
                "place", id, "standard-order",
                [
                    "shop": "s", "buyer": word("ann", "bob"), "pay_within": number(60_000...7_200_000),
                    "freight_cents": number(0...50), "discount_cents": 0, "lines": .array(lines),
                ])
        case 1:
            await send(
                "place", id, "flash-sale",
                [
                    "buyer": word("ann", "bob"), "sku": word("pen", "mug"), "at": "north", "price_cents": 500,
                    "limit": 2,
                ])
        case 2:
            let now = book.engine.world.now().milliseconds
            await send(
                "place", id, "pre-sale",
                [
                    "buyer": word("ann", "bob"), "sku": "hat", "at": "south", "qty": 1, "deposit_cents": 100,
                    "balance_cents": 400, "opens_at": .int(now + 86_400_000), "closes_at": .int(now + 2 * 86_400_000),
                ])
        default:
            await send(
                "register", id, "member-registration", ["member": fresh("m"), "email": "a@b", "name": nil])
        }
    }

    private mutating func go() async {
        guard let (id, workflow) = orders.randomElement(using: &dice) else { return }
        switch workflow {
        case "standard-order": await goOn(standard: id)
        case "member-registration": await goOn(member: id)
        default: await goOn(sale: id)
        }
    }

    private mutating func goOn(standard id: OrderID) async {
        let lines: JSON = [["line": .text("1"), "qty": number(1...2)]]
        switch Int.random(in: 0..<9, using: &dice) {
        case 0...2:
            await send(
                "pay", id, nil, ["payment": fresh("pay"), "channel": "card", "amount_cents": number(1...2_000)])
        case 3: await send("change_price", id, nil, ["line": "1", "price_cents": number(1...900)])
        case 4: await send("cancel", id, nil, ["reason": "why \"not\"\n"])
        case 5: await send("ship", id, nil, ["parcel": fresh("box"), "carrier": "post", "lines": lines])
        case 6: await send("ask_return", id, nil, ["case": fresh("case"), "kind": "return", "lines": lines])
        case 7: await answerCall(of: id)
        default: await goOn(childOf: id)
        }
    }

    /// A parcel arrives or gets lost, a return comes back; the order hears of it.
    private mutating func goOn(childOf id: OrderID) async {
        guard let child = relatives(of: id).children.randomElement(using: &dice) else { return }
        if child.description.contains("/parcel-") {
            if chance(2) {
                await send("deliver", child, nil, [:])
            } else {
                await send("lose", child, nil, ["reason": "no idea"])
            }
        } else {
            let back: JSON = [["line": .text("1"), "qty": 1, "at": word("north", "south")]]
            await send("approve", child, nil, [:])
            await send("receive", child, nil, ["refund_cents": number(0...300), "lines": back])
        }
    }

    /// The payment provider answers, or never does.
    private mutating func answerCall(of id: OrderID) async {
        guard let call = relatives(of: id).calls.randomElement(using: &dice) else { return }
        if chance(3) {
            await send("refund_failed", id, nil, ["reason": "closed"], key: call)
        } else {
            await send("refund_done", id, nil, [:], key: call)
        }
    }

    private func relatives(of id: OrderID) -> (children: [OrderID], calls: [Text]) {
        do {
            guard let order = try book.order(id) else { return ([], []) }
            return (order.children, order.openCalls.map(\.key))
        } catch {
            print("an order is unreadable: \(error)")
            return ([], [])
        }
    }

    private mutating func goOn(sale id: OrderID) async {
        switch Int.random(in: 0..<5, using: &dice) {
        case 0...1:
            let amount = JSON.int([100, 400, 500].randomElement(using: &dice) ?? 0)
            await send("pay", id, nil, ["payment": fresh("pay"), "amount_cents": amount])
        case 2: await send("cancel", id, nil, [:])
        case 3: await send("withdraw", id, nil, ["reason": "sorry"])
        default: await send("ship", id, nil, ["parcel": fresh("box"), "carrier": "post"])
        }
    }

    private mutating func goOn(member id: OrderID) async {
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: await send("send_again", id, nil, [:])
        case 1: await send("confirm_email", id, nil, ["email": "a@b"])
        case 2: await send("change_email", id, nil, ["email": "é@b"])
        default: await send("leave", id, nil, [:])
        }
    }

    private mutating func send(
        _ name: EventName, _ id: OrderID, _ workflow: WorkflowName?, _ data: JSON, key given: Text? = nil
    ) async {
        let key: Text? = given ?? (chance(2) ? nil : "key-\(sequence)-\(name)-\(id)")
        switch await book.answer(
            to: OrderCommand(name, of: id, data: data, workflow: workflow, key: key, caller: "shop"))
        {
        case .accepted:
            accepted += 1
            if let workflow { orders.append((id, workflow)) }
        case .refused: refused += 1
        }
    }

    private mutating func changeStock() async {
        let stock = StockKey(sku: "pen", location: "north")
        let action: StockCommand.Action = chance(2) ? .count(7, expected: nil) : .adjust(chance(2) ? 2 : -1)
        if case .success = await book.answer(to: StockCommand(action, of: stock, note: "shelf")) { accepted += 1 }
    }

    /// Moves or cancels one timeout of an order.
    private mutating func changeTimeout() async {
        guard let (id, _) = orders.randomElement(using: &dice) else { return }
        do {
            guard let pending = try await book.order(id)?.timeouts.first else { return }
            if chance(3) {
                _ = await Answer { try await book.cancelTimeout(pending.name, of: id) }
            } else {
                _ = await Answer { try await book.extendTimeout(pending.name, of: id, by: .minutes(7)) }
            }
        } catch {
            print("a history is unreadable: \(error)")
        }
    }
}
