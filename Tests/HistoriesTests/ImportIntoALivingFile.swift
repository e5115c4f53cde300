import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A history that comes into a file in which other orders live.
@Suite struct `An import into a living file` {
    private let now = Shop.opening.advanced(by: .days(30))

    private func livingBook() async throws -> OrderBook {
        let book = try OrderBook.inMemory(
            workflows: try KeptFile.texts(), world: .virtual(VirtualClock(start: Shop.opening)))
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        return book
    }

    private func place(_ order: OrderID, in book: OrderBook) async throws {
        try await book.submit(
            OrderCommand("place", of: order, json: Array(Self.data.utf8), workflow: "standard-order")
        )
    }

    private static let data = #"""
        {"shop":"s","buyer":"ann","pay_within":"30m","freight_cents":0,"discount_cents":0,\#
        "lines":[{"line":"a","sku":"mug","at":"","qty":1,"price_cents":100}]}
        """#

    private func line(_ minutes: Int64, _ rest: String) -> String {
        #"{"at":"\#(Shop.opening.advanced(by: .minutes(minutes)).iso8601)","# + rest + "}"
    }

    private func placing(_ minutes: Int64, _ order: String) -> String {
        line(
            minutes,
            #""order":"\#(order)","workflow":"standard-order","command":"place","key":"\#(order)","data":"# + Self.data)
    }

    private func run(
        _ lines: [String], into book: OrderBook, notAfter clock: Moment? = nil
    ) throws -> (result: ImportResult, differences: [HistoryDifference]) {
        let directory = try TemporaryDirectory()
        let path = try directory.write(lines.joined(separator: "\n") + "\n", to: "history.jsonl")
        var differences: [HistoryDifference] = []
        let result = try Import().run(
            HistoryFile(path, workflow: nil, mode: .strict), into: book, notAfter: clock,
            difference: { differences.append($0) })
        return (result, differences)
    }

    @Test func `fires the timeouts of its own orders only`() async throws {
        let book = try await livingBook()
        try await place("live-1", in: book)
        try await book.messages.createTopic("later", TopicSettings(type: .delay))
        let message = NewMessage(to: "later", body: [1], deliverAt: Shop.opening.advanced(by: .hours(1)))
        _ = try await book.messages.send([message])
        let lines = [
            placing(1, "h-1"), placing(2, "h-2"),
            line(10, #""order":"h-2","command":"pay","data":{"payment":"p","channel":"c","amount_cents":100}"#),
            line(120, #""order":"h-2","command":"change_price","data":{"line":"a","price_cents":1}"#),
            line(180, #""order":"h-1","command":"confirm_receipt""#),
        ]
        let result = try run(lines, into: book).result
        #expect(result.accepted == 3)
        #expect(try await book.order("h-1")?.status == "closed")
        let fired = try #require(try await book.history(of: "h-1")?.first { $0.type == "$timeout" })
        #expect(fired.at == Shop.opening.advanced(by: .minutes(31)))
        #expect(try await book.order("live-1")?.status == "awaiting payment")
        #expect(try await book.messages.find(in: "later", from: Shop.opening).isEmpty)
        #expect(try await book.history(of: "live-1")?.count == 1)
        // The real clock fires it.
        book.advance(to: Shop.opening.advanced(by: .minutes(30)))
        #expect(try await book.order("live-1")?.status == "closed")
    }

    @Test func `is refused before anything is written when a line is later than the clock`() async throws {
        let book = try await livingBook()
        let end = book.engine.lastPosition
        do {
            _ = try run([placing(1, "h-1"), placing(60 * 24 * 31, "h-2")], into: book, notAfter: now)
            Issue.record("it was taken")
        } catch let failure as ImportFailure {
            #expect("\(failure)".contains("history.jsonl, line 2"))
            #expect("\(failure)".contains("nothing was imported"))
        }
        #expect(book.engine.lastPosition == end)
        #expect(try run([placing(1, "h-1")], into: book, notAfter: now).result.accepted == 1)
    }

    @Test func `refuses aloud what is older than the last event of its order or stock`() async throws {
        let book = try await livingBook()
        let lines = [
            placing(1, "h-1"), line(9, #""order":"h-1","command":"change_price","data":{"line":"a","price_cents":90}"#),
            line(9, #""stock":"receive","sku":"cup","quantity":4"#),
        ]
        #expect(try run(lines, into: book).result.accepted == 3)
        let older = [
            line(5, #""order":"h-1","command":"change_price","data":{"line":"a","price_cents":80}"#),
            line(5, #""stock":"receive","sku":"cup","quantity":3"#),
        ]
        let second = try run(lines + older, into: book)
        #expect(second.result.alreadyThere == 3)
        #expect(second.result.refused == 1 && second.result.refusedStock == 1 && second.result.accepted == 0)
        #expect(second.differences.map(\.code) == ["older_than_last_event", "older_than_last_event"])
        #expect(second.differences.map(\.order) == ["h-1", "cup"])
        #expect(try await book.stock(StockKey(sku: "cup"))?.free == 4)
    }

    @Test func `knows a repeated notice again, although it left no trace`() async throws {
        let book = try await livingBook()
        let pay = #""order":"h-1","command":"pay","data":{"payment":"p","channel":"c","amount_cents":100}"#
        let lines = [
            placing(1, "h-1"), line(2, pay), line(3, pay),
            line(4, #""order":"h-1","command":"cancel","role":"seller","data":{"reason":"x"}"#),
        ]
        let first = try run(lines, into: book)
        #expect(first.result.accepted == 3 && first.result.repeated == 1)
        let end = book.engine.lastPosition
        let second = try run(lines, into: book)
        #expect(second.result.alreadyThere == 4 && second.result.refused == 0)
        #expect(book.engine.lastPosition == end)
    }
}
