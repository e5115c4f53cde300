import OtherNames
import Testing
import Waybill

/// Two libraries in one file: that it compiles is the test. A name that both export would be ambiguous here.
@Suite struct `A program with another library` {
    @Test func `means that one by short names`() {
        let others: [any Sendable] = [
            Text(), JSON(), Interval(), Moment(), World(), Digest(), Value(), Position(), Location(), Page(), Answer(),
            Resolution(), Command(), Event(), Order(), Workflow(), Store(), Engine(), Writer(), Transaction(), Vitals(),
            Problem(), Seal(),
        ]
        #expect(others.allSatisfy { String(reflecting: type(of: $0)).hasPrefix("OtherNames.") })
        struct Mine: Identifier {}
        #expect(Mine() as Any is any OtherNames.Identifier)
    }

    @Test func `finds ours within the order book`() throws {
        let text: OrderBook.Text = "ann"
        let moment: OrderBook.Moment = .init(milliseconds: 1)
        let interval: OrderBook.Interval = .seconds(1)
        let world: OrderBook.World = .virtual(VirtualClock(start: moment))
        let json: OrderBook.JSON = ["buyer": "ann", "lines": [["sku": "mug", "qty": 2]]]
        let location: OrderBook.Location = "berlin"
        let page: OrderBook.Page<OrderView> = try OrderBook.inMemory(world: world).orders()
        #expect(text.string == "ann" && location.text.string == "berlin")
        #expect(moment.advanced(by: interval).milliseconds == 1_001)
        #expect(json["lines"]?.elements?.count == 1)
        #expect(page.elements.isEmpty && page.next == nil)
        #expect(OrderBook.Position(text: "e7")?.text == "e7")
        #expect(Messages.Resolution.commit != .rollback)
    }

    @Test func `writes what both export with the module`() {
        #expect(Waybill.Subscription("order", tags: "paid").topic == "order")
        _ = OtherNames.Subscription()
    }

    @Test func `catches a refusal by its type`() async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(milliseconds: 0))))
        do throws(Refusal) {
            try await book.submit(OrderCommand("pay", of: "order-7"))
            Issue.record("it was accepted")
        } catch {
            guard case .unknownOrder(let order) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(order == "order-7")
        }
        let answer: OrderBook.Answer = await book.answer(to: OrderCommand("pay", of: "order-7"))
        guard case .refused = answer else {
            Issue.record("\(answer)")
            return
        }
    }
}
