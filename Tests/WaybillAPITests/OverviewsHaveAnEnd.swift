import Testing
import Waybill
import WaybillAPI
import WaybillCore

@Suite struct `An overview` {
    /// A workflow that makes its statuses of data.
    private static let words = WorkflowText(
        """
        id: words
        version: 1
        commands: {place: {data: {word: text}}}
        context: {word: text}
        initial: in
        status: word
        states: {in: {after: {end: {in: 30d, target: over}}}, over: {type: final}}
        """)

    @Test(arguments: [(1_000, false), (1_001, true)])
    func `says whether there are more words of status than it shows`(statuses: Int, hasMore: Bool) async throws {
        let shop = try APIShop(workflows: [Self.words])
        for word in 0..<statuses {
            try await shop.book.submit(
                OrderCommand(
                    "place", of: OrderID("o-\(word)"), data: ["word": .text("w \(word)")], workflow: "words"))
        }
        let page = try JSON(reading: await shop.send(.init(get: "/v1/overview")).body)
        #expect(page["orders"]?.elements?.count == 1_000)
        #expect(page["orders_more"]?.asBool == hasMore)
    }
}
