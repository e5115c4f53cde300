import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `At the door` {
    @Test(arguments: [
        (place(""), "bad_data"),
        (place(OrderID(String(repeating: "o", count: 257))), "limit"),
        (OrderCommand("$timeout", of: "o-1", workflow: "mug-shop"), "bad_data"),
        (OrderCommand("", of: "o-1", workflow: "mug-shop"), "bad_data"),
        (place("o-1", key: ""), "bad_data"),
        (place("o-1", key: Text(String(repeating: "k", count: 257))), "limit"),
        (OrderCommand("place", of: "o-1", workflow: "no-such"), "unknown_workflow"),
        (OrderCommand("pay", of: "o-1"), "unknown_order"),
        (OrderCommand("pay", of: "o-1", workflow: "mug-shop"), "unknown_order"),
        (OrderCommand("fly", of: "o-1", workflow: "mug-shop"), "unknown_command"),
        (OrderCommand("place", of: "o-1", json: Array("{\"qty\":-1".utf8), workflow: "mug-shop"), "bad_data"),
        (place("o-1", qty: .max), "insufficient_stock"),
    ])
    func `a command that crosses a bound is refused by name, and nothing is kept of it`(
        command: OrderCommand, code: String
    ) async throws {
        let book = try await mugBook()
        guard case .refused(let refusal) = await book.answer(to: command) else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.code == code)
        #expect(try await book.orders().elements.isEmpty)
        #expect(try await book.stock(mug)?.free == 10)
    }

    @Test(arguments: [
        StockCommand(.receive(1), of: StockKey(sku: "")),
        StockCommand(.receive(0), of: mug),
        StockCommand(.receive(.max), of: mug),
        StockCommand(.adjust(-11), of: mug),
        StockCommand(.adjust(.min), of: mug),
        StockCommand(.count(-1, expected: nil), of: mug),
        StockCommand(.count(3, expected: 9), of: mug),
    ])
    func `a stock command that does not fit is refused`(command: StockCommand) async throws {
        let book = try await mugBook()
        let result = await book.answer(to: command)
        #expect(throws: Refusal.self) { try result.get() }
        #expect(try await book.stock(mug)?.free == 10)
    }
}
