import Fixtures
import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// Which requests under one key are the same.
@Suite struct `A request under a used key` {
    private static let place = #"""
        {"shop":"s","buyer":"ann","pay_within":"30m","freight_cents":0,"discount_cents":0,\#
        "lines":[{"line":"a","sku":"mug","at":"","qty":1,"price_cents":1000}]}
        """#

    private struct Unexpected: Error {
        let answer: Answer?
    }

    /// Spellings of one request.
    private static let same: [String] = [
        place,
        // The order of fields, also within a list.
        #"""
        {"lines":[{"price_cents":1000,"qty":1,"at":"","sku":"mug","line":"a"}],"discount_cents":0,"freight_cents":0,\#
        "pay_within":"30m","buyer":"ann","shop":"s"}
        """#,
        // Blanks, escapes, an optional field that says nothing, other spellings of one duration and of zero.
        place.replacing(",", with: " ,\n "), place.replacing("ann", with: #"\u0061nn"#),
        place.replacing("mug", with: #"m\u0075g"#), place.replacing(#""shop""#, with: #""coupon":null,"shop""#),
        place.replacing("30m", with: "1800s"), place.replacing(#""30m""#, with: "1800000"),
        place.replacing(#""freight_cents":0"#, with: #""freight_cents":-0"#),
    ]

    /// Requests that ask something else.
    private static let other: [String] = [
        place.replacing("ann", with: "bob"), place.replacing("30m", with: "31m"), place.replacing("mug", with: "mug "),
        place.replacing(#""qty":1"#, with: #""qty":2"#), place.replacing(#""at":"""#, with: #""at":"north""#),
        place.replacing(#""shop""#, with: #""coupon":"","shop""#), "{}", "", "[", #"{"shop":"s"}"#,
    ]

    private func book() throws -> OrderBook {
        try OrderBook.inMemory(world: .virtual(VirtualClock(start: Shop.opening)))
    }

    private func send(
        _ data: String, _ name: EventName = "place", of order: OrderID = "o-1", key: Text = "k", caller: Text = "",
        workflow: WorkflowName? = "standard-order", version: Int64? = nil, lane: Text = "", to book: OrderBook
    ) -> Answer? {
        let command = Command(
            order: order, name: name, data: Array(data.utf8), workflow: name == "place" ? workflow : nil, key: key,
            caller: caller, expectedVersion: version, lane: lane)
        let answer = book.engine.perform(command)
        return answer
    }

    @Test(arguments: same)
    func `is the same whatever its sender made of the same values`(_ again: String) throws {
        let book = try book()
        defer { book.close() }
        _ = book.engine.perform(StockCommand(.receive(5), of: StockKey(sku: "mug")))
        let first = try #require(send(Self.place, to: book)).receipt()
        let second = try #require(send(again, to: book)).receipt()
        #expect(!first.isRepeat && second.isRepeat && second.version == first.version)
        #expect(try book.stock(StockKey(sku: "mug"))?.reserved == 1)
    }

    @Test(arguments: other)
    func `is another with another value`(_ other: String) throws {
        let book = try book()
        defer { book.close() }
        _ = book.engine.perform(StockCommand(.receive(5), of: StockKey(sku: "mug")))
        _ = try #require(send(Self.place, to: book)).receipt()
        #expect(send(other, to: book) == .refused(.keyReused(key: "k")))
        #expect(send(Self.place, version: 0, to: book) == .refused(.keyReused(key: "k")))
        #expect(send(Self.place, of: "o-2", to: book) == .refused(.keyReused(key: "k")))
        #expect(send(Self.place, workflow: nil, to: book) == .refused(.keyReused(key: "k")))
        #expect(send("{}", "confirm_receipt", to: book) == .refused(.keyReused(key: "k")))
    }

    @Test func `is the same also where it was refused`() throws {
        let book = try book()
        defer { book.close() }
        _ = book.engine.perform(StockCommand(.receive(5), of: StockKey(sku: "mug")))
        _ = try #require(send(Self.place, to: book)).receipt()
        let refused = send(#"{"parcel":"p","carrier":"c","lines":[]}"#, "ship", key: "s", to: book)
        guard case .refused(let first) = refused else { throw Unexpected(answer: refused) }
        #expect(first.code == "not_possible")
        let again = send(#"{ "lines": [], "carrier": "c", "parcel": "\u0070" }"#, "ship", key: "s", to: book)
        guard case .refused(let second) = again else { throw Unexpected(answer: again) }
        #expect(second.code == first.code && second.message == first.message)
        let other = send(#"{"parcel":"q","carrier":"c","lines":[]}"#, "ship", key: "s", to: book)
        #expect(other == .refused(.keyReused(key: "s")))
    }

    @Test func `of an earlier release is the same byte for byte`() throws {
        let directory = try TemporaryDirectory()
        let kept = try #require(KeptFile.ofVersion5.first { $0.name == "workflows" })
        let book = try kept.open(try kept.copy(to: directory), workflows: WorkflowText.shipped)
        defer { book.close() }
        let data = #"{"payment": "p-10", "channel": "card", "amount_cents": 900}"#
        let again = try #require(
            send(data, "pay", of: "o-9", key: "k-10", caller: "web", lane: "grey", to: book)
        ).receipt()
        #expect(again.isRepeat && again.version == 2)
        let other = data.replacing("p-10", with: "p-11")
        #expect(
            send(other, "pay", of: "o-9", key: "k-10", caller: "web", to: book) == .refused(.keyReused(key: "k-10")))
    }
}
