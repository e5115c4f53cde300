import ArgumentParser
import Foundation
import Waybill
import WaybillCore

/// `waybill load`: a shop that never rests, for tests that kill the process. Each line is an answer that was given.
struct LoadNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Place, pay and let expire orders until killed; prints what was acknowledged.",
        shouldDisplay: false)

    @Option(help: "The database file; it is made if it is not there.")
    var db: String
    @Option(help: "Names the orders of this run: seed-1, seed-2, ...")
    var seed: Int
    @Option(help: "How many buyers order at the same time.")
    var buyers = 64

    func run() async throws {
        let book = try OrderBook.open(db)
        for item in 0..<10 {
            let receipt = StockCommand(.receive(1_000_000), of: StockKey(sku: SKU("item-\(item)")), key: "item-\(item)")
            try await book.submit(receipt)
        }
        await withTaskGroup { group in
            for buyer in 0..<max(1, buyers) {
                group.addTask { await order(as: buyer, in: book) }
            }
        }
    }

    /// Two of three orders are paid; the third expires after a few milliseconds, under the load of the others.
    private func order(as buyer: Int, in book: OrderBook) async {
        for count in 0... {
            let id = OrderID("\(seed)-\(buyer)-\(count)")
            let expires = count % 3 == 0
            let placed = await book.answer(
                to: OrderCommand(
                    "place", of: id,
                    data: [
                        "shop": "s", "buyer": .text("b\(buyer)"), "pay_within": expires ? 5 : 3_600_000,
                        "freight_cents": 0, "discount_cents": 0,
                        "lines": [
                            ["line": "1", "sku": .text("item-\(count % 10)"), "at": "", "qty": 2, "price_cents": 50]
                        ],
                    ], workflow: "standard-order", key: Text("place-\(id)")))
            guard acknowledge(id, placed) else { return }
            if expires { continue }
            let paid = await book.answer(
                to: OrderCommand(
                    "pay", of: id, data: ["payment": .text("p-\(id)"), "channel": "card", "amount_cents": 100]))
            guard acknowledge(id, paid) else { return }
        }
    }

    /// Prints the order's id and version, as one line at once; false when the engine gives no more answers.
    private func acknowledge(_ id: OrderID, _ answer: Answer) -> Bool {
        switch answer {
        case .accepted(let receipt):
            Output.standard.line("\(id) \(receipt.version)")
            Output.standard.flush()
            return true
        case .refused(let refusal):
            Output.error.line("\(id) refused: \(refusal)")
            return false
        }
    }
}
